"""A trace with what is known of it, and all of them in a folder.

A trace's `use` is "fit" or "test": tests have settings of their own, and are never fitted to. `owners` are the people whose rows
are in it: when a person is left out, so is every trace with a row of theirs.
"""

from dataclasses import dataclass, field

import recorders
import traces
from recorders import LOCAL
from tools import MINUTE


# A part of what a mouse does, where the rest is not to be had or not done.
HALVES = {"wheel alone": ("scroll",), "clicks alone": ("press", "release"), "motion alone": ("move",), "clicks and wheel": ("press", "release", "scroll")}


@dataclass
class Entry:
    name: str
    kind: str  # "person", "script", "slow", "loop", "mixture"
    group: str  # the person, or the family
    recorder: str = "as it is"
    use: str = "fit"
    owners: tuple = ()
    period: int = 0  # of a loop, us
    turns: list = field(default_factory=list)  # when a loop's repetitions begin, us
    hands: list = field(default_factory=list)  # of a mixture, by minute
    after: int = 0  # minutes of a person before a script, on the same device

    def label(self, minute):
        """1 scripted, 0 a person's, None if it is not for learning from or both."""
        if self.kind == "mixture":
            hand = self.hands[minute] if minute < len(self.hands) else None
            return {"scripted": 1, "person": 0, None: None}[hand]
        if self.kind == "loop" and (len(self.turns) < 2 or minute * MINUTE < self.turns[1]):
            return None
        if self.after and minute <= self.after:
            return None
        return 0 if self.kind == "person" else 1


class Corpus:
    def __init__(self, folder):
        self.folder, self.entries = folder, []
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, rows, kind, group, **known):
        if len(rows) < 3:
            return
        entry = Entry(f"t{len(self.entries):05d}", kind, group, **known)
        traces.write(self.folder / f"{entry.name}.csv", rows)
        self.entries.append(entry)


def recorded(rows, rng, recorder):
    """Through a recorder, by its name."""
    if recorder == LOCAL:
        return recorders.at_local_rate(rows, rng)
    if recorder == "jitter":
        return recorders.jittered(rows, rng, max(2_000, min(recorders.grid_of(rows), 104_000)))
    if recorder in HALVES:
        return recorders.only(rows, HALVES[recorder])
    if recorder == "touch":
        return recorders.touched(rows)
    if recorder.endswith(" ms"):
        return recorders.on_grid(rows, int(recorder[:-3]) * 1000)
    return rows
