"""docs/genuine-input.md, from the figures. What does not change with them is in wording.md."""

from pathlib import Path

import plots
import tables
from comparison import by_peer
from tables import percent, table

ROOT = Path(__file__).resolve().parents[3]


class Document:
    def __init__(self, figures, cost, strangers, command):
        self.figures, self.cost, self.strangers, self.command = figures, cost, strangers, command
        learner, left_out = figures.learner, figures.left_out
        self.people = {p: figures.false_alarms(p) for p in learner.people if figures.false_alarms(p)[1]}
        self.left_out = figures.by_family(figures.flagged_left_out)
        self.known = figures.by_family(figures.flagged_known, "test")
        self.kin, self.loops, self.slow = figures.by_kin(), figures.loops(), figures.slow()
        self.claims, self.kin_claims = figures.calibration(left_out.scores), figures.calibration(left_out.with_kin())
        self.peer_alarms, self.peer_people, self.peer_worst, self.peer_found = by_peer(figures)

    def write(self, docs):
        folder = docs / "genuine-input"
        folder.mkdir(exist_ok=True)
        plots.draw(self, folder)
        wording = (Path(__file__).parent / "wording.md").read_text()
        for name, text in self.parts().items():
            wording = wording.replace("{{" + name + "}}", text)
        (docs / "genuine-input.md").write_text(wording)

    def parts(self):
        alarms, theirs, found = self.figures.with_jiggler()
        return {
            "FIGURES": tables.figures(self),
            "PEER": tables.peer(self),
            "PEOPLE": tables.people(self),
            "FAMILIES": tables.families(self),
            "KIN": table(("left out together", "found"), [(k, percent(v)) for k, v in sorted(self.kin.items(), key=lambda kv: kv[1])]),
            "LOOPS": table(("a repetition takes", "found in time", "loops"), [(p, f, n) for p, (f, n) in sorted(self.loops.items())]),
            "SLOW": table(("once in 30 s", "found after, min"), [(k, v or "not in 20") for k, v in self.slow.items()]),
            "RECORDERS": tables.recorders(self),
            "STRANGERS": tables.strangers(self),
            "AFTER": tables.after_people(self),
            "DESK": f"{alarms} of {theirs} of their intervals are called scripted; {percent(found)} of the jiggler's are found.",
            "DATA": self.data(),
            "COMMAND": self.command,
            "MEASURES": tables.measures(ROOT / "lib/input/behaviour_features.hpp"),
        }

    def data(self):
        learner = self.figures.learner
        return (
            f"{len(self.people)} people with {int(learner.pure().sum()):,} intervals as they were recorded; "
            f"{len(self.left_out)} families of scripts with {int((learner.labels == 1).sum()):,} intervals"
        )
