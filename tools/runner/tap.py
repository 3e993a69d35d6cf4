# SPDX-License-Identifier: MIT
"""Count the test cases in a TAP stream, sub-tests included.

Only leaves are counted: a result whose indented sub-tests came just before it
stands for them, and counts of its own only if it failed while they passed.
"""

import re

RESULT = re.compile(r"^(not ok|ok)\b(?:\s+\d+)?\s*(?:-\s*)?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)\b")
DIRECTIVE = re.compile(r"(?<!\\)#\s*(skip|todo)\b(.*)$", re.IGNORECASE)
TIMING = re.compile(r"\s*#\s*time=\S+\s*$")
NODE_FILE = re.compile(r"\.test\.m?js$")  # how node reports a file in which it found no test
NOISE = re.compile(r"# Subtest: |TAP version \d+$|$")
NOTES_KEPT = 80


class Case:
    """One test case: outcome is 'passed', 'failed' or 'skipped'."""

    def __init__(self, name, outcome, notes=()):
        self.name = name
        self.outcome = outcome
        self.notes = list(notes)


class TapParser:
    """Feed lines; read cases and problems after finish()."""

    def __init__(self):
        self.cases = []
        self.problems = []  # what makes the stream as a whole untrustworthy
        self._planned = None
        self._top_results = 0
        self._pending = []  # lines since the last result, as notes for a failure
        self._last = None  # the last case, which gets the lines after it too
        self._children = {}  # depth -> (results, failures) seen since the result above them
        self._yaml_depth = None
        self._after_result = False  # a YAML block may stand here

    def feed(self, line):
        """Take one line; return the cases that it completed."""
        text = line.rstrip("\n")
        bare = text.lstrip(" ")
        depth = len(text) - len(bare)
        if self._in_yaml(bare, depth):
            self._note(text, self._last)
            return []
        self._after_result = False
        if bare.startswith("Bail out!"):
            self.problems.append(bare)
            return []
        plan = PLAN.match(bare)
        if plan:
            if depth == 0:
                self._planned = (self._planned or 0) + int(plan.group(1))
            return []
        result = RESULT.match(bare)
        if result and depth % 4 == 0:
            return self._take_result(depth, result.group(1) == "ok", result.group(2))
        if not NOISE.match(bare):
            self._note(text, self._last, self._pending)
        return []

    def finish(self):
        if self._planned is not None and self._planned != self._top_results:
            self.problems.append(f"planned {self._planned} results, printed {self._top_results}")
        return self.cases

    def _in_yaml(self, bare, depth):
        if self._yaml_depth is not None:
            if bare == "..." and depth == self._yaml_depth:
                self._yaml_depth = None
            return True
        if bare == "---" and self._after_result:
            self._yaml_depth = depth
            return True
        return False

    @staticmethod
    def _note(text, *places):
        for place in places:
            notes = place.notes if isinstance(place, Case) else place
            if notes is not None and len(notes) < NOTES_KEPT:
                notes.append(text)

    def _take_result(self, depth, passed, rest):
        self._after_result = True
        if depth == 0:
            self._top_results += 1
        outcome = "passed" if passed else "failed"
        directive = DIRECTIVE.search(rest)
        if directive:
            rest = rest[:directive.start()]
            skip = directive.group(1).lower() == "skip"
            # A "todo" that fails is no failure; one that passes has passed.
            if skip or not passed:
                outcome = "skipped"
        name = TIMING.sub("", rest).strip() or "(unnamed)"

        below = self._forget_children(depth)
        failed_here, results_here = self._children.get(depth, (0, 0))
        failed_here += outcome == "failed" or below[0] > 0
        self._children[depth] = (failed_here, results_here + 1)
        if below[1] > 0 and (outcome != "failed" or below[0] > 0):
            self._pending.clear()
            self._last = None
            return []
        if outcome == "passed" and NODE_FILE.search(name):
            name, outcome = f"{name}: holds no test", "failed"
        case = Case(name, outcome, self._pending if outcome == "failed" else ())
        self._pending.clear()
        self._last = case
        self.cases.append(case)
        return [case]

    def _forget_children(self, depth):
        """Drop what was counted deeper than depth; return (failures, results) of it."""
        failures = results = 0
        for deeper in [d for d in self._children if d > depth]:
            failed, seen = self._children.pop(deeper)
            failures += failed
            results += seen
        return failures, results
