"""Several at once or by turns: a bot that also types, and a person who comes back to a desk where a jiggler runs."""

import bots
import curves
import imitators
import jigglers
import typists
from recorders import part
from tools import MINUTE, family, merged, shifted

TYPISTS = (typists.type_uniform, typists.type_normal, imitators.type_lognormal, imitators.type_words)
MOVERS = ("glide", "glide_smooth", "minimum_jerk", "bezier", "ghost_cursor", "windmouse")
JIGGLERS = (jigglers.nudge, jigglers.zigzag, jigglers.random_step, jigglers.teleport, curves.circle, curves.bounce, jigglers.wheel)


@family("mixture")
def glide_and_type(rng, minutes):
    yield from merged(bots.FAMILIES[rng.choice(MOVERS)](rng, minutes), rng.choice(TYPISTS)(rng, minutes))


@family("mixture")
def jiggle_and_tap(rng, minutes):
    """A pointer jiggler and a key, each at its own interval."""
    yield from merged(rng.choice(JIGGLERS)(rng, minutes), typists.key_tap(rng, minutes))


@family("mixture")
def by_turns(rng, minutes):
    """One tool for a while, then another."""
    kinds = [bots.FAMILIES[rng.choice(MOVERS)], rng.choice(TYPISTS), rng.choice(JIGGLERS)]
    rng.shuffle(kinds)
    each = max(1, minutes // len(kinds))
    for i, kind in enumerate(kinds):
        yield from (row for row in shifted(kind(rng, each), i * each * MINUTE) if row[0] < (i + 1) * each * MINUTE)


def with_person(rows, rng, minutes):
    """A jiggler for some minutes, then a person of whom it took over, then the jiggler: gives the trace, and for each minute what
    was in it: "scripted", "person" or None where both were or where a change of hands is near."""
    first, stay = rng.randint(3, minutes // 2), rng.randint(3, minutes // 3)
    start = max(0, rows[rng.randrange(len(rows))][0] - rng.randrange(MINUTE))
    person = shifted(part(rows, start, stay), first * MINUTE)
    tool = list(rng.choice(JIGGLERS)(rng, minutes))
    away = rng.random() < 0.5  # a tool that stops while someone is there
    if away:
        tool = [row for row in tool if not first * MINUTE <= row[0] < (first + stay) * MINUTE]
    hands = ["scripted"] * first + ["person" if away else None] * stay + ["scripted"] * (minutes - first - stay)
    return merged(tool, person), hands
