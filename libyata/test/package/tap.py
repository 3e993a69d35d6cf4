# SPDX-License-Identifier: MIT
"""Tests as functions, results as TAP; and running commands so that a failure shows what they said."""

import os
import shutil
import subprocess
import traceback


class Skip(Exception):
    """Raised by a test that cannot run here; says why."""


class Failed(Exception):
    """Raised by a test that failed; says how."""


class Tap:
    def __init__(self):
        self.results = 0
        self.failures = 0

    def result(self, ok, name, notes=""):
        self.results += 1
        self.failures += not ok
        print(f"{'ok' if ok else 'not ok'} {self.results} - {name}", flush=True)
        for line in notes.splitlines()[-60:]:
            print(f"# {line}", flush=True)

    def test(self, name, function, *args):
        """Run one test; what it returns, or None when it failed or was skipped."""
        try:
            value = function(*args)
        except Skip as why:
            self.results += 1
            print(f"ok {self.results} - {name} # SKIP {why}", flush=True)
            return None
        except Failed as why:
            self.result(False, name, str(why))
            return None
        except Exception:
            self.result(False, name, traceback.format_exc())
            return None
        self.result(True, name)
        return value

    def finish(self):
        print(f"1..{self.results}", flush=True)
        return 1 if self.failures else 0


def run(command, cwd=None, env=None, stdin="", timeout=300):
    """Run; its standard output. Raises Failed with all that it said."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, input=stdin, text=True, timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace")
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}\nended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect_same(got, wanted, what):
    """Compare two collections of names."""
    more, less = sorted(set(got) - set(wanted)), sorted(set(wanted) - set(got))
    if more or less:
        raise Failed("\n".join([what] + [f"too many: {name}" for name in more] + [f"missing: {name}" for name in less]))


def build_with_meson(root, folder, *options, env=None):
    """Configure (once) and build libyata alone."""
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        shutil.rmtree(folder, ignore_errors=True)
        run(["meson", "setup", folder, root, "-Dlibyata_only=true", *options], env=env)
    run(["ninja", "-C", folder], env=env, timeout=900)
