#!/usr/bin/env python3
"""count_cases.py TESTLOG REASONS: sums what the test programs say of themselves (doctest, tests/integration/run.py and
tests/website/reporter.mjs)
in Meson's log: "passed failed not-run skipped". Appends the reason of each skipped case to the file REASONS, a line each.

A program that says nothing is one case. One that was killed, or ended badly without a failed case of its own (a crash, a
sanitizer), failed in one case; those that it did not reach are not run."""

import contextlib
import json
import re
import subprocess
import sys
from dataclasses import astuple, dataclass

SUMMARY = re.compile(r"test cases: +(\d+) \| +(\d+) passed \| +(\d+) failed \| +(\d+) skipped")
ENDED_WELL = ("OK", "EXPECTEDFAIL")
LISTED = re.compile(r"^\[doctest\] unskipped test cases passing the current filters: (\d+)", re.MULTILINE)
REASON = re.compile(r"^(?:\[(?:python|node)\] |.*MESSAGE: )?skipped: (.*)$", re.MULTILINE)


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    not_run: int = 0
    skipped: int = 0


def cases_of(run, output):
    """How many cases a doctest program has that ended without a summary."""
    counted = LISTED.search(output)
    if not counted and len(run["command"]) == 1:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            asked = subprocess.run([*run["command"], "--count"], capture_output=True, text=True, timeout=60, check=False)
            counted = LISTED.search(asked.stdout)
    return int(counted[1]) if counted else 1


def count_without_summary(run, output, reasons):
    if run["result"] in ENDED_WELL:
        return Counts(passed=1), reasons
    cases = cases_of(run, output)
    if run["result"] == "SKIP":
        return Counts(skipped=cases), (reasons or [f"{run['name']} does not say why"])[:1] * cases
    return Counts(failed=1, not_run=cases - 1), reasons


def count(run):
    """Counts of one program, and why cases of it were skipped."""
    output = run.get("stdout", "") + run.get("stderr", "")
    reasons = REASON.findall(output)
    summaries = SUMMARY.findall(output)
    if not summaries:
        return count_without_summary(run, output, reasons)
    # run.py says it anew after each case. doctest says it at the end, also of a signal; what it calls skipped it did not
    # reach, and a case that says why it is skipped has passed.
    total, passed, failed, skipped = map(int, summaries[-1])
    if "[python]" not in output and "[node]" not in output:
        total, passed, skipped = total + skipped, passed - len(reasons), len(reasons)
    if run["result"] not in (*ENDED_WELL, "SKIP"):
        failed = max(failed, 1)
    return Counts(passed, failed, max(0, total - passed - failed - skipped), skipped), reasons


def main():
    testlog, reasons_file = sys.argv[1:]
    total = Counts()
    with open(testlog, errors="replace") as log, open(reasons_file, "a") as skipped:
        for run in map(json.loads, log):
            counts, reasons = count(run)
            total = Counts(*map(sum, zip(astuple(total), astuple(counts))))
            skipped.writelines(reason + "\n" for reason in reasons)
            if counts.failed or counts.not_run:
                how = "timed out" if run["result"] == "TIMEOUT" else "failed"
                left = f", {counts.not_run} cases not run" if counts.not_run else ""
                print(f"   {run['name']} {how}{left}", file=sys.stderr)
    print(*astuple(total))


if __name__ == "__main__":
    main()
