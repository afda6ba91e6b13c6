"""Pointer paths of known length."""

import math


def polyline(corners, step):
    """Whole-pixel points along the corners, about `step` pixels apart; the first corner is not repeated."""
    points = []
    for (x0, y0), (x1, y1) in zip(corners, corners[1:]):
        count = max(1, round(math.hypot(x1 - x0, y1 - y0) / step))
        points += [(round(x0 + (x1 - x0) * i / count), round(y0 + (y1 - y0) * i / count))
                   for i in range(1, count + 1)]
    return points


def path_length(points):
    return sum(math.dist(a, b) for a, b in zip(points, points[1:]))
