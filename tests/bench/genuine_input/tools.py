"""What the families of scripted input share: the screen, a tool's clock, its waits, the table of families.

A family is a generator of rows (t_us, kind, a, b) for `minutes` minutes. What a tool lets its user choose is drawn from `rng` once
a trace, so that a trace is one tool in one setting.
"""

import math

WIDTH, HEIGHT = 1920, 1080
SECOND = 1_000_000
MINUTE = 60 * SECOND
FAMILIES = {}
KIN = {}


def family(kin):
    """Enters a generator into the table. Those of one `kin` work alike: they are also left out together."""

    def enter(function):
        FAMILIES[function.__name__] = function
        KIN[function.__name__] = kin
        return function

    return enter


def until(minutes):
    return minutes * MINUTE


def start(rng):
    return rng.randrange(200, WIDTH - 200), rng.randrange(200, HEIGHT - 200)


def inside(x, y):
    return min(max(round(x), 0), WIDTH - 1), min(max(round(y), 0), HEIGHT - 1)


def log_uniform(rng, low, high):
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def tick(rng):
    """Time between two steps of a tool that moves: a timer's, or a busy loop's with some noise."""
    base = rng.choice((1_000, 4_000, 5_000, 8_000, 10_000, 15_625, 16_667, 20_000))
    noise = rng.choice((0, 0, 0.05, 0.2))
    return lambda: max(500, round(base * (1 + noise * rng.uniform(-1, 1))))


def pause(rng, low, high):
    """Between two actions: fixed, uniform, normal, lognormal or exponential, as the tool has it."""
    kind = rng.choice(("fixed", "fixed", "uniform", "normal", "lognormal", "exponential"))
    mean, spread = log_uniform(rng, low, high), rng.uniform(0.05, 0.9)
    draws = {
        "fixed": lambda: mean,
        "uniform": lambda: rng.uniform(1 - spread, 1 + spread) * mean,
        "normal": lambda: rng.gauss(mean, mean * spread / 3),
        "lognormal": lambda: mean * rng.lognormvariate(0, spread),
        "exponential": lambda: rng.expovariate(1 / mean),
    }
    least = 0 if kind == "fixed" else min(10_000, low)
    return lambda: max(least, round(draws[kind]()))


def merged(*traces):
    """Several sources of one machine at once, in order of time."""
    return sorted((row for trace in traces for row in trace), key=lambda row: row[0])


def shifted(rows, by):
    return [(t + by, *rest) for t, *rest in rows]
