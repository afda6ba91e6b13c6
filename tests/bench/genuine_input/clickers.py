"""Auto-clickers, and recorders of clicks: at one place, near it, at a list of places."""

from tools import SECOND, family, inside, log_uniform, pause, start, until


def clicker(minutes, hold, wait, place=None):
    t = 0
    while t < until(minutes):
        if place:
            yield t, "move", *place()
            t += 20_000
        yield t, "press", 1, 0
        t += max(1_000, hold())
        yield t, "release", 1, 0
        t += max(1_000, wait())


@family("clicker")
def click_fixed(rng, minutes):
    hold, wait = rng.randrange(1_000, 100_000), round(log_uniform(rng, 50_000, 20 * SECOND))
    yield from clicker(minutes, lambda: hold, lambda: wait)


@family("clicker")
def click_jittered(rng, minutes):
    yield from clicker(minutes, pause(rng, 10_000, 120_000), pause(rng, 100_000, 10 * SECOND))


@family("clicker")
def click_uniform(rng, minutes):
    """Random between two bounds, as the settings of most clickers have it."""
    low, low_hold = log_uniform(rng, 100_000, 3 * SECOND), rng.uniform(5_000, 60_000)
    high, high_hold = low * rng.uniform(1.2, 6), low_hold * rng.uniform(1.2, 4)
    yield from clicker(minutes, lambda: round(rng.uniform(low_hold, high_hold)), lambda: round(rng.uniform(low, high)))


@family("clicker")
def click_wobble(rng, minutes):
    """Near one place, a few pixels off each time."""
    x, y = start(rng)
    hold, wait, off = pause(rng, 10_000, 120_000), pause(rng, 100_000, 10 * SECOND), rng.randint(1, 20)
    yield from clicker(minutes, hold, wait, lambda: inside(x + rng.randint(-off, off), y + rng.randint(-off, off)))


@family("clicker")
def click_places(rng, minutes):
    """A list of places, one after the other, and again."""
    places = [start(rng) for _ in range(rng.randint(2, 8))]
    turn = iter(range(10**9))
    hold, wait = pause(rng, 10_000, 120_000), pause(rng, 300_000, 20 * SECOND)
    yield from clicker(minutes, hold, wait, lambda: places[next(turn) % len(places)])
