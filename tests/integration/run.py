"""Runs test modules and says after each case, in the words of doctest, how far it came: run.py MODULE..."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

EXIT_SKIPPED = 77  # what Meson takes for it


class Counted(unittest.TextTestResult):
    total = 0

    def counts(self):
        failed = len(self.failures) + len(self.errors) + len(self.unexpectedSuccesses)
        return max(0, self.testsRun - failed - len(self.skipped)), failed, len(self.skipped)

    def say_counts(self):
        passed, failed, skipped = self.counts()
        print(f"[python] test cases: {self.total} | {passed} passed | {failed} failed | {skipped} skipped", flush=True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print(f"[python] skipped: {reason}")

    def stopTest(self, test):
        super().stopTest(test)
        self.say_counts()


def main(modules):
    tests = unittest.defaultTestLoader.loadTestsFromNames(modules)
    Counted.total = tests.countTestCases()
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Counted).run(tests)
    result.say_counts()
    passed, failed, skipped = result.counts()
    if failed or not passed + skipped:
        return 1
    return 0 if passed else EXIT_SKIPPED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
