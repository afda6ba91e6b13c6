"""Jigglers: keep the screen from locking, by a few steps or notches now and then (Mouse Jiggler, Caffeine, PiKVM, scripts of
xdotool and pyautogui)."""

from tools import SECOND, family, inside, pause, start, tick, until


@family("jiggler")
def nudge(rng, minutes):
    """A pixel or a few there and back, each so many seconds."""
    x, y = start(rng)
    wait = pause(rng, 1 * SECOND, 60 * SECOND)
    step, back = rng.choice((1, 1, 2, 4, 5, 10, 100)), rng.choice((0, 5_000, 10_000, 100_000, 1_000_000))
    dx, dy = rng.choice(((1, 0), (0, 1), (1, 1)))
    t = wait() if rng.random() < 0.5 else 0
    while t < until(minutes):
        yield t, "move", x + dx * step, y + dy * step
        yield t + back, "move", x, y
        t += back + wait()


@family("jiggler")
def zigzag(rng, minutes):
    x, y = start(rng)
    wait, d, flat = pause(rng, 200_000, 60 * SECOND), rng.choice((1, 2, 4, 8, 10, 40, 100)), rng.random() < 0.5
    t = 0
    while t < until(minutes):
        x, y, d = x + d, y + (0 if flat else d), -d
        yield t, "move", x, y
        t += wait()


@family("jiggler")
def random_step(rng, minutes):
    """A random small step, relative to where the pointer is."""
    x, y = start(rng)
    wait, most = pause(rng, 500_000, 60 * SECOND), rng.choice((1, 3, 5, 10, 50, 100))
    t = 0
    while t < until(minutes):
        x, y = inside(x + rng.randint(-most, most), y + rng.randint(-most, most))
        yield t, "move", x, y
        t += wait()


@family("jiggler")
def random_walk(rng, minutes):
    """Short smooth walks of small random steps, with rests (a stochastic jiggler)."""
    x, y = start(rng)
    wait, step, most, steps = pause(rng, 2 * SECOND, 60 * SECOND), tick(rng), rng.choice((1, 2, 3, 6)), rng.randint(5, 100)
    t = 0
    while t < until(minutes):
        for _ in range(rng.randint(steps // 2, steps)):
            x, y = inside(x + rng.randint(-most, most), y + rng.randint(-most, most))
            yield t, "move", x, y
            t += step()
        t += wait()


@family("jiggler")
def teleport(rng, minutes):
    wait = pause(rng, 500_000, 60 * SECOND)
    t = 0
    while t < until(minutes):
        yield t, "move", *start(rng)
        t += wait()


@family("wheel")
def wheel(rng, minutes):
    """Turns the wheel a notch or a few, there and back or at random."""
    wait, both = pause(rng, 500_000, 60 * SECOND), rng.random() < 0.6
    t = i = 0
    while t < until(minutes):
        for _ in range(rng.choice((1, 1, 3))):
            yield t, "scroll", 0, (1 if i % 2 else -1) if both else rng.choice((-1, 1))
            t += 20_000
        i += 1
        t += wait()


@family("wheel")
def wheel_down(rng, minutes):
    """Reads a page for its user: notches one way, then all the way back."""
    wait, page = pause(rng, 100_000, 10 * SECOND), rng.randint(5, 80)
    t = i = 0
    while t < until(minutes):
        yield t, "scroll", 0, -1 if (i // page) % 2 == 0 else 1
        i += 1
        t += wait()
