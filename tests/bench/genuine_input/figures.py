"""The figures of the evaluation, from scores of rows that the trees never saw."""

import numpy as np

import peer
import traces
from corpus import kin_of, twin_of
from tools import MINUTE, SECOND

LENGTHS = ((20, "10 to 20 s"), (60, "21 to 60 s"), (120, "61 to 120 s"), (10_000, "more than 120 s"))


class Figures:
    def __init__(self, learner, left_out, model):
        self.learner, self.left_out = learner, left_out
        self.corpus, self.table = learner.corpus, learner.table
        self.threshold = left_out.threshold()
        self.known = model.score(self.table.values)  # of scripts for testing, by trees that know their families
        enough = learner.enough
        self.flagged_left_out = enough & (left_out.scores >= self.threshold)
        self.flagged_known = enough & (self.known >= self.threshold)
        self.flagged_person = np.zeros(len(enough), bool)
        for fold in range(len(left_out.people_folds)):  # by a threshold that the fold's people had no part in
            rows = left_out.fold == fold
            self.flagged_person[rows] = left_out.scores[rows] >= left_out.threshold(without=fold)
        self.flagged_person &= enough
        self.flagged_loop = enough & (left_out.loops >= self.threshold)

    def false_alarms(self, person=None, recorder="as it is"):
        """(flagged, intervals)."""
        learner = self.learner
        rows = (learner.kinds == "person") & (learner.recorders == recorder)
        if person:
            rows &= learner.groups == person
        return int(self.flagged_person[rows].sum()), int(rows.sum())

    def found(self, flagged, rows):
        return flagged[rows].mean() if rows.any() else float("nan")

    def by_family(self, flagged, use=None):
        """{family: share of intervals found}."""
        learner, out = self.learner, {}
        twins = np.array([twin_of(group) for group in learner.groups])
        scripted = (learner.labels == 1) & np.isin(learner.kinds, ("script", "loop"))
        for name in sorted(set(twins[scripted])):
            rows = scripted & (twins == name)
            if use:
                rows &= learner.uses == use
            if rows.any():
                out[name] = float(self.found(flagged, rows))
        return out

    def by_kin(self, progress):
        """{kin: share found} where all families of a kin are left out together."""
        out = {}
        for kin, rows in self.learner.kin_folds():
            progress(f"left out: all of {kin}")
            scores = self.learner.fit(without=rows).score(self.table.values[rows])
            mine = (self.learner.labels[rows] == 1) & np.isin(self.learner.kinds[rows], ("script", "loop"))
            if mine.any():
                out[kin] = float(((scores >= self.threshold) & self.learner.enough[rows])[mine].mean())
        return out

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

    def calibration(self):
        """(claimed, genuine, weights) of rows by what never saw them."""
        rows = self.left_out.usable() & (self.learner.kinds != "slow")
        claimed = self.left_out.claims()
        return claimed[rows], 1 - self.learner.labels[rows], self.learner.weights(rows)[rows]

    def peer(self):
        """(flagged people's intervals, all), {family: share found}: the peer on the same intervals."""
        learner, flagged = self.learner, np.zeros(len(self.learner.labels), bool)
        wanted = learner.pure() | ((learner.uses == "test") & (learner.labels == 1) & np.isin(learner.kinds, ("script", "loop")))
        for number in sorted(set(self.table.entry[wanted])):
            rows = traces.read(self.corpus.folder / f"{self.corpus.entries[number].name}.csv")
            minutes = peer.flagged_minutes(rows)
            mine = self.table.entry == number
            flagged[mine] = np.isin(self.table.minute[mine], list(minutes))
        pure = learner.pure()
        worst = max((flagged[learner.pure(p)].mean(), p) for p in learner.people if learner.pure(p).any())
        return int(flagged[pure].sum()), int(pure.sum()), worst, self.by_family(flagged, "test")

    def operating_curve(self, scores, ours):
        """Points (share of people flagged, share of scripts found) as the threshold goes down; all families the same."""
        learner = self.learner
        people = learner.pure()
        scripts = (learner.labels == 1) & np.isin(learner.kinds, ("script", "loop")) & ours
        weights = learner.weights(scripts)[scripts]
        human = np.sort(np.where(learner.enough, scores, -np.inf)[people])[::-1]
        value, order = np.where(learner.enough, scores, -np.inf)[scripts], None
        order = np.argsort(value)[::-1]
        gained, ranked = np.cumsum(weights[order]) / weights.sum(), value[order]
        points = []
        for alarms in range(0, len(human), max(1, len(human) // 2000) if len(human) > 200 else 1):
            level = human[alarms]
            if np.isinf(level):
                break
            count = np.searchsorted(-ranked, -level, side="left")
            points.append((alarms / len(human), float(gained[count - 1]) if count else 0.0))
        return points

    def by_recorder(self):
        """{recorder: (false alarms, people's intervals, share of scripts of families left out that is found)}."""
        learner, out = self.learner, {}
        for recorder in sorted(set(learner.recorders)):
            alarms, people = self.false_alarms(recorder=recorder)
            scripts = (learner.recorders == recorder) & (learner.labels == 1) & np.isin(learner.kinds, ("script", "loop"))
            out[recorder] = alarms, people, float(self.found(self.flagged_left_out, scripts))
        return out

    def with_jiggler(self):
        """People at a desk where a jiggler runs when they are away: (alarms, their intervals), share of the jiggler's found."""
        learner = self.learner
        mixed = learner.kinds == "mixture"
        theirs = mixed & (learner.labels == 0)
        return int((self.flagged_person & theirs).sum()), int(theirs.sum()), float(self.found(self.flagged_person, mixed & (learner.labels == 1)))

    def kin_of_families(self):
        return {name: kin_of(name) for name in self.by_family(self.flagged_left_out)}
