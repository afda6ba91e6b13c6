#!/usr/bin/env python3
"""What a screenshot costs, from the screen to sealed bytes, beside what others take for one.

usage: screenshot.py BUILD [--rounds 5] [--screens 1920x1080,3840x2160] [--python /usr/bin/python3]

BUILD is a release build's folder, with `ninja bench` done. One Xvfb for each size, with windows of text on a picture as
cameras take them. All are run in turns. Figures are processor time in ms (of the process that takes the picture; the X
server's own is told apart) and memory above rest. Peers, where they are installed: Pillow and OpenCV in PYTHON, ffmpeg,
scrot; the last two as whole processes, since that is how they are used.
Needs: xvfb, xterm, openbox.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rigs import XvfbRig  # noqa: E402
from rigs.process import Child, wait_for  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
OURS = {"quarter": [], "full": ["full"]}
PILLOW = (  # who, output, what makes it of a `picture`
    ("Pillow", "quarter", "picture.filter(ImageFilter.GaussianBlur(8)).reduce(4)"),
    ("Pillow, reduced first", "quarter", "picture.reduce(4).filter(ImageFilter.GaussianBlur(2))"),
    ("Pillow", "full", "picture.filter(ImageFilter.GaussianBlur(8))"),
)
PILLOW_CODE = """
import io, json, resource, sys, time
from PIL import Image, ImageFilter, ImageGrab
Image.init()
rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
times = []
for _ in range(5):
    begin = time.process_time()
    picture = ImageGrab.grab(xdisplay=sys.argv[1])
    picture = {work}
    picture.convert("RGB").save(io.BytesIO(), "JPEG", quality=60)
    times.append(1000 * (time.process_time() - begin))
print(json.dumps({{"ms": times, "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - rest}}))
"""
OPENCV_CODE = """
import json, sys, time
import cv2, numpy
from PIL import ImageGrab
picture = numpy.array(ImageGrab.grab(xdisplay=sys.argv[1]))
times = []
for _ in range(5):
    begin = time.process_time()
    cv2.GaussianBlur(picture, (0, 0), 8)
    times.append(1000 * (time.process_time() - begin))
print(json.dumps({"ms": times}))
"""
TARGETS = {  # ms, and the share of Pillow's
    ("1920x1080", "quarter"): (2.5, 1 / 20), ("1920x1080", "full"): (12, 1 / 12), ("3840x2160", "quarter"): (10, 1 / 20)}


class Screen(XvfbRig):
    """Text in some windows, a photo behind them."""

    def __init__(self, size, build):
        super().__init__(*map(int, size.split("x")))
        self._build = build

    def show(self):
        subprocess.run([self._build / "tests/support/paint_screen", self.display], check=True)
        env = {**os.environ, "DISPLAY": self.display}
        self._children.append(Child(["openbox"], self._path("openbox.log"), env))
        texts = ["ARCHITECTURE.md", "README.md", "LICENSE", "docs/api.md", "lib/meson.build", "CONTRIBUTING.md"]
        for i, text in enumerate(texts):
            done = Path(self._path(f"shown-{i}"))
            geometry = f"80x{20 + 5 * i}+{i % 3 * self.width // 4 + 20}+{i // 3 * self.height // 3 + 30 * i}"
            shell = f"head -c 6000 '{ROOT / text}'; touch '{done}'; exec sleep 100000"
            self._children.append(Child(["xterm", "-fa", "DejaVu Sans Mono", "-fs", "9", "-geometry", geometry, "-e", "sh",
                                         "-c", shell], self._path(f"xterm-{i}.log"), env))
            wait_for(done.exists, "xterm")
        time.sleep(1)  # the last lines are drawn

    def cpu_ms(self):
        """What the X server has used so far."""
        pid = next(child.process.pid for child in self._children if child.name == "Xvfb")
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


class Contestant:
    """Somebody's times for one output."""

    def __init__(self, who, output, run):
        self.who, self.output, self._run = who, output, run
        self.ms, self.server_ms, self.peak_kib, self.steps = [], [], 0, {}

    def round(self, screen):
        before = screen.cpu_ms()
        result = self._run(screen.display)
        self.server_ms.append((screen.cpu_ms() - before) / len(result["ms"]))
        self.ms += result["ms"]
        self.peak_kib = max(self.peak_kib, result.get("peak_kib", 0))
        for name, values in result.get("steps", {}).items():
            self.steps.setdefault(name, []).extend(values)


def ours(build, output, count):
    def run(display):
        program = [build / "tests/bench/screenshot/screenshot_cost", display, str(count), *OURS[output]]
        result = json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)
        steps = {name: [r[name] for r in result["rounds"]] for name in result["rounds"][0]}
        return {"ms": [sum(r.values()) for r in result["rounds"]], "peak_kib": result["peak_kib"], "steps": steps}
    return run


def python_code(python, code):
    def run(display):
        return json.loads(subprocess.run([python, "-c", code, display], check=True, capture_output=True, text=True).stdout)
    return run


def process(*command):
    log = tempfile.TemporaryFile("w+")

    def run(display):
        child = subprocess.Popen([word.replace("DISPLAY", display) for word in command], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=log, env={**os.environ, "DISPLAY": display})
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            log.seek(0)
            raise RuntimeError(f"{command[0]} ended with {child.returncode}: {log.read()[-400:]}")
        return {"ms": [1000 * (usage.ru_utime + usage.ru_stime)], "peak_kib": usage.ru_maxrss}
    return run


def imports(python, module):
    return shutil.which(python) and subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode == 0


def contestants(options, size, folder):
    """All that are here; says who is not."""
    list_ = [Contestant("activitytrack", output, ours(options.build, output, 50)) for output in OURS]
    pillow = imports(options.python, "PIL.ImageGrab")
    if pillow:
        list_ += [Contestant(who, output, python_code(options.python, PILLOW_CODE.format(work=work)))
                  for who, output, work in PILLOW]
    if pillow and imports(options.python, "cv2"):
        list_.append(Contestant("OpenCV, blur alone", "full", python_code(options.python, OPENCV_CODE)))
    if shutil.which("ffmpeg"):
        for output, filters in (("quarter", "scale=iw/4:ih/4:flags=area,gblur=sigma=2"), ("full", "gblur=sigma=8")):
            list_.append(Contestant("ffmpeg", output, process(
                "ffmpeg", "-y", "-f", "x11grab", "-draw_mouse", "0", "-video_size", size, "-i", "DISPLAY", "-frames:v", "1",
                "-vf", filters, "-q:v", "8", f"{folder}/ffmpeg.jpg")))
    if shutil.which("scrot"):
        list_.append(Contestant("scrot, no blur", "full", process("scrot", "-o", "-q", "60", f"{folder}/scrot.jpg")))
    here = {c.who.split(",")[0] for c in list_}
    for name in ("Pillow", "OpenCV", "ffmpeg", "scrot"):
        if name not in here:
            print(f"{size}: {name}: not here")
    return list_


def beside(ms, pillow):
    """As a part of what Pillow takes, or as a multiple."""
    return f"1/{pillow / ms:.1f}" if ms < pillow else f"{ms / pillow:.1f}x"


def show(size, list_):
    pillow = {c.output: statistics.median(c.ms) for c in list_ if c.who == "Pillow"}
    for c in sorted(list_, key=lambda c: c.output, reverse=True):
        median = statistics.median(c.ms)
        ratio = beside(median, pillow[c.output]) if c.output in pillow and c.who != "Pillow" else ""
        goal = TARGETS.get((size, c.output)) if c.who == "activitytrack" else None
        target = f"target {goal[0]} ms, 1/{1 / goal[1]:.0f}" if goal else ""
        range_ = f"[{min(c.ms):.2f} .. {max(c.ms):.2f}]"
        memory = f"{c.peak_kib / 1024:.1f}" if c.peak_kib else "-"
        print(f"{size:9} {c.output:7} {c.who:21} {median:8.2f} {range_:21} {ratio:>6} {statistics.median(c.server_ms):8.2f} "
              f"{memory:>6}  {target}")
        if c.steps:
            steps = ", ".join(f"{name} {statistics.median(values):.2f}" for name, values in c.steps.items())
            print(f"{'':18} of which {steps}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--screens", default="1920x1080,3840x2160")
    parser.add_argument("--python", default="/usr/bin/python3", help="one that has Pillow and OpenCV")
    options = parser.parse_args()
    print(f"{'screen':9} {'output':7} {'who':21} {'CPU ms':>8} {'':21} {'Pillow':>6} {'X server':>8} {'MiB':>6}")
    for size in options.screens.split(","):
        with tempfile.TemporaryDirectory() as folder, Screen(size, options.build) as screen:
            screen.show()
            list_ = contestants(options, size, folder)
            for _ in range(options.rounds):
                for contestant in list_:
                    contestant.round(screen)
            show(size, list_)


if __name__ == "__main__":
    main()
