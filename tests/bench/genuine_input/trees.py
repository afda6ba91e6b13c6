"""Boosted regression trees of depth 3 for two classes, on histograms: deterministic, numpy only.

A value that is not known goes where it does less harm, node by node. Trees are complete, in the form that
lib/input/behaviour_model.hpp evaluates: node n has the children 2n+1 and 2n+2.
"""

import numpy as np

NODES, LEAVES = 7, 8


class Binned:
    """Each column's values as numbers of bins: 0 not known, else 1 + how many cuts are not above it."""

    def __init__(self, values, bins):
        self.cuts = []
        for column in values.T:
            known = column[~np.isnan(column)]
            quantiles = np.quantile(known, np.linspace(0, 1, bins)[1:-1]) if len(known) else []
            self.cuts.append(np.unique(np.asarray(quantiles, np.float32)))
        self.bins = max((len(cuts) for cuts in self.cuts), default=0) + 2

    def numbers(self, values):
        out = np.zeros(values.shape, np.int32)
        for j, cuts in enumerate(self.cuts):
            column = values[:, j]
            out[:, j] = np.where(np.isnan(column), 0, 1 + np.searchsorted(cuts, column, side="right"))
        return out


class Trees:
    """The mean of several fits: the threshold hangs on the few people who look least like one, and one fit's luck moves those."""

    def __init__(self, fits=3, rounds=400, rate=0.15, bins=32, ridge=4.0, least=2.0, rows=0.3, columns=0.15, seed=1):
        self.fits, self.rounds, self.rate, self.bins, self.ridge, self.least = fits, rounds, rate, bins, ridge, least
        self.rows, self.columns, self.seed = rows, columns, seed

    def fit(self, values, labels, weights):
        binned = Binned(values, self.bins)
        numbers = binned.numbers(values)
        self.trees = [tree for n in range(self.fits) for tree in self.boost(self.seed + n, binned, numbers, values, labels, weights)]
        for tree in self.trees:
            tree.leaf /= self.fits
        return self

    def boost(self, seed, binned, numbers, values, labels, weights):
        random, trees, score = np.random.RandomState(seed), [], np.zeros(len(labels))
        for _ in range(self.rounds):
            probability = 1 / (1 + np.exp(-score))
            slope, bend = (probability - labels) * weights, np.maximum(probability * (1 - probability) * weights, 1e-6)
            some = np.flatnonzero(random.rand(len(labels)) < self.rows)
            columns = np.sort(random.choice(values.shape[1], max(1, int(values.shape[1] * self.columns)), replace=False))
            tree = Tree()
            self.grow(tree, 0, binned, numbers, slope, bend, some, columns)
            trees.append(tree)
            score += tree.leaf[tree.reach(values)]
        return trees

    def grow(self, tree, node, binned, numbers, slope, bend, rows, columns):
        split = self.best_split(binned, numbers, slope, bend, rows, columns) if node < NODES else None
        if split is None:
            tree.end(node, -self.rate * slope[rows].sum() / (bend[rows].sum() + self.ridge))
            return
        column, last_left, missing_left = split
        tree.feature[node], tree.threshold[node] = column, binned.cuts[column][last_left - 1]
        tree.missing_left[node] = missing_left
        number = numbers[rows, column]
        left = np.where(number == 0, missing_left, number <= last_left)
        self.grow(tree, 2 * node + 1, binned, numbers, slope, bend, rows[left], columns)
        self.grow(tree, 2 * node + 2, binned, numbers, slope, bend, rows[~left], columns)

    def best_split(self, binned, numbers, slope, bend, rows, columns):
        g, h, bins = slope[rows].sum(), bend[rows].sum(), binned.bins
        if h < 2 * self.least:
            return None
        cells = (numbers[np.ix_(rows, columns)] + np.arange(len(columns), dtype=np.int32) * bins).ravel()
        gs = np.bincount(cells, np.repeat(slope[rows], len(columns)), bins * len(columns)).reshape(-1, bins)
        hs = np.bincount(cells, np.repeat(bend[rows], len(columns)), bins * len(columns)).reshape(-1, bins)
        best, found = 1e-3, None
        for missing_left in (False, True):
            gl = np.cumsum(gs[:, 1:], 1) + (gs[:, :1] if missing_left else 0)
            hl = np.cumsum(hs[:, 1:], 1) + (hs[:, :1] if missing_left else 0)
            gain = gl**2 / (hl + self.ridge) + (g - gl) ** 2 / (h - hl + self.ridge) - g * g / (h + self.ridge)
            gain[(hl < self.least) | (h - hl < self.least)] = 0
            for j, column in enumerate(columns):
                gain[j, len(binned.cuts[column]) :] = 0
            at = np.unravel_index(gain.argmax(), gain.shape)
            if gain[at] > best:
                best, found = gain[at], (int(columns[at[0]]), int(at[1]) + 1, missing_left)
        return found

    def score(self, values):
        return sum((tree.leaf[tree.reach(values)] for tree in self.trees), np.zeros(len(values)))


class Tree:
    def __init__(self):
        self.feature, self.threshold = np.zeros(NODES, int), np.zeros(NODES, np.float32)
        self.missing_left, self.leaf = np.zeros(NODES, bool), np.zeros(LEAVES)

    def end(self, node, value):
        """A branch ends here: all leaves below are alike."""
        if node >= NODES:
            self.leaf[node - NODES] = value
        else:
            self.end(2 * node + 1, value)
            self.end(2 * node + 2, value)

    def reach(self, values):
        node = np.zeros(len(values), int)
        for _ in range(3):
            value = values[np.arange(len(values)), self.feature[node]]
            left = np.where(np.isnan(value), self.missing_left[node], value < self.threshold[node])
            node = 2 * node + np.where(left, 1, 2)
        return node - NODES
