"""What scripts/test counts, of programs that end and of programs that are killed: scripts/lib/count_cases.py."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

from support import ProgramTest, program

ROOT = Path(__file__).resolve().parents[2]
COUNT = ROOT / "scripts/lib/count_cases.py"
RUN = ROOT / "tests/integration/run.py"
DOCTEST = "[doctest] test cases: {} | {} passed | {} failed | {} skipped\n"

STUCK = """
import signal, unittest
class Stuck(unittest.TestCase):
    def test_1_ends(self): pass
    def test_2_is_skipped(self): self.skipTest("needs the moon")
    def test_3_does_not_end(self):
        while True: signal.pause()
    def test_4_is_not_reached(self): pass
    def test_5_is_not_reached(self): pass
"""

SKIPPED = """
import unittest
@unittest.skip("needs the moon")
class Skipped(unittest.TestCase):
    def test_1(self): pass
    def test_2(self): pass
"""

MESON = """
project('stuck')
test('python', find_program('{python}'), args: ['{run}', 'stuck'], env: {{'PYTHONPATH': '{folder}'}}, timeout: 10)
test('doctest', find_program('{stuck}'), timeout: 10)
"""


class CountCases(ProgramTest):
    def count_log(self, log):
        reasons = self.folder / "reasons"
        reasons.unlink(missing_ok=True)
        done = subprocess.run([COUNT, log, reasons], text=True, capture_output=True, timeout=60, check=True)
        passed, failed, not_run, skipped = map(int, done.stdout.split())
        return {"passed": passed, "failed": failed, "not run": not_run, "skipped": skipped,
                "reasons": reasons.read_text().splitlines(), "complaints": done.stderr.split("\n")[:-1]}

    def count(self, result, output, command=("false",)):
        log = self.folder / "testlog.json"
        log.write_text(json.dumps({"name": "a program", "result": result, "stdout": output, "command": command}) + "\n")
        return self.count_log(log)

    def test_a_program_that_ended_is_counted_by_its_own_words(self):
        self.assertEqual(self.count("OK", DOCTEST.format(7, 7, 0, 0)),
                         {"passed": 7, "failed": 0, "not run": 0, "skipped": 0, "reasons": [], "complaints": []})
        failed = self.count("FAIL", DOCTEST.format(7, 5, 2, 0))
        self.assertEqual((failed["passed"], failed["failed"], failed["not run"]), (5, 2, 0))
        self.assertEqual(failed["complaints"], ["   a program failed"])
        silent = self.count("OK", "it says nothing")
        self.assertEqual((silent["passed"], silent["failed"]), (1, 0))
        leaking = self.count("FAIL", DOCTEST.format(7, 7, 0, 0) + "LeakSanitizer: detected memory leaks")
        self.assertEqual((leaking["passed"], leaking["failed"], leaking["not run"]), (7, 1, 0))

    def test_a_case_that_says_why_it_is_skipped_has_not_passed(self):
        counted = self.count("OK", "x_test.cpp:12: MESSAGE: skipped: needs root\n" + DOCTEST.format(7, 7, 0, 0))
        self.assertEqual((counted["passed"], counted["skipped"], counted["reasons"]), (6, 1, ["needs root"]))
        whole = self.count("SKIP", "skipped: no display\n[doctest] unskipped test cases passing the current filters: 3\n")
        self.assertEqual((whole["passed"], whole["skipped"], whole["reasons"]), (0, 3, ["no display"] * 3))

    def test_what_node_and_python_skip_is_in_their_own_counts(self):
        for runner in ("node", "python"):
            output = f"[{runner}] skipped: no browser\n[{runner}] test cases: 3 | 2 passed | 0 failed | 1 skipped\n"
            counted = self.count("OK", output)
            self.assertEqual((counted["passed"], counted["skipped"], counted["reasons"]), (2, 1, ["no browser"]))

    def test_programs_that_a_time_out_kills_say_how_many_cases_were_not_run(self):
        (self.folder / "stuck.py").write_text(STUCK)
        (self.folder / "meson.build").write_text(MESON.format(
            python=sys.executable, run=RUN, folder=self.folder, stuck=program("tests/integration/stuck_cases")))
        build = self.folder / "build"
        subprocess.run(["meson", "setup", build, self.folder], check=True, capture_output=True, timeout=120)
        subprocess.run(["meson", "test", "-C", build, "--no-rebuild"], capture_output=True, timeout=300,
                       env=self.environment(), check=False)
        counted = self.count_log(build / "meson-logs/testlog.json")
        self.assertEqual(sorted(counted.pop("complaints")),
                         ["   doctest timed out, 1 cases not run", "   python timed out, 2 cases not run"])
        self.assertEqual(counted, {"passed": 2, "failed": 2, "not run": 3, "skipped": 1,
                                   "reasons": ["needs the moon"]})

    def test_of_a_program_that_died_without_a_word_the_cases_are_asked_for(self):
        died = self.count("FAIL", "AddressSanitizer: stack-overflow", [program("tests/integration/stuck_cases")])
        self.assertEqual((died["passed"], died["failed"], died["not run"]), (0, 1, 2))
        self.assertEqual(died["complaints"], ["   a program failed, 2 cases not run"])

    def test_a_program_in_which_everything_is_skipped_has_not_passed(self):
        (self.folder / "skipped.py").write_text(SKIPPED)
        done = subprocess.run([sys.executable, RUN, "skipped"], text=True, capture_output=True, timeout=60,
                              env=self.environment(PYTHONPATH=str(self.folder)), check=False)
        self.assertEqual(done.returncode, 77, done.stdout + done.stderr)
        counted = self.count("SKIP", done.stdout)
        self.assertEqual((counted["passed"], counted["skipped"], counted["reasons"]), (0, 2, ["needs the moon"] * 2))


if __name__ == "__main__":
    unittest.main()
