"""Holds the X11 sources to the contracts of their interfaces: tests/contract/x11_test.cpp, with a display."""

import shutil
import subprocess
import unittest

from support import ProgramTest, program

from rigs import RIGS


@unittest.skipUnless(shutil.which("xdotool"), "xdotool is not installed")
class ContractX11(ProgramTest):
    def check(self, rig_class):
        if rig_class.missing():
            self.skipTest(rig_class.missing())
        rig = rig_class()
        self.addCleanup(rig.stop)
        rig.start()
        ended = subprocess.run([program("tests/contract/contract_x11")], text=True, timeout=120,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env=self.environment(ACTIVITYTRACK_TEST_DISPLAY=rig.display))
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertRegex(ended.stdout, r"test cases: +\d+ \| +[1-9]\d* passed \| 0 failed \| 0 skipped")

    def test_without_a_display_the_cases_are_skipped_and_say_so(self):
        ended = subprocess.run([program("tests/contract/contract_x11")], text=True, capture_output=True, timeout=120,
                               env=self.environment())
        self.assertEqual((ended.returncode, ended.stderr), (77, ""))
        self.assertIn("skipped: ACTIVITYTRACK_TEST_DISPLAY", ended.stdout)


for _rig in RIGS:
    setattr(ContractX11, f"test_{_rig.name}", lambda self, rig=_rig: self.check(rig))
