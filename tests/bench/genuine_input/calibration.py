"""From raw scores to probabilities that mean what they say, and how far off they are."""

import numpy as np

SURE = 0.999  # more than what some thousand intervals can tell is not claimed


def isotonic(raw, genuine, weights):
    """The share of people's intervals by raw score, never rising with it: pools of neighbours that violate (Ayer 1955)."""
    order = np.argsort(raw, kind="stable")
    pools = []
    for score, is_genuine, weight in zip(raw[order], genuine[order], weights[order]):
        pools.append([score * weight, is_genuine * weight, weight])
        while len(pools) > 1 and pools[-2][1] / pools[-2][2] <= pools[-1][1] / pools[-1][2]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last)]
    return [(score / weight, share / weight) for score, share, weight in pools]


def table(raw, genuine, weights, points=24):
    """Few points for the program: smooth between, within [1 - SURE, SURE]."""
    found = isotonic(raw, genuine, weights)
    keep = np.unique(np.linspace(0, len(found) - 1, points).round().astype(int))
    out = []
    for i in keep:
        score, share = found[i]
        share = min(max(share, 1 - SURE), SURE)
        if not out or score > out[-1][0] + 1e-6:
            out.append((float(score), float(min(share, out[-1][1] if out else 1))))
    return out


def probability(points, raw):
    scores, shares = zip(*points)
    return np.interp(raw, scores, shares)


def bins_of(claimed, genuine, weights, bins=10):
    """For each bin: mean of what was claimed, share that was genuine, weight."""
    which = np.minimum((claimed * bins).astype(int), bins - 1)
    out = []
    for i in range(bins):
        mine = which == i
        weight = weights[mine].sum()
        if weight > 0:
            out.append(((claimed * weights)[mine].sum() / weight, (genuine * weights)[mine].sum() / weight, weight))
    return out


def expected_error(claimed, genuine, weights):
    found = bins_of(claimed, genuine, weights)
    return sum(abs(said - was) * weight for said, was, weight in found) / sum(weight for _, _, weight in found)
