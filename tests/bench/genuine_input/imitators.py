"""Typists that imitate people: lognormal times, words, moods, bigrams, a speed that swings, rollover.

What public simulators of typing do (HumanTyping, qtype, pynput and pyautogui scripts). Times are in microseconds."""

import math

from tools import SECOND, family, log_uniform, pause, until
from typists import lognormal, typist, with_slots


@family("human-like typist")
def type_lognormal(rng, minutes):
    yield from typist(rng, minutes, lognormal(rng, 50_000, 120_000, 0.1, 0.35), lognormal(rng, 50_000, 180_000, 0.3, 0.8))


@family("human-like typist")
def type_words(rng, minutes):
    """Lognormal, with pauses between words."""
    word = lognormal(rng, 100_000, 500_000, 0.2, 0.8)
    yield from typist(rng, minutes, lognormal(rng, 40_000, 120_000, 0.05, 0.3), lognormal(rng, 30_000, 150_000, 0.1, 0.6), word=word)


@family("human-like typist")
def type_rollover(rng, minutes):
    """As type_lognormal, with a key now and then that goes down before the one before is up."""
    hold, gap = lognormal(rng, 50_000, 120_000, 0.1, 0.35), lognormal(rng, 50_000, 180_000, 0.3, 0.8)
    word = rng.choice((None, lognormal(rng, 100_000, 500_000, 0.2, 0.8)))
    yield from typist(rng, minutes, hold, gap, overlap=rng.uniform(0.05, 0.4), word=word)


@family("human-like typist")
def type_markov(rng, minutes):
    """Moods, as the simulators of typing that advertise Markov chains: quick, plain, slow, with a mistake taken back."""
    base, hold = log_uniform(rng, 60_000, 200_000), lognormal(rng, 40_000, 110_000, 0.05, 0.3)
    speeds, stay = (0.6, 1.0, rng.uniform(1.3, 3.0)), rng.uniform(0.7, 0.95)
    mood, spread, mistakes = [1], rng.uniform(0.1, 0.4), rng.choice((0, 0.02, 0.05))

    def gap():
        if rng.random() > stay:
            mood[0] = rng.randrange(3)
        if rng.random() < mistakes:
            return round(rng.uniform(2, 6) * base)
        return round(base * speeds[mood[0]] * rng.lognormvariate(0, spread))

    yield from typist(rng, minutes, hold, gap, overlap=rng.choice((0, 0, 0.1)))


@family("human-like typist")
def type_bigrams(rng, minutes):
    """Each pair of keys has a time of its own, which varies little."""
    keys = 12
    times = [[log_uniform(rng, 60_000, 260_000) for _ in range(keys)] for _ in range(keys)]
    holds, spread, at = [log_uniform(rng, 50_000, 130_000) for _ in range(keys)], rng.uniform(0.05, 0.25), [0]

    def gap():
        last, at[0] = at[0], rng.randrange(keys)
        return round(times[last][at[0]] * rng.lognormvariate(0, spread))

    yield from typist(rng, minutes, lambda: round(holds[at[0]] * rng.lognormvariate(0, spread)), gap)


@family("human-like typist")
def type_swing(rng, minutes):
    """A speed that swings as a sine, with pauses after words and mistakes taken back."""
    base, swing, step, at = log_uniform(rng, 60_000, 200_000), rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.5), [0.0]

    def gap():
        at[0] += step
        mistake = rng.uniform(2, 5) if rng.random() < 0.03 else 1
        return round(base * mistake * (1 + swing * math.sin(at[0])) * rng.uniform(0.85, 1.15))

    word = rng.choice((None, lambda: rng.randrange(50_000, 400_000)))
    yield from typist(rng, minutes, lognormal(rng, 30_000, 110_000, 0.05, 0.3), gap, word=word)


@family("human-like typist")
def type_independent(rng, minutes):
    """Draws the times between presses and the holds by themselves: who types fast rolls over by itself."""
    gap, hold = lognormal(rng, 90_000, 240_000, 0.2, 0.6), lognormal(rng, 60_000, 130_000, 0.1, 0.4)
    rest, word, t = pause(rng, 1 * SECOND, 20 * SECOND), rng.choice((0, 0.15)), 0
    while t < until(minutes):
        presses = []
        for _ in range(rng.randrange(20, 120)):
            presses.append((t, t + max(10_000, hold())))
            t += max(15_000, gap()) * (rng.randint(2, 4) if rng.random() < word else 1)
        yield from with_slots(presses)
        t += rest()
