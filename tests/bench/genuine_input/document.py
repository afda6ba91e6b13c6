"""docs/genuine-input.md and its plots, from the figures. What does not change with them is in wording.md."""

import re
import statistics
from pathlib import Path

import numpy as np

import calibration
import svg
from corpus import kin_of

ROOT = Path(__file__).resolve().parents[3]

HARDWARE = {"nudge", "zigzag", "circle", "random_step", "turntable", "wheel", "key_tap"}  # also made by devices, which no source gives away


def percent(share, digits=1):
    return "-" if share != share else f"{share:.{digits}%}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


class Document:
    def __init__(self, figures, cost, progress):
        self.figures, self.cost = figures, cost
        learner = figures.learner
        self.people = {p: figures.false_alarms(p) for p in learner.people if figures.false_alarms(p)[1]}
        self.left_out = figures.by_family(figures.flagged_left_out)
        self.known = figures.by_family(figures.flagged_known, "test")
        self.kin = figures.by_kin(progress)
        self.loops, self.slow = figures.loops(), figures.slow()
        self.claims = figures.calibration()
        self.peer_alarms, self.peer_people, self.peer_worst, self.peer_found = figures.peer()

    def write(self, docs):
        plots = docs / "genuine-input"
        plots.mkdir(exist_ok=True)
        self.plot(plots)
        wording = (Path(__file__).parent / "wording.md").read_text()
        parts = {
            "FIGURES": self.figures_table(),
            "PEER": self.peer_table(),
            "PEOPLE": table(("person", "intervals", "called scripted"), [(p, n, a) for p, (a, n) in self.people.items()]),
            "FAMILIES": self.families_table(),
            "KIN": table(("left out together", "found"), [(k, percent(v)) for k, v in sorted(self.kin.items(), key=lambda kv: kv[1])]),
            "LOOPS": table(("a repetition takes", "found in time", "loops"), [(p, f, n) for p, (f, n) in sorted(self.loops.items())]),
            "SLOW": table(("once in 30 s", "found after, min"), [(k, v or "not in 20") for k, v in self.slow.items()]),
            "RECORDERS": self.recorders_table(),
            "DESK": "%d of %d of their intervals are called scripted; %s of the jiggler's are found." % (*self.figures.with_jiggler()[:2], percent(self.figures.with_jiggler()[2])),
            "DATA": self.data(),
            "MEASURES": table(("measure", "what"), measures_of(ROOT / "lib/input/behaviour_features.hpp")),
        }
        for name, text in parts.items():
            wording = wording.replace("{{" + name + "}}", text)
        (docs / "genuine-input.md").write_text(wording)

    def data(self):
        learner = self.figures.learner
        return (
            f"{len(self.people)} people with {int(learner.pure().sum()):,} intervals as they were recorded; "
            f"{len(self.left_out)} families of scripts with {int((learner.labels == 1).sum()):,} intervals"
        )

    def figures_table(self):
        alarms, whole = sum(a for a, _ in self.people.values()), sum(n for _, n in self.people.values())
        worst, of = max((a / n, p) for p, (a, n) in self.people.items())
        known = statistics.fmean(self.known.values())
        least, name = min((share, family) for family, share in self.left_out.items())
        found, loops = (sum(values) for values in zip(*self.loops.values()))
        slowest = "not all" if None in self.slow.values() else f"{max(self.slow.values())} min"
        return table(
            ("figure, by behaviour alone", "target", "measured"),
            [
                ("people's intervals called scripted", "0.1%", f"{percent(alarms / whole, 2)} ({alarms} of {whole})"),
                ("the same, worst person", "0.5%", f"{percent(worst, 2)}" + (f" ({of})" if worst else "")),
                ("intervals of known families found, in settings not seen", "99%", percent(known)),
                ("the same, with enough evidence to judge", "", percent(self.known_with_evidence())),
                ("intervals of a family left out found, worst family", "90%", f"{percent(least)} ({name})"),
                ("the same, median family", "97%", percent(statistics.median(self.left_out.values()))),
                ("recorded human input in a loop, found within 3 repetitions", "all", f"{found} of {loops}"),
                ("a jiggler that moves once in 30 s, found after", "10 min", slowest),
                ("calibration error (expected, 10 bins)", "0.02", f"{calibration.expected_error(*self.claims):.3f}"),
                ("cost a sample", "1 us", "not measured" if self.cost is None else f"{self.cost / 1000:.2f} us"),
            ],
        )

    def known_with_evidence(self):
        figures, learner = self.figures, self.figures.learner
        rows = (learner.uses == "test") & (learner.labels == 1) & learner.enough
        shares = [figures.found(figures.flagged_known, rows & (learner.groups == name)) for name in learner.families]
        return statistics.fmean(share for share in shares if share == share)

    def peer_table(self):
        ours = sum(a for a, _ in self.people.values()) / sum(n for _, n in self.people.values())
        worst, of = self.peer_worst
        return table(
            ("on the same intervals", "this program", "Detect_My_Jiggler's rules"),
            [
                ("people's intervals called scripted", percent(ours, 2), percent(self.peer_alarms / self.peer_people)),
                ("the same, worst person", percent(max(a / n for a, n in self.people.values()), 2), f"{percent(worst)} ({of})"),
                ("scripts found, mean of families", percent(statistics.fmean(self.known.values())), percent(statistics.fmean(self.peer_found.values()))),
                ("the same, families that move the pointer", *(percent(statistics.fmean(v for k, v in found.items() if moves(k))) for found in (self.known, self.peer_found))),
            ],
        )

    def families_table(self):
        rows = sorted(self.left_out.items(), key=lambda item: item[1])
        return table(
            ("family", "kin", "left out", "known", "peer"),
            [(f.replace("_", " "), kin_of(f), percent(s), percent(self.known.get(f, float("nan"))), percent(self.peer_found.get(f, float("nan")))) for f, s in rows],
        )

    def recorders_table(self):
        rows = self.figures.by_recorder()
        return table(
            ("recorder", "people's intervals", "called scripted", "scripts of families left out, found"),
            [(name, n or "-", f"{a} ({percent(a / n, 2)})" if n else "-", percent(found)) for name, (a, n, found) in rows.items()],
        )

    def plot(self, folder):
        figures = self.figures
        shares = [(v, f"{v:.0%}") for v in (0, 0.2, 0.4, 0.6, 0.8, 1)]
        everything = figures.operating_curve(figures.left_out.scores, figures.learner.kinds != "slow")
        sourced = self.with_source()
        alarm_ticks = [(v / 1000, f"{v / 1000:.1%}") for v in (0, 2, 4, 6, 8, 10)]
        plot = svg.Plot("Scripts found against people called scripted", "people's intervals called scripted", "scripts' intervals found (families left out)", alarm_ticks, [(v / 100, f"{v}%") for v in (90, 92, 94, 96, 98, 100)])
        plot.line(within(everything), "by behaviour alone")
        plot.line(within(sourced), "with the source of programs' input")
        plot.line([(0.001, 0.9), (0.001, 1)], dashed=True)
        plot.write(folder / "roc.svg")
        plot = svg.Plot("What the score says, and what it was", "genuine_score", "share that was a person's", shares, shares)
        plot.line([(0, 0), (1, 1)], dashed=True)
        plot.line([(said, was) for said, was, _ in calibration.bins_of(*self.claims)], "intervals left out", dots=True)
        plot.write(folder / "calibration.svg")
        svg.bars(folder / "families.svg", "Intervals of each family found, when it is left out", [(f.replace("_", " "), s) for f, s in sorted(self.left_out.items(), key=lambda kv: -kv[1])])
        svg.bars(folder / "people.svg", "Intervals of each person called genuine", [(p, 1 - a / n) for p, (a, n) in self.people.items()], low=0.9)

    def with_source(self):
        """As if what only software makes came through the X server, which says so."""
        learner = self.figures.learner
        told = (learner.labels == 1) & ~np.isin(learner.groups, list(HARDWARE))
        return self.figures.operating_curve(np.where(told, 1e6, self.figures.left_out.scores), learner.kinds != "slow")


def measures_of(header):
    """(name, what it is), from the program's own table."""
    return [(f"`{name}`", what) for name, what in re.findall(r'^ +\{"(\w+)", "([^"]+)"', header.read_text(), re.M)]


def within(points):
    """The part of a curve that the plot has room for."""
    return [point for point in points if point[0] <= 0.01 and point[1] >= 0.9]


def moves(family):
    return kin_of(family) not in ("key tapper", "plain typist", "human-like typist", "wheel") and family not in ("click_fixed", "click_jittered", "click_uniform")
