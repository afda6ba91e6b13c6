"""Simulators that act by turns, as agents and keep-busy programs do: a move, a click, a line, some scrolling, then a wait."""

import any_mover
from any_typist import times
from macros import moved, typed
from tools import SECOND, family, inside, pause, start, tick, until


@family("mixture")
def driven(rng, minutes):
    """Browser drivers and agents that use a computer: the pointer is where the element is, a click of no time, text in a burst,
    and time to think."""
    think, hold = times(rng, 1 * SECOND, 15 * SECOND), rng.choice((0, 1_000, 12_000, 40_000))
    key_hold, key_gap = rng.choice((0, 1_000, 5_000)), rng.choice((1_000, 12_000, 30_000, 60_000))
    clicks, lines, t = rng.uniform(0.4, 1), rng.uniform(0, 0.5), 0
    while t < until(minutes):
        if rng.random() < clicks:
            yield t, "move", *start(rng)
            t += rng.choice((1_000, 20_000, 100_000))
            yield t, "press", 1, 0
            yield t + hold, "release", 1, 0
        if rng.random() < lines:
            rows, t = typed(rng.randint(5, 80), lambda: key_hold, lambda: key_gap, t + 200_000)
            yield from rows
        elif rng.random() < 0.3:
            for _ in range(rng.choice((3, 5, 10))):
                t += 10_000
                yield t, "scroll", 0, -1
        t += think()


@family("mixture")
def acts(rng, minutes):
    """One act after the other, whatever comes up, with waits around a mean."""
    path, step, wait = any_mover.any_path(rng), tick(rng), pause(rng, 1 * SECOND, 60 * SECOND)
    hold, gap, kinds = times(rng, 15_000, 120_000), times(rng, 30_000, 300_000), rng.sample(("move", "click", "type", "wheel", "move", "key"), rng.randint(2, 5))
    near, t, here = rng.choice((50, 300, 2_000)), 0, start(rng)
    while t < until(minutes):
        kind = rng.choice(kinds)
        if kind in ("move", "click"):
            there = inside(here[0] + rng.randint(-near, near), here[1] + rng.randint(-near, near))
            rows, t = moved(rng, path, step, t, here, there)
            yield from rows
            here = there
        if kind == "click":
            held = hold()
            yield t, "press", 1, 0
            yield t + held, "release", 1, 0
            t += held
        if kind in ("type", "key"):
            rows, t = typed(rng.randint(3, 40) if kind == "type" else 1, hold, gap, t)
            yield from rows
        for _ in range(rng.randint(1, 8) if kind == "wheel" else 0):
            yield t, "scroll", 0, rng.choice((-1, -1, 1))
            t += gap()
        t += wait()
