"""A typist put together at random of all that simulators of typing do: so that one who is not among the families is near some."""

import math

from tools import SECOND, family, log_uniform, pause, until
from typists import with_slots


def times(rng, low, high):
    """Draws times around a middle between `low` and `high`: any of the laws in use, each time by itself or near the one before."""
    law = rng.choice(("fixed", "uniform", "normal", "lognormal", "gamma", "exgauss", "mixture"))
    middle, spread, memory, state = log_uniform(rng, low, high), rng.uniform(0.05, 0.6), rng.choice((0, 0, rng.uniform(0.2, 0.9))), [0.0]
    shape = 1 / spread**2
    draws = {
        "fixed": lambda: middle,
        "uniform": lambda: middle * rng.uniform(1 - spread, 1 + spread),
        "normal": lambda: rng.gauss(middle, middle * spread),
        "lognormal": lambda: middle * rng.lognormvariate(0, spread),
        "gamma": lambda: middle * rng.gammavariate(shape, 1 / shape),
        "exgauss": lambda: rng.gauss(middle * (1 - spread / 2), middle * 0.15) + rng.expovariate(2 / (spread * middle)),
        "mixture": lambda: middle * rng.lognormvariate(rng.choice((-0.3, 0, 0.5)), spread / 2),
    }

    def draw():
        state[0] = memory * state[0] + math.sqrt(1 - memory * memory) * rng.gauss(0, spread)
        return max(1_000, round(draws[law]() * (math.exp(state[0]) if memory else 1)))

    return draw


def keys_of_own(rng, draw, count):
    """Each key with a factor of its own."""
    factors = [rng.lognormvariate(0, rng.choice((0, 0.1, 0.25))) for _ in range(count)]
    return lambda key: round(draw() * factors[key])


@family("human-like typist")
def type_any(rng, minutes):
    count = rng.randint(8, 40)
    hold = keys_of_own(rng, times(rng, 25_000, 140_000), count)
    gap = keys_of_own(rng, times(rng, 60_000, 350_000), count)
    rollover = rng.choice(("none", "by itself", "chosen"))
    overlap, word = rng.uniform(0.05, 0.6), rng.choice((None, times(rng, 60_000, 600_000)))
    thought, think = rng.choice((0, 0.005, 0.03)), times(rng, 600_000, 4 * SECOND)
    line, rest = log_uniform(rng, 4, 150), pause(rng, SECOND, 60 * SECOND)
    t = 0
    while t < until(minutes):
        presses, left = [], rng.randint(2, 9)
        for _ in range(max(1, round(rng.expovariate(1 / line)))):
            key = rng.randrange(count)
            held, next_one = hold(key), gap(key)
            presses.append((t, t + held))
            t += step(rng, rollover, overlap, held, next_one)
            left -= 1
            if word and left == 0:
                t, left = t + word(), rng.randint(2, 9)
            if rng.random() < thought:
                t += think()
        yield from with_slots(presses)
        t = max([t, *(up for _, up in presses)]) + rest()


def step(rng, rollover, overlap, held, gap):
    """From a press to the next."""
    if rollover == "by itself":
        return max(12_000, gap)
    if rollover == "chosen" and rng.random() < overlap:
        return max(12_000, round(held * rng.uniform(0.4, 0.95)))
    return held + max(1_000, round(gap * 0.6))


@family("key tapper")
def key_mix(rng, minutes):
    """A few keys at random times, in ones or short runs, some with a modifier: arrows, space, Alt and Tab."""
    wait, hold, gap = pause(rng, 1 * SECOND, 60 * SECOND), times(rng, 15_000, 150_000), times(rng, 80_000, 600_000)
    most, chords, t = rng.choice((1, 1, 2, 4, 8)), rng.choice((0, 0, 0.3, 1)), 0
    while t < until(minutes):
        chord = rng.random() < chords
        begin, t = t, t + (gap() // 2 if chord else 0)
        presses = []
        for _ in range(rng.randint(1, most)):
            held = hold()
            presses.append((t, t + held))
            t += held + gap()
        if chord:
            presses.insert(0, (begin, presses[-1][1] + gap() // 4))
        yield from with_slots(presses)
        t = max(up for _, up in presses) + wait()
