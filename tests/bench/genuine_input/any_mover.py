"""A bot put together at random of all that tools which imitate hands do: path, speed, noise, correction, places, clicks.

Each is a maker of `path(ax, ay, bx, by)`, as in paths.py."""

import math

from bots import strokes
from paths import EASES, bezier_point, steps_for
from tools import family, log_uniform


def curve_of(rng):
    """A line from (0, 0) to (1, 0), as u -> place."""
    kind = rng.choice(("line", "arc", "bezier", "spline", "waves"))
    bow = log_uniform(rng, 0.01, 0.4)
    order, count = rng.randint(1, 4), rng.randint(2, 6)

    def make():
        if kind == "line":
            return lambda u: (u, 0.0)
        if kind == "arc":
            high = rng.gauss(0, bow)
            return lambda u: (u, high * math.sin(math.pi * u))
        if kind == "bezier":
            points = [(0, 0), *((rng.uniform(-0.1, 1.1), rng.gauss(0, bow)) for _ in range(order)), (1, 0)]
            return lambda u: bezier_point(points, u)
        if kind == "spline":
            ys = [0, *(rng.gauss(0, bow / 2) for _ in range(count)), 0]
            return lambda u: (u, smooth_between(ys, u))
        waves = [(rng.gauss(0, bow / k), k) for k in range(1, count + 1)]
        return lambda u: (u, sum(a * math.sin(math.pi * k * u) for a, k in waves))

    return make


def smooth_between(ys, u):
    at = u * (len(ys) - 1)
    i = min(int(at), len(ys) - 2)
    share = EASES["smooth"](at - i)
    return ys[i] + (ys[i + 1] - ys[i]) * share


def speed_of(rng):
    """How far along at which share of the time."""
    kind = rng.choice((*EASES, "skewed", "skewed", "two parts"))
    early, gain, part = rng.uniform(0.4, 1.0), rng.uniform(1.5, 4), rng.uniform(0.6, 0.95)
    if kind == "skewed":
        return lambda u: (1 - (1 - u**early) ** gain) ** 1.5
    if kind == "two parts":
        jerk = EASES["minimum_jerk"]
        return lambda u: part * jerk(u / 0.6) if u < 0.6 else part + (1 - part) * jerk((u - 0.6) / 0.4)
    return EASES[kind]


def noise_of(rng):
    """Added to each point, px: white, with memory, a tremor, or a walk that comes back."""
    kind, size = rng.choice(("none", "white", "memory", "tremor", "walk")), log_uniform(rng, 0.2, 4)
    rate, state = rng.uniform(0.3, 1.2), [0.0, 0.0, 0.0]

    def draw():
        if kind == "none":
            return 0.0, 0.0
        if kind == "white":
            return rng.gauss(0, size), rng.gauss(0, size)
        keep = 0.98 if kind == "walk" else 0.8
        state[0], state[1] = (keep * v + rng.gauss(0, size * math.sqrt(1 - keep * keep)) for v in state[:2])
        if kind == "tremor":
            state[2] += rate
            return size * math.sin(state[2]) + state[0] / 3, size * math.cos(1.3 * state[2]) + state[1] / 3
        return state[0], state[1]

    return draw


def any_path(rng):
    curve, speed, noise = curve_of(rng), speed_of(rng), noise_of(rng)
    missed, off, slow = rng.choice((0, 0, 0.3, 1)), rng.uniform(5, 80), log_uniform(rng, 0.5, 3)
    fitts = rng.choice((None, (rng.uniform(5, 20), rng.uniform(5, 25))))

    def leg(ax, ay, bx, by):
        length = math.hypot(bx - ax, by - ay)
        n = max(4, round(slow * (fitts[0] + fitts[1] * math.log2(length / 20 + 1)))) if fitts else steps_for(rng)
        shape = curve()
        for i in range(1, n + 1):
            (u, v), (nx, ny) = shape(speed(i / n)), noise()
            yield ax + (bx - ax) * u - (by - ay) * v + nx, ay + (by - ay) * u + (bx - ax) * v + ny

    def path(ax, ay, bx, by):
        if rng.random() < missed:
            mx, my = bx + rng.gauss(0, off), by + rng.gauss(0, off)
            yield from leg(ax, ay, mx, my)
            ax, ay = mx, my
        yield from leg(ax, ay, bx, by)

    return path


@family("curved bot")
def any_bot(rng, minutes):
    yield from strokes(rng, minutes, any_path(rng))


@family("curved bot")
def any_wanderer(rng, minutes):
    yield from strokes(rng, minutes, any_path(rng), click=False)


def knots_path(rng):
    """As pyclick, pyHM and HumanCursor: a Bezier curve by knots in the box between the ends and some more, points put off now
    and then, an easing."""
    margin, knots, ease = rng.uniform(20, 120), rng.choice((1, 2, 2, 3, 5)), rng.choice(("linear", "out", "sine", "in_out_quint", "smooth"))
    often, size = rng.choice((0, 0.5, rng.random())), rng.uniform(0.5, 3)

    def path(ax, ay, bx, by):
        inner = [(rng.uniform(min(ax, bx) - margin, max(ax, bx) + margin), rng.uniform(min(ay, by) - margin, max(ay, by) + margin)) for _ in range(knots)]
        n = steps_for(rng, 0.2, 2.5)
        for i in range(1, n + 1):
            x, y = bezier_point([(ax, ay), *inner, (bx, by)], EASES[ease](i / n))
            yield x, y + (rng.gauss(1, size) if rng.random() < often and i < n else 0)

    return path


@family("curved bot")
def knots(rng, minutes):
    yield from strokes(rng, minutes, knots_path(rng))
