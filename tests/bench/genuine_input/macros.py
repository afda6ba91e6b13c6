"""Macros that do several things: lists of steps played over and over, bots that read pages, clickers with a hand's waits."""

import any_mover
from any_typist import times, type_any
from tools import SECOND, family, inside, log_uniform, merged, pause, start, tick, until
from typists import with_slots


def moved(rng, path, step, t, here, there):
    """Rows of a move, and when it ends."""
    rows = []
    for x, y in path(*here, *there):
        t += step()
        rows.append((t, "move", *inside(x, y)))
    return rows, t


def typed(count, hold, gap, t):
    presses = []
    for _ in range(count):
        held = hold()
        presses.append((t, t + held))
        t += held + gap()
    return list(with_slots(presses)), t


@family("mixture")
def macro(rng, minutes):
    """Moves, clicks, lines typed and turns of the wheel in an order of its own, with waits between that are a little off."""
    steps = [rng.choice(("click", "click", "type", "wheel", "move")) for _ in range(rng.randint(3, 12))]
    places, counts = [start(rng) for _ in steps], [rng.randint(1, 20) for _ in steps]
    path, step, wait = any_mover.any_path(rng), tick(rng), pause(rng, 200_000, 10 * SECOND)
    hold, gap, off = times(rng, 20_000, 120_000), times(rng, 30_000, 250_000), rng.choice((0, 0, 5, 30))
    shuffled, t, here = rng.random() < 0.3, 0, start(rng)
    while t < until(minutes):
        order = rng.sample(range(len(steps)), len(steps)) if shuffled else range(len(steps))
        for i in order:
            if steps[i] in ("click", "move"):
                there = inside(places[i][0] + rng.randint(-off, off), places[i][1] + rng.randint(-off, off))
                rows, t = moved(rng, path, step, t, here, there)
                yield from rows
                here = there
            if steps[i] == "click":
                held = hold()
                yield t, "press", 1, 0
                yield t + held, "release", 1, 0
                t += held
            if steps[i] == "type":
                rows, t = typed(counts[i], hold, gap, t)
                yield from rows
            for _ in range(counts[i] if steps[i] == "wheel" else 0):
                yield t, "scroll", 0, -1
                t += 50_000
            t += wait()


@family("wheel")
def wheel_read(rng, minutes):
    """Flicks of some notches, mostly one way, and a wait as for reading."""
    flick, beat, wait = rng.randint(1, 8), times(rng, 15_000, 200_000), times(rng, 600_000, 20 * SECOND)
    back, t = rng.choice((0, 0.1, 0.3)), 0
    while t < until(minutes):
        way = 1 if rng.random() < back else -1
        for _ in range(rng.randint(1, flick)):
            yield t, "scroll", 0, way
            t += beat()
        t += wait()


@family("clicker")
def click_any(rng, minutes):
    """In an area, with waits and holds of any law, doubles now and then, the pointer sent there at once or by steps."""
    x, y = start(rng)
    wide, high = log_uniform(rng, 1, 400), log_uniform(rng, 1, 300)
    hold, wait, doubles = times(rng, 10_000, 150_000), times(rng, 200_000, 20 * SECOND), rng.choice((0, 0.2))
    path, step, moves, here, t = any_mover.any_path(rng), tick(rng), rng.choice(("not", "at once", "by steps")), (x, y), 0
    while t < until(minutes):
        there = inside(x + rng.uniform(-wide, wide), y + rng.uniform(-high, high))
        if moves == "at once":
            yield t, "move", *there
        elif moves == "by steps":
            rows, t = moved(rng, path, step, t, here, there)
            yield from rows
        here = there
        for _ in range(2 if rng.random() < doubles else 1):
            held = hold()
            yield t, "press", 1, 0
            yield t + held, "release", 1, 0
            t += held + 90_000
        t += wait()


@family("mixture")
def any_desk(rng, minutes):
    """A whole desk imitated: any bot, any typist and a wheel, merged."""
    yield from merged(any_mover.any_bot(rng, minutes), type_any(rng, minutes), wheel_read(rng, minutes) if rng.random() < 0.5 else ())
