# SPDX-License-Identifier: MIT
"""One suite: a command, how to read its results, and what counts as a failure.

Kinds: "tap" reads TAP from the output; "meson" reads meson's test log and the
TAP inside it; "exit" is one case decided by the exit code; "step" prepares
something and is counted only when it fails.
"""

import json
import os
import signal

from . import process
from .tap import Case, TapParser

TAIL_LINES = 60


class Suite:
    def __init__(self, name, command, kind="tap", timeout_s=300, cwd=".", env=None, title=None,
                 meson_log=None):
        self.name = name
        self.command = command
        self.kind = kind
        self.timeout_s = timeout_s
        self.cwd = cwd
        self.env = env or {}
        self.title = title or " ".join(command)
        self.meson_log = meson_log


class Result:
    def __init__(self, cases, seconds, log_file, notes):
        self.cases = cases
        self.seconds = seconds
        self.log_file = log_file
        self.notes = notes

    def count(self, outcome):
        return sum(case.outcome == outcome for case in self.cases)


class _Follower:
    """Reads whole lines from a growing file."""

    def __init__(self, file):
        self._file = file
        self._at = 0
        self._rest = b""

    def lines(self, last=False):
        try:
            with open(self._file, "rb") as stream:
                stream.seek(self._at)
                data = stream.read()
        except OSError:
            return []
        self._at += len(data)
        parts = (self._rest + data).split(b"\n")
        self._rest = parts.pop()
        if last and self._rest:
            parts.append(self._rest)
            self._rest = b""
        return [part.decode("utf-8", "replace").rstrip("\r") for part in parts]


class _TapReader:
    def __init__(self, log_file):
        self._follower = _Follower(log_file)
        self._parser = TapParser()

    def read(self, last=False):
        return [case for line in self._follower.lines(last) for case in self._parser.feed(line)]

    def finish(self):
        return [Case(problem, "failed") for problem in (self._parser.finish(), self._parser.problems)[1]]


class _MesonReader:
    """Every line of meson's testlog.json is one executable with its output."""

    def __init__(self, testlog):
        if os.path.exists(testlog):
            os.unlink(testlog)
        self._follower = _Follower(testlog)

    def read(self, last=False):
        found = []
        for line in self._follower.lines(last):
            try:
                found += self._cases(json.loads(line))
            except ValueError:
                found.append(Case("meson's test log holds a broken line", "failed", [line[:200]]))
        return found

    def finish(self):
        return []

    @staticmethod
    def _cases(test):
        name = test["name"].rpartition(" / ")[2]
        parser = TapParser()
        for line in test.get("stdout", "").splitlines():
            parser.feed(line)
        cases = parser.finish()
        stderr = test.get("stderr", "").splitlines()[-TAIL_LINES:]
        for case in cases:
            case.name = f"{name}: {case.name}"
            if case.outcome == "failed":
                case.notes += stderr
        cases += [Case(f"{name}: {problem}", "failed", stderr) for problem in parser.problems]
        outcome, code = test.get("result"), test.get("returncode")
        if outcome == "SKIP" and not cases:
            return [Case(name, "skipped")]
        clean = outcome in ("OK", "SKIP", "EXPECTEDFAIL") and code == 0
        if not any(case.outcome == "failed" for case in cases):
            if not clean:
                out = test.get("stdout", "").splitlines()[-TAIL_LINES:]
                cases.append(Case(f"{name}: ended with {outcome}, exit code {code}", "failed", out + stderr))
            elif not cases:
                cases.append(Case(f"{name}: ran no test", "failed", stderr))
        return cases


class _NoReader:
    def read(self, last=False):
        return []

    def finish(self):
        return []


def _reader(suite, log_file):
    if suite.kind == "meson":
        return _MesonReader(suite.meson_log)
    return _TapReader(log_file) if suite.kind == "tap" else _NoReader()


def _tail(log_file):
    with open(log_file, encoding="utf-8", errors="replace") as stream:
        return stream.read().splitlines()[-TAIL_LINES:]


def _how_it_ended(suite, outcome):
    if outcome.timed_out:
        return f"timed out after {suite.timeout_s} s"
    if outcome.code < 0:
        return f"was ended by {signal.Signals(-outcome.code).name}"
    return f"ended with exit code {outcome.code}"


def run_suite(suite, root, log_dir, on_case=lambda case: None):
    """Run one suite and judge it; never raises for what the suite does."""
    log_file = os.path.join(log_dir, suite.name + ".log")
    env = {key: value for key, value in os.environ.items()
           if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}
    env.update(suite.env)
    reader, cases = _reader(suite, log_file), []

    def collect(last=False):
        for case in reader.read(last):
            cases.append(case)
            on_case(case)

    def judge(case):
        cases.append(case)
        on_case(case)

    outcome = process.run(suite.command, os.path.join(root, suite.cwd), env, suite.timeout_s, log_file, collect)
    collect(last=True)
    for case in reader.finish():
        judge(case)

    bad_end = outcome.timed_out or outcome.code != 0
    failed = any(case.outcome == "failed" for case in cases)
    if outcome.timed_out or (bad_end and not failed):
        judge(Case(f"{suite.title}: {_how_it_ended(suite, outcome)}", "failed", _tail(log_file)))
    elif suite.kind == "exit":
        judge(Case(suite.title, "passed"))
    elif suite.kind != "step" and not cases:
        judge(Case(f"{suite.title}: ran no test", "failed", _tail(log_file)))
    notes = [f"left running, now ended: {', '.join(outcome.left_running)}"] if outcome.left_running else []
    return Result(cases, outcome.seconds, log_file, notes)
