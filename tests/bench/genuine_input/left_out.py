"""Everything judged by what never saw it: scores, the threshold, the calibration."""

import multiprocessing

import numpy as np

import calibration
from learning import NOT_JUDGED

FALSE_ALARMS = 0.001  # the share of people's intervals that may be called scripted
MARGIN = 0.5  # of raw score, above what the people known need


def left_out_scores(learner, folds):
    """Scores of the rows of each fold by a model that saw none of them; the folds are shared out to all processors."""
    _shared.update(learner=learner, folds=folds)
    with multiprocessing.get_context("fork").Pool() as pool:
        yield from pool.imap(_score_fold, range(len(folds)))


_shared = {}  # what the processes of a pool take over as they are forked


def _score_fold(number):
    learner, rows = _shared["learner"], _shared["folds"][number]
    return learner.score(learner.fit(without=rows), rows)


class LeftOut:
    """Scores of every row by trees that saw nothing of its person, or of its family."""

    def __init__(self, learner, progress=lambda text: None):
        self.learner = learner
        self.people_folds, self.family_folds = learner.people_folds(), learner.family_folds()
        self.scores = np.full(len(learner.labels), np.nan)
        self.fold = np.full(len(learner.labels), -1)  # of people
        kin_folds = learner.kin_folds()
        self.kin_scores = self.scores.copy()  # of scripts where all that work alike are left out too
        folds = self.people_folds + self.family_folds + kin_folds
        people, families = len(self.people_folds), len(self.people_folds) + len(self.family_folds)
        for number, scores in enumerate(left_out_scores(learner, [rows for _, rows in folds])):
            name, rows = folds[number]
            progress(f"left out: {name}")
            if number == people:
                self.loops = self.scores.copy()  # a loop of a person who is left out is of a family that is known
            if number >= families:
                self.kin_scores[rows] = scores
            else:
                self.scores[rows] = scores
            if number < people:
                self.fold[rows] = number

    def threshold(self, without=None):
        """The least raw score that at most the allowed share of people's intervals reach, and some more for people not known."""
        rows = (self.learner.kinds == "person") & (self.learner.uses == "fit") & (self.scores > NOT_JUDGED)
        if without is not None:
            rows &= self.fold != without
        ranked = np.sort(self.scores[rows])[::-1]
        return float(ranked[int(len(ranked) * FALSE_ALARMS)] + MARGIN)

    def with_kin(self):
        """Scores, those of scripts with all that work alike left out too."""
        return np.where(np.isnan(self.kin_scores), self.scores, self.kin_scores)

    def usable(self):
        return (self.scores > NOT_JUDGED) & (self.learner.labels >= 0)

    def calibration(self, rows=None):
        """Scripts count half as families left out, half as kins left out: tools that nobody knows are of both sorts."""
        rows = self.usable() if rows is None else rows
        labels, weights = self.learner.labels, self.learner.weights(rows)
        scripts = rows & (labels == 1) & (self.kin_scores > NOT_JUDGED)
        weights[scripts] /= 2
        raw = np.concatenate([self.scores[rows], self.kin_scores[scripts]])
        genuine = np.concatenate([1 - labels[rows], np.zeros(scripts.sum())])
        return calibration.table(raw, genuine, np.concatenate([weights[rows], weights[scripts]]))

    def claims(self, scores):
        """Probabilities of all usable rows, each by a calibration that saw neither its person nor its family."""
        groups, rows = self.learner.groups, self.usable()
        names = sorted(set(groups[rows]))
        claimed = np.full(len(groups), np.nan)
        for part in range(5):
            mine = rows & np.isin(groups, names[part::5])
            claimed[mine] = calibration.probability(self.calibration(rows & ~mine), scores[mine])
        return claimed
