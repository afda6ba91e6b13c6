"""Text of 12 px on a real screen: read before, and nothing of it after a screenshot was blurred or pixelated."""

import os
import re
import shutil
import subprocess
import unittest

from support import ProgramTest, program, wait_until

from rigs import XvfbRig
from rigs.process import Child

WORDS = """account agreement annual balance between budget business calendar chapter colleague committee company
contract customer deadline decision delivery department director document employee estimate evening expense
february finance forward hospital important insurance invoice january language library manager market medical
meeting message minister monthly morning mountain nothing november october office opinion password patient payment
picture planning position practice president private problem product project proposal question quality receipt
research resource salary saturday schedule science secretary security september service signature statement
strategy student subject summer supplier teacher telephone thursday tomorrow training transfer travel wednesday
weekend winter yesterday""".split()
LINES = "\n".join("  ".join(WORDS[i:i + 7]) for i in range(0, len(WORDS), 7))
MISSING = [name for name in ("tesseract", "Xvfb", "xterm") if not shutil.which(name)]


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class Unreadable(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.rig = XvfbRig()
        cls.rig.start()
        cls.addClassCleanup(cls.rig.stop)

    def setUp(self):
        super().setUp()
        self.show_text()

    def show_text(self):
        """An xterm as large as the screen. Returns when its text is there, and reads well in what is not obscured."""
        text, ready = self.folder / "text", self.folder / "ready"
        text.write_text(LINES)
        # 9 points at 96 dpi are 12 px; in black on white, which reads best.
        self.terminal = Child(
            ["xterm", "-fa", "DejaVu Sans Mono", "-fs", "9", "-fg", "black", "-bg", "white", "-geometry", "110x20+0+0",
             "-xrm", "*faceSize: 9", "-e", "sh", "-c", f"cat '{text}'; touch '{ready}'; exec sleep 600"],
            self.folder / "xterm.log", self.environment(DISPLAY=self.rig.display))
        self.addCleanup(self.terminal.stop)
        wait_until(ready.exists, "xterm")
        self.before = wait_until(self.read_before, "the text to be on the screen")

    def read_before(self):
        """The words that are read of the screen itself, once they are most of them."""
        found = self.words_in(self.enlarged(self.taken("none", "full", "quality=95"), 3))
        return found if len(found) > 0.7 * len(WORDS) else None

    def taken(self, *options):
        file = self.folder / ("-".join(options or ("default",)) + ".jpg")
        subprocess.run([program("tests/support/take_screenshot"), self.rig.display, file, *options], check=True,
                       timeout=60, env=self.environment())
        return file

    def enlarged(self, picture, times, sigma=0, rounds=0):
        file = picture.with_suffix(f".{times}-{rounds}.ppm")
        subprocess.run([program("tests/support/sharpen_picture"), picture, file, str(times), str(sigma), str(rounds)],
                       check=True, timeout=120)
        return file

    def words_in(self, picture):
        """Which of WORDS are read. As a block of text, and as words anywhere."""
        found = set()
        for mode in ("6", "11"):
            read = subprocess.run(["tesseract", picture, "-", "--psm", mode], text=True, capture_output=True,
                                  timeout=300, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"}).stdout
            found.update(re.findall("[a-z]+", read.lower()))
        return found.intersection(WORDS)

    def check_nothing_is_read(self, options, enlarge, sigma):
        picture = self.taken(*options)
        for attempt in (picture, self.enlarged(picture, enlarge), self.enlarged(picture, enlarge, sigma, 10),
                        self.enlarged(picture, enlarge, sigma, 50)):
            self.assertEqual(self.words_in(attempt), set(), attempt.name)

    def test_by_default(self):
        self.check_nothing_is_read((), 4, 2)

    def test_at_the_best_quality(self):
        self.check_nothing_is_read(("quality=100",), 4, 2)

    def test_at_full_size(self):
        self.check_nothing_is_read(("full",), 1, 8)

    def test_in_pixels(self):
        self.check_nothing_is_read(("pixels",), 4, 3)
        self.check_nothing_is_read(("pixels", "full"), 1, 12)


if __name__ == "__main__":
    unittest.main()
