"""The plots of docs/genuine-input.md."""

import numpy as np

import calibration
import svg
from comparison import operating_curve
from tables import spoken

HARDWARE = {"nudge", "zigzag", "circle", "random_step", "turntable", "wheel", "key_tap", "shapes", "lines"}  # also made by devices, which no source gives away


def draw(doc, folder):
    roc(doc.figures, folder / "roc.svg")
    claims(doc, folder / "calibration.svg")
    svg.bars(folder / "families.svg", "Intervals of each family found, when it is left out", [(spoken(f), s) for f, s in sorted(doc.left_out.items(), key=lambda kv: -kv[1])])
    long = {p: (a, n) for p, (a, n) in doc.people.items() if "-" not in p}
    svg.bars(folder / "people.svg", "Intervals of each person called genuine", [(p, 1 - a / n) for p, (a, n) in long.items()], low=0.9)


def roc(figures, path):
    learner, scores = figures.learner, figures.left_out.scores
    told = (learner.labels == 1) & ~np.isin(learner.groups, list(HARDWARE))  # as if all of it came through the X server, which says so
    alarms, found = [(v / 1000, f"{v / 1000:.1%}") for v in (0, 2, 4, 6, 8, 10)], [(v / 100, f"{v}%") for v in (80, 84, 88, 92, 96, 100)]
    plot = svg.Plot("Scripts found against people called scripted", "people's intervals called scripted", "scripts' intervals found (families left out)", alarms, found)
    plot.line(within(operating_curve(figures, scores), 0.8), "by behaviour alone")
    plot.line(within(operating_curve(figures, np.where(told, 1e6, scores)), 0.8), "with the source of programs' input")
    plot.line([(0.001, 0.8), (0.001, 1)], dashed=True)
    plot.write(path)


def claims(doc, path):
    shares = [(v, f"{v:.0%}") for v in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    plot = svg.Plot("What the score says, and what it was", "genuine_score", "share that was a person's", shares, shares)
    plot.line([(0, 0), (1, 1)], dashed=True)
    plot.line([(said, was) for said, was, _ in calibration.bins_of(*doc.claims)], "families left out", dots=True)
    plot.line([(said, was) for said, was, _ in calibration.bins_of(*doc.kin_claims)], "all that work alike left out", dots=True)
    plot.write(path)


def within(points, least):
    """The part of a curve that the plot has room for."""
    return [point for point in points if point[0] <= 0.01 and point[1] >= least]
