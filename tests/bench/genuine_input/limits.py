"""What no person does for long: measures with the most that people reach, beyond which the trees are not asked.

Trees know only the patterns of the scripts that they were given; a limit holds for any."""

from dataclasses import dataclass

import numpy as np

BEYOND = 6.0  # the least raw score of what is beyond a limit
FACTOR = 1.8  # people not known may reach so much more than those known
FLOOR = 0.1

# Share, the amount that it is of, and the least amount from which it counts.
WATCHED = (
    ("carried_repeated_strokes", "carried_repeats", 5),
    ("carried_periodic_strokes", "carried_repeats", 5),
    ("carried_repeated_rhythm", "carried_rhythm_repeats", 12),
    ("carried_same_key_pauses", "carried_key_pauses", 3.5),
    ("carried_same_key_gaps", "carried_keys", 30),
    ("carried_same_holds", "carried_keys", 30),
    ("carried_fast_keys", "carried_keys", 30),
    ("carried_instant_holds", "carried_keys", 30),
    ("carried_instant_clicks", "carried_clicks", 10),
    ("carried_straight_lines", "carried_large_strokes", 10),
    ("carried_steady_strokes", "carried_large_strokes", 10),
)


@dataclass
class Limit:
    share: int  # index of the measure
    present: int  # of the same of the interval alone
    amount: int
    most: float
    least: float  # of the amount's measure, a logarithm


def fit(names, people):
    """By the measures of people's intervals, whoever recorded them."""
    out = []
    for share, amount, least in WATCHED:
        limit = Limit(names.index(share), names.index(share.removeprefix("carried_")), names.index(amount), 0.0, float(np.float32(np.log1p(least))))
        reached = people[people[:, limit.amount] >= limit.least, limit.share]
        most = np.nanmax(reached, initial=0.0)
        limit.most = float(np.float32(max(FLOOR, FACTOR * most)))
        if limit.most < 1:
            out.append(limit)
    return out


def beyond(limits, values):
    """Rows that are beyond one with what is carried over, and not within it by the interval alone."""
    out = np.zeros(len(values), bool)
    for limit in limits:
        within_now = values[:, limit.present] <= limit.most  # false where it is not known
        out |= (values[:, limit.share] > limit.most) & (values[:, limit.amount] >= limit.least) & ~within_now
    return out
