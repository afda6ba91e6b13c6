"""The figures of the evaluation, from scores of rows that the trees never saw."""

import numpy as np

from scripted_entries import twin_of
from tools import MINUTE, SECOND
from traces import source_of

LENGTHS = ((20, "10 to 20 s"), (60, "21 to 60 s"), (120, "61 to 120 s"), (10_000, "more than 120 s"))


class Figures:
    def __init__(self, learner, left_out, model):
        self.learner, self.left_out = learner, left_out
        self.corpus, self.table = learner.corpus, learner.table
        self.threshold = left_out.threshold()
        self.known = learner.score(model)  # of scripts for testing, by trees that know their families
        self.flagged_left_out = left_out.scores >= self.threshold
        self.flagged_known = self.known >= self.threshold
        self.flagged_person = np.zeros(len(left_out.scores), bool)
        for fold in range(len(left_out.people_folds)):  # by a threshold that the fold's people had no part in
            rows = left_out.fold == fold
            self.flagged_person[rows] = left_out.scores[rows] >= left_out.threshold(without=fold)
        self.flagged_loop = left_out.loops >= self.threshold

    def false_alarms(self, person=None, recorder="as it is", source=None):
        """(flagged, intervals)."""
        learner = self.learner
        rows = (learner.kinds == "person") & (learner.recorders == recorder)
        if person:
            rows &= learner.groups == person
        if source:
            rows &= np.array([source_of(group) == source for group in learner.groups])
        return int(self.flagged_person[rows].sum()), int(rows.sum())

    def found(self, flagged, rows):
        return flagged[rows].mean() if rows.any() else float("nan")

    def cold_scripts(self):
        """Scripts' intervals where nobody was at the device before."""
        learner = self.learner
        return (learner.labels == 1) & np.isin(learner.kinds, ("script", "loop")) & (learner.after == 0)

    def after_people(self):
        """{minutes since the person left: share of tools' intervals found}, of families left out and known."""
        learner, out = self.learner, {}
        since = self.table.minute - learner.after
        for low, high in ((1, 2), (3, 5), (6, 12)):
            rows = (learner.after > 0) & (learner.labels == 1) & (since >= low) & (since <= high)
            out[f"{low} to {high}"] = float(self.found(self.flagged_left_out, rows)), float(self.found(self.flagged_known, rows & (learner.uses == "test")))
        return out

    def by_family(self, flagged, use=None):
        """{family: share of intervals found}."""
        learner, out = self.learner, {}
        twins = np.array([twin_of(group) for group in learner.groups])
        scripted = self.cold_scripts()
        for name in sorted(set(twins[scripted])):
            rows = scripted & (twins == name)
            if use:
                rows &= learner.uses == use
            if rows.any():
                out[name] = float(self.found(flagged, rows))
        return out

    def by_kin(self):
        """{kin: share found} where all families of a kin are left out together."""
        flagged, kins = self.left_out.kin_scores >= self.threshold, self.learner.kins
        return {kin: float(self.found(flagged, self.cold_scripts() & (kins == kin))) for kin, _ in self.learner.kin_folds()}

    def first_found(self, entry, flagged):
        """The first minute of a trace that is flagged; None if none is."""
        minutes = self.table.minute[(self.table.entry == entry) & flagged]
        return int(minutes.min()) if len(minutes) else None

    def loops(self):
        """Of loops of people whom the trees do not know: (found by the interval in which the third repetition ends, all), by
        how long a repetition takes."""
        out = {}
        for number, entry in enumerate(self.corpus.entries):
            if entry.kind != "loop" or not entry.owners or len(entry.turns) < 4:
                continue
            first = self.first_found(number, self.flagged_loop)
            length = next(name for limit, name in LENGTHS if entry.period <= limit * SECOND)
            found, whole = out.get(length, (0, 0))
            out[length] = (found + (first is not None and first <= (entry.turns[3] - 1) // MINUTE), whole + 1)
        return out

    def slow(self):
        """{what it does: minutes until found, the longest of its traces, None: not found}."""
        out = {}
        for number, entry in enumerate(self.corpus.entries):
            if entry.kind == "slow":
                first = self.first_found(number, self.flagged_known)
                out.setdefault(entry.group, []).append(None if first is None else first + 1)
        return {name: None if None in found else max(found) for name, found in out.items()}

    def calibration(self, scores):
        """(claimed, genuine, weights) of rows by what never saw them: `scores` of the left-out."""
        rows = self.left_out.usable() & (self.learner.kinds != "slow")
        claimed = self.left_out.claims(scores)
        return claimed[rows], 1 - self.learner.labels[rows], self.learner.weights(rows)[rows]



    def by_recorder(self):
        """{recorder: (false alarms, people's intervals, share of scripts of families left out that is found)}."""
        learner, out = self.learner, {}
        for recorder in sorted(set(learner.recorders)):
            alarms, people = self.false_alarms(recorder=recorder)
            scripts = (learner.recorders == recorder) & self.cold_scripts()
            out[recorder] = alarms, people, float(self.found(self.flagged_left_out, scripts))
        return out

    def with_jiggler(self):
        """People at a desk where a jiggler runs when they are away: (alarms, their intervals), share of the jiggler's found."""
        learner = self.learner
        mixed = learner.kinds == "mixture"
        theirs = mixed & (learner.labels == 0)
        return int((self.flagged_person & theirs).sum()), int(theirs.sum()), float(self.found(self.flagged_person, mixed & (learner.labels == 1)))
