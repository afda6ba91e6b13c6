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
        print(f"{size:9} {c.output:7} {c.who:21} {median:8.2f} {range_:19} {ratio:>6} {statistics.median(c.server_ms):8.2f} "
              f"{c.peak_kib / 1024:6.1f}  {target}")
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
    print(f"{'screen':9} {'output':7} {'who':21} {'CPU ms':>8} {'':19} {'Pillow':>6} {'X server':>8} {'MiB':>6}")
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
