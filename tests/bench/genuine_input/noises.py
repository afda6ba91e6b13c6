"""Jigglers that wander by noise: Brownian, 1/f, sums of waves, spirals."""

import math

from tools import SECOND, family, inside, log_uniform, pause, start, tick, until


def wander(rng, minutes, place):
    """Follows `place(seconds)`, px from where it began, with or without rests."""
    x, y = start(rng)
    step, seconds, t = tick(rng), 0.0, 0
    rest, moves, seen = rng.choice((None, pause(rng, 1 * SECOND, 60 * SECOND))), log_uniform(rng, 0.5, 20), None
    while t < until(minutes):
        dt = step()
        t, seconds = t + dt, seconds + dt / SECOND
        u, v = place(seconds)
        point = inside(x + u, y + v)
        if point != seen:
            yield t, "move", *point
        seen = point
        if rest and rng.random() < dt / SECOND / moves:
            t += rest()


def octaves(rng):
    """Noise as a sum of waves whose size falls with their rate: from a slow sway to 1/f."""
    falls, slowest, size = rng.uniform(0.5, 1.5), log_uniform(rng, 0.02, 0.5), log_uniform(rng, 10, 300)
    waves = [(size / (k**falls), 2 * math.pi * slowest * k * rng.uniform(0.8, 1.25), rng.uniform(0, 2 * math.pi)) for k in range(1, rng.randint(3, 24))]
    return lambda s: sum(a * math.sin(w * s + p) for a, w, p in waves)


@family("curve")
def pink_walk(rng, minutes):
    across, down = octaves(rng), octaves(rng)
    yield from wander(rng, minutes, lambda s: (across(s), down(s)))


@family("curve")
def lissajous(rng, minutes):
    a, b, rate, wide, high = rng.randint(1, 5), rng.randint(1, 5), log_uniform(rng, 0.1, 8), log_uniform(rng, 5, 300), log_uniform(rng, 5, 300)
    spiral, rough = rng.choice((0, rng.uniform(0.05, 1))), rng.choice((0, rng.uniform(0.2, 3)))

    def place(s):
        grows = 0.5 + 0.5 * math.sin(spiral * s) if spiral else 1
        return grows * wide * math.sin(a * rate * s) + rng.gauss(0, rough), grows * high * math.sin(b * rate * s + 0.5) + rng.gauss(0, rough)

    yield from wander(rng, minutes, place)


@family("curve")
def brownian(rng, minutes):
    """A speed that is pushed at random and dies away."""
    push, drag, pull = log_uniform(rng, 50, 3000), log_uniform(rng, 0.3, 10), log_uniform(rng, 0.01, 1)
    state = [0.0] * 4 + [0.0]

    def place(s):
        x, y, vx, vy, last = state
        dt = s - last
        vx += (-drag * vx - pull * x) * dt + rng.gauss(0, push * math.sqrt(dt))
        vy += (-drag * vy - pull * y) * dt + rng.gauss(0, push * math.sqrt(dt))
        state[:] = x + vx * dt, y + vy * dt, vx, vy, s
        return state[0], state[1]

    yield from wander(rng, minutes, place)


@family("jiggler")
def shapes(rng, minutes):
    """A small figure of some steps (a square, a cross, a line there and back), then a rest: as firmware for boards has it."""
    x, y = start(rng)
    figure = rng.choice((((1, 0), (0, 1), (-1, 0), (0, -1)), ((1, 0), (-1, 0), (0, 1), (0, -1)), ((1, 1), (1, -1), (-1, -1), (-1, 1)), ((1, 0), (-1, 0))))
    size, steps, beat, wait = rng.choice((1, 2, 5, 10, 40, 127)), rng.choice((1, 1, 5, 20)), rng.choice((3_000, 10_000, 100_000, 500_000)), pause(rng, 500_000, 60 * SECOND)
    t = 0
    while t < until(minutes):
        for dx, dy in figure:
            for _ in range(steps):
                x, y = inside(x + dx * size, y + dy * size)
                yield t, "move", x, y
                t += beat
        t += wait()


@family("jiggler")
def lines(rng, minutes):
    """A run of equal small steps in a random direction, at random times; or a new direction each few steps."""
    x, y = start(rng)
    wait, beat, long = pause(rng, 500_000, 60 * SECOND), rng.choice((3_000, 10_000, 20_000, 100_000)), log_uniform(rng, 5, 600)
    most, turn, t = rng.choice((1, 1, 3, 15)), rng.choice((0, 0, 0.1, 1)), 0
    while t < until(minutes):
        dx, dy = rng.randint(-most, most), rng.randint(-most, most)
        for _ in range(max(1, round(long * rng.uniform(0.3, 1)))):
            if rng.random() < turn:
                dx, dy = rng.randint(-most, most), rng.randint(-most, most)
            x, y = inside(x + dx, y + dy)
            yield t, "move", x, y
            t += beat
        t += wait()


@family("jiggler")
def pairs(rng, minutes):
    """Some pixels there, and back after a while of its own."""
    x, y = start(rng)
    wait, stay, size, t = pause(rng, 1 * SECOND, 60 * SECOND), pause(rng, 10_000, 60 * SECOND), rng.choice((1, 1, 2, 5, 20)), 0
    while t < until(minutes):
        dx, dy = rng.choice((-1, 0, 1)) * size, rng.choice((-1, 1)) * size
        yield t, "move", x + dx, y + dy
        t += stay()
        yield t, "move", x, y
        t += wait()


@family("jiggler")
def bursts(rng, minutes):
    """Nothing for a while, then a burst of small random steps."""
    x, y = start(rng)
    wait, beat, long, most, t = pause(rng, 2 * SECOND, 90 * SECOND), rng.choice((1_000, 5_000, 16_000, 50_000, 200_000)), times_of(rng), rng.choice((1, 2, 5, 15)), 0
    while t < until(minutes):
        end = t + long()
        while t < end:
            x, y = inside(x + rng.randint(-most, most), y + rng.randint(-most, most))
            yield t, "move", x, y
            t += beat
        t += wait()


def times_of(rng):
    least = log_uniform(rng, 0.2 * SECOND, 3 * SECOND)
    return lambda: rng.uniform(least, 2 * least)
