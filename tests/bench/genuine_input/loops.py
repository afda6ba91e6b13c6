"""Recorded input played again and again: of people's traces where they are given, of imitations always.

A loop's first repetition is what it was recorded from; only from the second on can anything tell."""

import bots
import imitators
from paths import lognormal_path
from tools import MINUTE, SECOND, WIDTH, inside, merged, pause

PERIODS = (10, 15, 20, 30, 45, 60, 90, 180, 300)


STYLES = ("exact", "jittered", "with_rests", "changed", "shuffled")


def loop(rows, rng, period, minutes, style):
    """Plays the rows, of `period` microseconds, over and over: exactly, with times a little off, with rests in between, or changed
    each time (mirrored, at another tempo, some pixels off)."""
    jitter = rng.choice((1_000, 4_000, 8_000)) if style == "jittered" else 0
    rest = pause(rng, 1 * SECOND, 20 * SECOND) if style in ("with_rests", "changed") else None
    start, end, out = 0, minutes * MINUTE, []
    turns = []
    while start < end:
        turns.append(start)
        turn, length = changed(rows, rng, period) if style == "changed" else (rows, period)
        out.extend((max(start, round(start + t + rng.uniform(-jitter, jitter))), *rest_of) for t, *rest_of in turn)
        start += length + (rest() if rest else 0)
    out.sort(key=lambda row: row[0])
    return out, turns


def changed(rows, rng, period):
    tempo, across, noise = rng.choice((1, rng.uniform(0.8, 1.25))), rng.choice((1, -1)), rng.choice((0, 0.5, 1.5))
    middle = WIDTH // 2

    def moved(x, y):
        return inside(middle + across * (x - middle) + rng.gauss(0, noise), y + rng.gauss(0, noise))

    return [(round(t * tempo), kind, *(moved(a, b) if kind == "move" else (a, b))) for t, kind, a, b in rows], round(period * tempo)


def shuffled(rows, rng, minutes):
    """Some short recordings, played in any order."""
    lengths = [rng.randint(6, 25) * SECOND for _ in range(rng.randint(2, 6))]
    clips, out, turns, start = [busiest(rows, rng, length) for length in lengths], [], [], 0
    while start < minutes * MINUTE:
        i = rng.randrange(len(clips))
        turns.append(start)
        out.extend((start + t, *rest) for t, *rest in clips[i])
        start += lengths[i] + rng.randrange(5 * SECOND)
    return out, turns[:: len(clips)]


def busiest(rows, rng, period):
    """A stretch of this length with something in it: the best of a few tries."""
    def stretch(start):
        return [(t - start, *rest) for t, *rest in rows if start <= t < start + period]

    tries = [stretch(rows[rng.randrange(len(rows))][0]) for _ in range(6)]
    return closed(max(tries, key=len))


def closed(rows):
    """Without releases of what was pressed before, and with a release for all that stays down: as a recorder saves it."""
    down, out = set(), []
    for t, kind, a, b in rows:
        if kind in ("keydown", "press"):
            down.add((kind, a))
        elif kind in ("keyup", "release"):
            press = ("keydown" if kind == "keyup" else "press", a)
            if press not in down:
                continue
            down.discard(press)
        out.append((t, kind, a, b))
    end = out[-1][0] if out else 0
    return out + [(end, "keyup" if kind == "keydown" else "release", a, 0) for kind, a in sorted(down)]


def loop_of(rows, rng, minutes, style):
    if style == "shuffled":
        return shuffled(rows, rng, minutes)
    period = rng.choice(PERIODS) * SECOND
    return loop(busiest(rows, rng, period), rng, period, minutes, style)


def imitation(rng, minutes):
    """Something like a person to be recorded: strokes with clicks, or typing, or both."""
    kind = rng.choice(("mouse", "keys", "both"))
    mouse = bots.strokes(rng, minutes, lognormal_path(rng, 0.5)) if kind != "keys" else ()
    keys = imitators.type_rollover(rng, minutes) if kind != "mouse" else ()
    return merged(mouse, keys)


def loop_imitation(rng, minutes):
    period = rng.choice(PERIODS) * SECOND
    rows = busiest(imitation(rng, 4), rng, period)
    return loop(rows, rng, period, minutes, rng.choice(STYLES[:4]))
