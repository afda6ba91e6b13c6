"""The peer on the same intervals, and what another threshold would give."""

import numpy as np

import peer
import traces
from learning import NOT_JUDGED


def by_peer(figures):
    """(flagged people's intervals, all), {family: share found}: the peer on the same intervals."""
    learner, table, flagged = figures.learner, figures.table, np.zeros(len(figures.learner.labels), bool)
    wanted = learner.pure() | ((learner.uses == "test") & figures.cold_scripts())
    for number in sorted(set(table.entry[wanted])):
        rows = traces.read(figures.corpus.folder / f"{figures.corpus.entries[number].name}.csv")
        minutes = peer.flagged_minutes(rows)
        mine = table.entry == number
        flagged[mine] = np.isin(table.minute[mine], list(minutes))
    pure = learner.pure()
    worst = max((flagged[learner.pure(p)].mean(), p) for p in learner.people if learner.pure(p).sum() >= 200)
    return int(flagged[pure].sum()), int(pure.sum()), worst, figures.by_family(flagged, "test")


def operating_curve(figures, scores):
    """Points (share of people flagged, share of scripts found) as the threshold goes down; all families the same."""
    learner = figures.learner
    people = learner.pure()
    scripts = figures.cold_scripts()
    weights = learner.weights(scripts)[scripts]
    human = np.sort(scores[people])[::-1]
    value = scores[scripts]
    order = np.argsort(value)[::-1]
    gained, ranked = np.cumsum(weights[order]) / weights.sum(), value[order]
    points = []
    for alarms in range(0, len(human), max(1, len(human) // 2000) if len(human) > 200 else 1):
        level = human[alarms]
        if level <= NOT_JUDGED:
            break
        count = np.searchsorted(-ranked, -level, side="left")
        points.append((alarms / len(human), float(gained[count - 1]) if count else 0.0))
    return points
