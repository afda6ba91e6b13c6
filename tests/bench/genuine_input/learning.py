"""Fits, with every person and every family counting the same, and what is left out left out altogether."""

import numpy as np

import limits
from scripted_entries import kin_of, twin_of
from traces import source_of
from trees import Trees

LEAST_EVIDENCE = 5  # for a verdict by the trees
FIT_EVIDENCE = 3  # to learn from
KEY_CAUTION = 2.5  # taken off the score where all evidence is keys: few typists are known
FAMILY_FOLDS = 12
PEOPLE_FOLDS = 6
NOT_JUDGED = -100.0


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
        self.after = np.array([entries[e].after for e in table.entry])
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

    def fit(self, without=None):
        """By all rows for fitting, but those in `without`."""
        rows = (self.uses == "fit") & (self.labels >= 0) & (self.table.evidence >= FIT_EVIDENCE)
        if without is not None:
            rows &= ~without
        trees = Trees(seed=self.seed).fit(self.table.values[rows], self.labels[rows], self.weights(rows)[rows])
        people = self.kinds == "person"
        if without is not None:
            people &= ~without
        return Model(self.table.names, trees, limits.fit(self.table.names, self.table.values[people]))

    def score(self, model, rows=slice(None)):
        """Raw scores; NOT_JUDGED where there is too little for the trees and no limit is passed."""
        values = self.table.values[rows]
        judged = self.enough[rows] | limits.beyond(model.limits, values)
        return np.where(judged, model.score(values), NOT_JUDGED)

    def usual(self):
        """Between which values 95 of 100 of people's intervals lie, as they were recorded: a row for each measure."""
        values = self.table.values[self.pure() & self.enough]
        return np.nanpercentile(values, [2.5, 97.5], axis=0).T

    def people_folds(self):
        """A part of each source's people at a time. Whoever is in a fold is not in its training with any row."""
        order = sorted(self.people, key=lambda person: (source_of(person), person))
        folds = [order[i::PEOPLE_FOLDS] for i in range(PEOPLE_FOLDS)]
        return [(f"people {i + 1}", np.any([self.owned[p] for p in fold], axis=0)) for i, fold in enumerate(folds)]

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


class Model:
    def __init__(self, names, trees, its_limits):
        self.trees, self.limits = trees.trees, its_limits
        self._trees = trees
        self.amounts = [names.index("carried_" + what) for what in ("keys", "strokes", "clicks", "wheel_turns")]

    def score(self, values):
        raw = self._trees.score(values) - KEY_CAUTION * self.share_of_keys(values)
        return np.where(limits.beyond(self.limits, values), np.maximum(raw, limits.BEYOND), raw)

    def share_of_keys(self, values):
        """Of the evidence."""
        keys, *others = np.expm1(values[:, self.amounts]).T
        return keys / 4 / np.maximum(keys / 4 + sum(others), 1e-6)


def _label(entry, minute):
    label = entry.label(minute)
    return -1 if label is None else label
