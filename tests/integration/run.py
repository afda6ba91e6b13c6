"""Runs test modules and prints a count that scripts/test sums up: run.py MODULE..."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def main(modules):
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromNames(modules))
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    for test, reason in result.skipped:
        print(f"[python] skipped: {test}: {reason}")
    passed = max(0, result.testsRun - failed - skipped)
    print(f"[python] test cases: {result.testsRun} | {passed} passed | {failed} failed | {skipped} skipped",
          flush=True)
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
