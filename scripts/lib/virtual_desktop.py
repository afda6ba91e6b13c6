"""A desktop without a screen, and somebody at its keyboard and mouse: virtual_desktop.py FOLDER

Starts TigerVNC's server (on a unix socket, no TCP port), a window manager and two windows; writes the
display's name to FOLDER/display; then types, moves, clicks and scrolls through a VNC viewer's connection,
unevenly as people do, until SIGTERM. To the X server this is real input of a real device, not XTEST.
"""

import math
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from rigs import XvncRig  # noqa: E402
from rigs.process import Child  # noqa: E402
from rigs.rfb_client import RfbClient  # noqa: E402

TEXT = "the quick brown fox jumps over the lazy dog while somebody else writes a report about it "
NOTE = "This window belongs to a demonstration. What appears below is typed by a program at a VNC viewer."
# The name under which a window's program runs, its title, its place, and a point to click on.
WINDOWS = (("notes", "Notes - demonstration", "78x16+30+30", (300, 200)),
           ("mail", "Mail - demonstration", "78x16+420+400", (700, 600)))


class Person:
    def __init__(self, viewer, seed=None):
        self._viewer = viewer
        self._random = random.Random(seed)
        self._at = (512.0, 384.0)
        self._letter = 0

    def work(self):
        """Some seconds at one window, then a short rest."""
        self._reach(self._random.choice(WINDOWS)[3])
        self._press(button=1)
        for _ in range(self._random.randint(1, 3)):
            self._type(self._random.randint(8, 40))
            self._scroll(self._random.randint(0, 6))
        self._wait(0.8, 0.6)

    def _wait(self, median, spread):
        time.sleep(min(5.0, median * math.exp(self._random.gauss(0, spread))))

    def _type(self, count):
        for _ in range(count):
            key = ord(TEXT[self._letter % len(TEXT)])
            self._letter += 1
            self._viewer.key(key, True)
            self._wait(0.07, 0.25)
            self._viewer.key(key, False)
            self._wait(0.09, 0.5)

    def _press(self, button):
        self._viewer.pointer(*map(round, self._at), 1 << (button - 1))
        self._wait(0.09, 0.25)
        self._viewer.pointer(*map(round, self._at), 0)
        self._wait(0.2, 0.4)

    def _scroll(self, notches):
        button = self._random.choice((4, 5))
        for _ in range(notches):
            self._viewer.pointer(*map(round, self._at), 1 << (button - 1), 0)
            self._wait(0.12, 0.4)

    def _reach(self, target):
        """Fast in the middle and slow at the ends, on a bent line, not quite to the point."""
        x0, y0 = self._at
        x1, y1 = (c + self._random.gauss(0, 25) for c in target)
        bend = self._random.gauss(0, 0.12)
        steps = max(8, round(math.hypot(x1 - x0, y1 - y0) / 9))
        for i in range(1, steps + 1):
            t = i / steps
            along = t * t * t * (t * (6 * t - 15) + 10)
            aside = bend * math.sin(math.pi * along)
            self._at = (x0 + along * (x1 - x0) - aside * (y1 - y0) + self._random.gauss(0, 0.7),
                        y0 + along * (y1 - y0) + aside * (x1 - x0) + self._random.gauss(0, 0.7))
            self._viewer.pointer(*(max(0, round(c)) for c in self._at), 0)
            self._wait(0.012, 0.2)


def open_windows(folder, env):
    """`folder` is for the windows' programs and logs."""
    children = [Child(["openbox", "--sm-disable"], folder / "openbox.log", env)]
    for name, title, place, _ in WINDOWS:
        # A report shows the program's own name as the application: let each window have one.
        alias = folder / name
        shutil.copy(shutil.which("xterm"), alias)
        children.append(Child(
            [str(alias), "-T", title, "-n", name, "-geometry", place, "-xrm", "*allowTitleOps: false",
             "-e", "sh", "-c", f'printf "%s\\n\\n" "{NOTE}"; exec cat >/dev/null'],
            folder / f"{name}.log", env))
    return children


def stop(*_):
    raise SystemExit(0)


def main():
    folder = Path(sys.argv[1])
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    children = []
    with XvncRig() as rig, tempfile.TemporaryDirectory(prefix="desktop-", dir=folder) as windows:
        try:
            children = open_windows(Path(windows), {**os.environ, "DISPLAY": rig.display})
            ready = folder / "display.new"
            ready.write_text(rig.display + "\n")
            ready.rename(folder / "display")
            person = Person(RfbClient(rig.socket_path))
            while True:
                person.work()
        finally:
            for child in reversed(children):
                child.stop()


if __name__ == "__main__":
    main()
