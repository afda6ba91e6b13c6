"""Recordings of people (docs/trace-format.md), played as they were made through a VNC viewer's mouse and keyboard."""

import csv
import gzip
import time


class Recording:
    def __init__(self, path):
        with gzip.open(path, "rt") as file:
            self._rows = [(int(row["t_us"]) / 1e6, row["kind"], float(row["a"]), float(row["b"]))
                          for row in csv.DictReader(file)]

    def play(self, viewer, seconds):
        """Its first `seconds`. A slot becomes a letter: which key it was is not known."""
        begin, buttons, at = time.monotonic(), 0, (0, 0)
        for then, kind, a, b in self._rows:
            if then > seconds:
                break
            time.sleep(max(0.0, begin + then - time.monotonic()))
            if kind in ("keydown", "keyup"):
                viewer.key(ord("a") + int(a), kind == "keydown")
                continue
            if kind == "move":
                at = (min(max(int(a), 0), viewer.width - 1), min(max(int(b), 0), viewer.height - 1))
            elif kind in ("press", "release"):
                button = 1 << (int(a) - 1)
                buttons = buttons | button if kind == "press" else buttons & ~button
            elif kind == "scroll" and b:
                viewer.pointer(*at, buttons | (8 if b > 0 else 16))
            viewer.pointer(*at, buttons)
        viewer.sync()
