# SPDX-License-Identifier: MIT
"""Run a command with a time limit and leave nothing of it running.

The runner makes itself the reaper of orphans (Linux), so that a process which
left its group, as a daemon or a browser does, is still found and ended.
"""

import ctypes
import os
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36
GRACE_S = 3.0


def become_reaper():
    try:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    except (AttributeError, OSError):
        pass  # process groups alone, then


def _parents():
    """pid -> (parent, command) of every process, zombies left out."""
    table = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as stream:
                head, _, tail = stream.read().rpartition(")")
        except OSError:
            continue
        state, parent = tail.split()[:2]
        if state != "Z":
            table[int(entry)] = (int(parent), head.partition("(")[2])
    return table


def descendants():
    """[(pid, command)] of all that this process has started and that still runs."""
    table, found, grown = _parents(), {os.getpid()}, True
    while grown:
        new = {pid for pid, (parent, _) in table.items() if parent in found} - found
        grown = bool(new)
        found |= new
    found.discard(os.getpid())
    return [(pid, table[pid][1]) for pid in sorted(found)]


def _reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def end_all():
    """End every descendant; return the names of those that were running."""
    names = sorted({command for _, command in descendants()})
    for how, wait_s in ((signal.SIGTERM, GRACE_S), (signal.SIGKILL, GRACE_S)):
        until = time.monotonic() + wait_s
        for pid, _ in descendants():
            try:
                os.kill(pid, how)
            except OSError:
                pass
        while time.monotonic() < until:
            _reap()
            if not descendants():
                return names
            time.sleep(0.05)
    return names


class Outcome:
    def __init__(self, code, timed_out, seconds, left_running):
        self.code = code  # exit code, negative: signal
        self.timed_out = timed_out
        self.seconds = seconds
        self.left_running = left_running  # names of processes it left behind


def run(command, cwd, env, timeout_s, log_file, on_tick=lambda: None):
    """Run command with all of its output in log_file; on_tick is called while it runs."""
    started = time.monotonic()
    timed_out = False
    with open(log_file, "wb") as log:
        try:
            child = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                                     stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        except OSError as error:
            log.write(f"{command[0]}: {error}\n".encode())
            return Outcome(127, False, 0.0, [])
        while child.poll() is None:
            if time.monotonic() - started > timeout_s:
                timed_out = True
                break
            time.sleep(0.05)
            on_tick()
        code = child.poll()
        left = end_all()
        if code is None:
            child.wait()
            code, left = -signal.SIGKILL, []
    on_tick()
    return Outcome(code, timed_out, time.monotonic() - started, left)
