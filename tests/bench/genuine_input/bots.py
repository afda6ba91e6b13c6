"""Bots that move from place to place and click: pyautogui and its kind, browser drivers with human-like cursors."""

import math

from paths import bezier_path, eased_path, ghost_path, lognormal_path, wind_path
from tools import FAMILIES, KIN, SECOND, family, inside, log_uniform, pause, start, tick, until


def next_place(rng, x, y, reach):
    """Anywhere on the screen, or, as tools that work in one window have it, somewhere near."""
    if reach is None:
        return start(rng)
    angle, far = rng.uniform(0, 2 * math.pi), rng.uniform(0.2, 1) * reach
    return inside(x + far * math.cos(angle), y + far * math.sin(angle))


def strokes(rng, minutes, path, click=True):
    """From one random place to the next by `path(ax, ay, bx, by)`."""
    x, y = start(rng)
    wait, step = pause(rng, 200_000, 20 * SECOND), tick(rng)
    hold, reach = pause(rng, 10_000, 120_000), rng.choice((None, None, log_uniform(rng, 60, 600)))
    clicks = rng.choice((0, 0.5, 1)) if click else 0
    t = 0
    while t < until(minutes):
        tx, ty = next_place(rng, x, y, reach)
        place = None
        for px, py in path(x, y, tx, ty):
            t += step()
            point = inside(px, py)
            if point != place:
                yield t, "move", *point
            place = point
        x, y = tx, ty
        if rng.random() < clicks:
            t += rng.choice((0, 5_000, 50_000))
            yield t, "press", 1, 0
            t += hold()
            yield t, "release", 1, 0
        t += wait()


def eased(ease):
    return lambda rng, minutes: strokes(rng, minutes, eased_path(rng, ease))


for name, ease in {
    "glide": "linear",
    "glide_smooth": "smooth",
    "glide_out": "out",
    "glide_quint": "in_out_quint",
    "glide_sine": "sine",
    "glide_elastic": "elastic",
    "minimum_jerk": "minimum_jerk",
}.items():
    FAMILIES[name] = eased(ease)
    KIN[name] = "straight bot"


@family("curved bot")
def bezier(rng, minutes):
    yield from strokes(rng, minutes, bezier_path(rng, 0))


@family("curved bot")
def bezier_noisy(rng, minutes):
    yield from strokes(rng, minutes, bezier_path(rng, rng.uniform(0.3, 3)))


@family("curved bot")
def ghost_cursor(rng, minutes):
    yield from strokes(rng, minutes, ghost_path(rng))


@family("curved bot")
def windmouse(rng, minutes):
    yield from strokes(rng, minutes, wind_path(rng))


@family("curved bot")
def lognormal_strokes(rng, minutes):
    yield from strokes(rng, minutes, lognormal_path(rng, rng.choice((0, 0.3, 1.0))))


@family("curved bot")
def wanderer(rng, minutes):
    """A realistic jiggler: now and then a curved stroke to somewhere near, without clicks, with rests."""
    path = rng.choice((bezier_path(rng, 0), lognormal_path(rng, 0.3), wind_path(rng), eased_path(rng, "sine")))
    yield from strokes(rng, minutes, path, click=False)
