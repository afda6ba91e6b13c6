"""Macro typists: one key now and then, fixed waits, random ones from plain distributions.

Slot 0 alone unless keys overlap. Times are in microseconds."""

import bisect
import math

from tools import SECOND, family, log_uniform, pause, until


def with_slots(presses):
    """Gives keydown and keyup rows in order of time, each press in the lowest slot that is free."""
    free, used, ups = [], 0, []
    for down, up in presses:
        while ups and ups[0][0] <= down:
            end, slot = ups.pop(0)
            bisect.insort(free, slot)
            yield end, "keyup", slot, 0
        slot = free.pop(0) if free else used
        used = max(used, slot + 1)
        bisect.insort(ups, (up, slot))
        yield down, "keydown", slot, 0
    for end, slot in ups:
        yield end, "keyup", slot, 0


def typist(rng, minutes, hold, gap, overlap=0.0, word=None):
    """`overlap`: how often a key goes down before the one before is up; `word()`: added between words."""
    rest, line = pause(rng, 1 * SECOND, 20 * SECOND), rng.choice((15, 40, 100))
    t = 0
    while t < until(minutes):
        rows, left = [], rng.randint(2, 9)
        for _ in range(rng.randrange(line // 2, 2 * line)):
            h, g = max(1_000, hold()), max(1_000, gap())
            rows.append((t, t + h))
            t += max(1_000, round(h * rng.uniform(0.5, 0.9))) if rng.random() < overlap else h + g
            left -= 1
            if word and left == 0:
                t, left = t + word(), rng.randint(2, 9)
        yield from with_slots(rows)
        t += rest()


def lognormal(rng, low, high, spread_low, spread_high):
    mu, sigma = math.log(log_uniform(rng, low, high)), rng.uniform(spread_low, spread_high)
    return lambda: round(rng.lognormvariate(mu, sigma))


@family("key tapper")
def key_tap(rng, minutes):
    """One key (a modifier, F15, Num Lock twice), each so many seconds."""
    hold, wait, times = pause(rng, 1_000, 120_000), pause(rng, 500_000, 60 * SECOND), rng.choice((1, 1, 2))
    t = 0
    while t < until(minutes):
        for _ in range(times):
            yield t, "keydown", 0, 0
            t += hold()
            yield t, "keyup", 0, 0
            t += 20_000
        t += wait()


@family("plain typist")
def type_fixed(rng, minutes):
    hold, gap = rng.randrange(1_000, 60_000), rng.randrange(1_000, 250_000)
    yield from typist(rng, minutes, lambda: hold, lambda: gap)


@family("plain typist")
def type_burst(rng, minutes):
    """Pastes words key by key, as fast as the system takes them."""
    hold, gap = rng.choice((0, 100, 1_000, 2_000)), rng.choice((100, 1_000, 5_000))
    yield from typist(rng, minutes, lambda: hold, lambda: gap)


@family("plain typist")
def type_uniform(rng, minutes):
    """Random waits between two bounds; the hold is the tool's own in most."""
    low = rng.randrange(5_000, 60_000)
    high = low + rng.choice((0, 5_000, 30_000, 80_000))
    least = rng.randrange(5_000, 100_000)
    most = round(least * rng.uniform(1.3, 8))
    yield from typist(rng, minutes, lambda: rng.randint(low, high), lambda: rng.randint(least, most))


@family("plain typist")
def type_normal(rng, minutes):
    h, g, s = rng.uniform(20_000, 110_000), rng.uniform(40_000, 200_000), rng.uniform(0.1, 0.4)
    yield from typist(rng, minutes, lambda: round(rng.gauss(h, h * 0.2)), lambda: round(rng.gauss(g, g * s)))


@family("key tapper")
def key_press_long(rng, minutes):
    """Holds a key down for a while, again and again, as scripts for games do (walking, an action)."""
    hold, wait = pause(rng, 200_000, 5 * SECOND), pause(rng, 100_000, 20 * SECOND)
    t = 0
    while t < until(minutes):
        h = hold()
        yield t, "keydown", 0, 0
        yield t + h, "keyup", 0, 0
        t += h + wait()
