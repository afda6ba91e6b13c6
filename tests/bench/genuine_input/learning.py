"""Fits, with every person and every family counting the same, and what is left out left out altogether."""

import numpy as np

import calibration
from corpus import kin_of, twin_of
from trees import Trees

FALSE_ALARMS = 0.001  # the share of people's intervals that may be called scripted
MARGIN = 0.25  # of raw score, above what the people known need
LEAST_EVIDENCE = 2.5
FAMILY_FOLDS = 12


class Learner:
    def __init__(self, corpus, table, seed=1):
        self.corpus, self.table, self.seed = corpus, table, seed
        entries = corpus.entries
        self.labels = np.array([_label(entries[e], m) for e, m in zip(table.entry, table.minute)])
        self.groups = np.array([entries[e].group for e in table.entry])
        self.kinds = np.array([entries[e].kind for e in table.entry])
        self.uses = np.array([entries[e].use for e in table.entry])
        self.recorders = np.array([entries[e].recorder for e in table.entry])
        self.kins = np.array([kin_of(entries[e].group) for e in table.entry])
        self.people = sorted({entry.group for entry in entries if entry.kind == "person"})
        self.families = sorted({entry.group for entry in entries if entry.kind in ("script", "loop")})
        self.owned = {p: np.array([p in entries[e].owners for e in table.entry]) for p in self.people}
        self.enough = table.evidence >= LEAST_EVIDENCE

    def weights(self, rows):
        """Each person, and each family, as much as another; people together as much as scripts together."""
        weights = np.zeros(len(self.labels))
        for label in (0, 1):
            mine = rows & (self.labels == label)
            for group in set(self.groups[mine]):
                some = mine & (self.groups == group)
                weights[some] = 1 / np.sqrt(some.sum())
            if mine.any():
                weights[mine] *= rows.sum() / 2 / weights[mine].sum()
        return weights

    def fit(self, without=None, seed=None):
        """Trees by all rows for fitting, but those in `without`."""
        rows = (self.uses == "fit") & (self.labels >= 0) & self.enough
        if without is not None:
            rows &= ~without
        model = Trees(seed=seed or self.seed)
        return model.fit(self.table.values[rows], self.labels[rows], self.weights(rows)[rows])

    def people_folds(self):
        """Each mouse user alone; typists in as many groups, for there are more of them than time. Whoever is in a fold is not
        in its training with any row."""
        mice = [p for p in self.people if not p.startswith("typist")]
        typists = [p for p in self.people if p.startswith("typist")]
        count = max(len(mice), min(5, len(typists)))
        folds = [[*mice[i : i + 1], *typists[i::count]] for i in range(count)]
        return [("+".join(fold), np.any([self.owned[p] for p in fold], axis=0)) for fold in folds]

    def family_folds(self):
        """Several families at once, which is harder than each alone; one of a given program with that of its name here."""
        own = sorted({twin_of(name) for name in self.families})
        named = np.array([twin_of(name) for name in self.groups])
        order = sorted(own, key=lambda name: (kin_of(name), name))  # so that a fold takes one here and there, not a whole kin
        count = min(FAMILY_FOLDS, len(own))
        return [("+".join(order[i::count]), np.isin(named, order[i::count])) for i in range(count)]

    def kin_folds(self):
        scripts = np.isin(self.kinds, ("script", "loop")) & (self.labels != 0)
        return [(kin, scripts & (self.kins == kin)) for kin in sorted(set(self.kins[scripts]))]

    def pure(self, person=None):
        """People's intervals as they were recorded."""
        rows = (self.kinds == "person") & (self.recorders == "as it is")
        return rows & (self.groups == person) if person else rows


def _label(entry, minute):
    label = entry.label(minute)
    return -1 if label is None else label


class LeftOut:
    """Scores of every row by trees that saw nothing of its person, or of its family."""

    def __init__(self, learner, progress=lambda text: None):
        self.learner = learner
        self.people_folds, self.family_folds = learner.people_folds(), learner.family_folds()
        self.scores = np.full(len(learner.labels), np.nan)
        self.fold = np.full(len(learner.labels), -1)  # of people
        for number, (name, rows) in enumerate(self.people_folds):
            progress(f"left out: {name}")
            self.scores[rows] = learner.fit(without=rows).score(learner.table.values[rows])
            self.fold[rows] = number
        self.loops = self.scores.copy()  # a loop of a person who is left out is of a family that is known
        for name, rows in self.family_folds:
            progress(f"left out: {name}")
            self.scores[rows] = learner.fit(without=rows).score(learner.table.values[rows])

    def threshold(self, without=None):
        """The least raw score that at most the allowed share of people's intervals reach, and some more for people not known."""
        rows = (self.learner.kinds == "person") & (self.learner.uses == "fit") & self.learner.enough
        if without is not None:
            rows &= self.fold != without
        ranked = np.sort(self.scores[rows])[::-1]
        return float(ranked[int(len(ranked) * FALSE_ALARMS)] + MARGIN)

    def usable(self):
        return ~np.isnan(self.scores) & (self.learner.labels >= 0) & self.learner.enough

    def calibration(self, rows=None):
        rows = self.usable() if rows is None else rows
        learner = self.learner
        return calibration.table(self.scores[rows], 1 - learner.labels[rows], learner.weights(rows)[rows])

    def claims(self):
        """Probabilities of all usable rows, each by a calibration that saw neither its person nor its family."""
        groups, rows = self.learner.groups, self.usable()
        names = sorted(set(groups[rows]))
        claimed = np.full(len(groups), np.nan)
        for part in range(5):
            mine = rows & np.isin(groups, names[part::5])
            claimed[mine] = calibration.probability(self.calibration(rows & ~mine), self.scores[mine])
        return claimed


def _label(entry, minute):
    label = entry.label(minute)
    return -1 if label is None else label
