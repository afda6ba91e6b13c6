"""Text on a real screen: read before, and nothing of it after a screenshot was blurred or pixelated."""

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
LINES = "\n".join("  ".join(WORDS[i:i + 5]) for i in range(0, len(WORDS), 5))
MISSING = [name for name in ("tesseract", "Xvfb", "xterm") if not shutil.which(name)]


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class Unreadable(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.rig = XvfbRig()
        cls.rig.start()
        cls.addClassCleanup(cls.rig.stop)

    def show_text(self, px, shown):
        """An xterm as large as the screen, with WORDS in black on white, which reads best. `shown` are options of a
        screenshot that most of them can be read in; returns when they are."""
        text = self.folder / "text"
        text.write_text(LINES)
        geometry = f"{int(self.rig.width / px * 1.6)}x{int(self.rig.height / px * 0.8)}+0+0"
        terminal = Child(["xterm", "-fa", "DejaVu Sans Mono", "-fs", str(px * 0.75), "-fg", "black", "-bg", "white",
                          "-geometry", geometry, "-e", "sh", "-c", f"cat '{text}'; exec sleep 600"],
                         self.folder / "xterm.log", self.environment(DISPLAY=self.rig.display))
        self.addCleanup(terminal.stop)
        wait_until(lambda: len(self.words_in(self.enlarged(self.taken(*shown), 4))) > len(WORDS) / 2,
                   f"{px} px text to be on the screen")

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
        for attempt in (picture, self.enlarged(picture, enlarge), self.enlarged(picture, enlarge, sigma, 50)):
            self.assertEqual(self.words_in(attempt), set(), attempt.name)

    def test_12_px(self):
        self.show_text(12, ("none", "full", "quality=95"))
        self.check_nothing_is_read((), 4, 2)
        self.check_nothing_is_read(("quality=100",), 4, 2)
        self.check_nothing_is_read(("full",), 1, 8)
        self.check_nothing_is_read(("pixels",), 4, 3)
        self.check_nothing_is_read(("pixels", "full"), 1, 12)

    def test_24_px_which_can_be_read_at_a_quarter_of_the_size(self):
        self.show_text(24, ("none", "quality=100"))
        self.check_nothing_is_read((), 4, 2)
        self.check_nothing_is_read(("quality=100",), 4, 2)
        self.check_nothing_is_read(("pixels",), 4, 3)


if __name__ == "__main__":
    unittest.main()
