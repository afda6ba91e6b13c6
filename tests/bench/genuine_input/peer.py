"""Detect_My_Jiggler's rules, written anew from its published description and its published thresholds
(github.com/detectmyjiggler/Detect_My_Jiggler, README and table of constants).

It watches relative motion alone, in a sliding window of the last movements. As it has no list of trusted devices in a trace, the
rules for any mouse are used: with those for the primary mouse it says nothing of most scripts here.
"""

import math
from collections import deque

from tools import MINUTE, SECOND

WINDOW, DIRECTIONS, SPEEDS = 100, 50, 100
REPETITIVE_PAIRS, REPETITIVE_SHARE, REPETITIVE_TOLERANCE = 10, 0.4, 0.3
CONTINUOUS, PAUSE, LEAST = 30 * SECOND, 2 * SECOND, 5 * SECOND
SPEED_SAMPLES, SPEED_CV = 12, 0.15
REVERSALS, REVERSAL_HISTORY = 10, 30
PATTERN, ANGLE, RADIUS_CV = 50, 340.0, 0.25


def flagged_minutes(rows):
    """The minutes in which some rule flags; rows of one trace."""
    moves, speeds = deque(maxlen=WINDOW), deque(maxlen=SPEEDS)
    out, place, last, began, looked = set(), None, None, None, 0
    for t, kind, a, b in rows:
        if kind != "move":
            continue
        if place is not None and (a, b) != place:
            dx, dy = a - place[0], b - place[1]
            if last is None or t - last > PAUSE:
                began = t
            elif t > last:
                speeds.append(math.hypot(dx, dy) / (t - last))
            moves.append((dx, dy))
            last = t
            if t - looked >= 200_000 and t - rows[0][0] >= LEAST:  # it looks five times a second
                looked = t
                if t // MINUTE not in out and suspicious(moves, speeds, t - began):
                    out.add(t // MINUTE)
        place = (a, b)
    return out


def suspicious(moves, speeds, moving):
    return (
        moving >= CONTINUOUS
        or (len(speeds) >= SPEED_SAMPLES and variation(speeds) < SPEED_CV)
        or circular(moves)
        or oscillating(moves)
        or repetitive(moves)
    )


def variation(values):
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)) / mean if mean else 0.0


def circular(moves):
    """Turns by a whole circle over the window, at a radius that varies little."""
    if len(moves) < PATTERN:
        return False
    x = y = 0
    points = []
    for dx, dy in moves:
        x, y = x + dx, y + dy
        points.append((x, y))
    cx, cy = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    angles = [math.atan2(py - cy, px - cx) for px, py in points]
    turned = abs(sum((b - a + math.pi) % (2 * math.pi) - math.pi for a, b in zip(angles, angles[1:])))
    return math.degrees(turned) >= ANGLE and variation([math.hypot(px - cx, py - cy) for px, py in points]) < RADIUS_CV


def oscillating(moves):
    """Ten reversals or more on an axis among the last fifty directions."""
    recent = list(moves)[-DIRECTIONS:]
    if len(recent) < REVERSAL_HISTORY:
        return False
    for axis in (0, 1):
        signs = [m[axis] > 0 for m in recent if m[axis]]
        if sum(a != b for a, b in zip(signs, signs[1:])) >= REVERSALS:
            return True
    return False


def repetitive(moves):
    """Movements longer than 3 px, of which four in ten are within 30% of the one after."""
    large = [m for m in list(moves)[-50:] if max(abs(m[0]), abs(m[1])) > 3]
    if len(large) < REPETITIVE_PAIRS:
        return False
    alike = sum(math.dist(a, b) <= REPETITIVE_TOLERANCE * max(math.hypot(*a), math.hypot(*b)) for a, b in zip(large, large[1:]))
    return alike >= REPETITIVE_SHARE * (len(large) - 1)
