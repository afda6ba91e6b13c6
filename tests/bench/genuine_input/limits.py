"""What no person does for long: measures with the bounds that people keep within, beyond which the trees are not asked.

Trees know only the patterns of the scripts that they were given; a limit holds for any."""

from dataclasses import dataclass

import numpy as np

BEYOND = 6.0  # the least raw score of what is beyond a limit
MORE, LESS = 1.8, 2.5  # people not known may reach so much farther than those known
FLOOR = 0.2
CARRIED = "carried_"

# Measure, the amount of what was measured, the least amount from which it counts, and the least bound. People have less of these:
TOO_MUCH = (
    ("repeated_strokes", "repeats", 10, 0.45),  # whoever works through a list goes the same ways
    ("periodic_strokes", "repeats", 5),
    ("repeated_rhythm", "rhythm_repeats", 12),
    ("same_key_pauses", "key_pauses", 6),
    ("same_key_gaps", "keys", 30),
    ("same_holds", "keys", 30),
    ("fast_keys", "keys", 30),
    ("instant_holds", "keys", 30),
    ("same_click_gaps", "clicks", 10),
    ("same_wheel_gaps", "wheel_turns", 10),
    ("same_gaps", "strokes", 10),
    ("straight_lines", "large_strokes", 10),
    ("steady_strokes", "large_strokes", 10),
)
# And more of these:
TOO_LITTLE = (
    ("key_pause_spread", "key_pauses", 5),
    ("key_gap_spread", "keys", 30),
    ("key_hold_spread", "keys", 30),
    ("click_gap_spread", "clicks", 10),
    ("wheel_gap_spread", "wheel_turns", 15),
    ("gap_spread", "strokes", 10),
)


@dataclass
class Limit:
    measure: int  # index of the measure
    present: int  # of the same of the interval alone
    amount: int
    below: bool  # beyond is less
    bound: float
    least: float  # of the amount's measure, a logarithm

    def passed(self, values):
        return values < self.bound if self.below else values > self.bound


def fit(names, people):
    """By the measures of people's intervals, whoever recorded them."""
    watched = [(below, *each) for some, below in ((TOO_MUCH, False), (TOO_LITTLE, True)) for each in some]
    found = (limit_of(names, people, prefix, *each) for prefix in ("", CARRIED) for each in watched)
    return [limit for limit in found if limit]


def limit_of(names, people, prefix, below, measure, amount, least, floor=FLOOR):
    limit = Limit(names.index(prefix + measure), names.index(measure), names.index(prefix + amount), below, 0.0, float(np.float32(np.log1p(least))))
    reached = people[people[:, limit.amount] >= limit.least, limit.measure]
    if below:
        bound = np.nanmin(reached, initial=np.inf) / LESS
    else:
        bound = max(floor, MORE * np.nanmax(reached, initial=0.0))
    limit.bound = float(np.float32(bound))
    return limit if (0.005 < bound < np.inf if below else bound < 1) else None


def beyond(limits, values):
    """Rows that are beyond one, by the interval alone too."""
    out = np.zeros(len(values), bool)
    for limit in limits:
        out |= limit.passed(values[:, limit.measure]) & (values[:, limit.amount] >= limit.least) & limit.passed(values[:, limit.present])
    return out
