"""Paths from one place to another, as bots draw them. Each maker draws a tool's settings and gives
`path(ax, ay, bx, by)`: points for steps at the tool's clock."""

import math

from tools import log_uniform


def steps_for(rng, low=0.15, high=1.5, step_us=10_000):
    return max(5, round(rng.uniform(low, high) * 1_000_000 / step_us))


EASES = {
    "linear": lambda u: u,
    "smooth": lambda u: u * u * (3 - 2 * u),
    "out": lambda u: 1 - (1 - u) ** 3,
    "in_out_quint": lambda u: 16 * u**5 if u < 0.5 else 1 - (2 - 2 * u) ** 5 / 2,
    "sine": lambda u: (1 - math.cos(math.pi * u)) / 2,
    "elastic": lambda u: 1 - math.exp(-6 * u) * math.cos(8 * u),
    "minimum_jerk": lambda u: 10 * u**3 - 15 * u**4 + 6 * u**5,  # Flash & Hogan 1985
}


def eased_path(rng, ease):
    n_fixed, speed = rng.choice((None, None, rng.randint(10, 150))), rng.choice((None, rng.uniform(3, 30)))

    def path(ax, ay, bx, by):
        n = n_fixed or (max(5, round(math.hypot(bx - ax, by - ay) / speed)) if speed else steps_for(rng))
        for i in range(1, n + 1):
            u = EASES[ease](i / n)
            yield ax + (bx - ax) * u, ay + (by - ay) * u

    return path


def bezier_point(points, u):
    while len(points) > 1:
        points = [(a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u) for a, b in zip(points, points[1:])]
    return points[0]


def bezier_path(rng, noise):
    spread, order, ease = rng.uniform(0.05, 0.5), rng.choice((1, 2, 3)), rng.choice(("linear", "smooth", "out"))

    def path(ax, ay, bx, by):
        reach = math.hypot(bx - ax, by - ay) * spread
        line = [(ax + (bx - ax) * k / (order + 1), ay + (by - ay) * k / (order + 1)) for k in range(1, order + 1)]
        points = [(ax, ay), *((x + rng.uniform(-reach, reach), y + rng.uniform(-reach, reach)) for x, y in line), (bx, by)]
        n = steps_for(rng)
        for i in range(1, n + 1):
            px, py = bezier_point(points, EASES[ease](i / n))
            yield px + rng.gauss(0, noise), py + rng.gauss(0, noise)

    return path


def ghost_path(rng):
    """As ghost-cursor: a cubic Bezier with both anchors on one side, as many steps as Fitts' law gives for the target's
    width, and beyond 500 px an overshoot that is corrected."""
    speed, radius = rng.choice((None, None, log_uniform(rng, 5, 100))), rng.choice((120, 120, 60))

    def anchor(ax, ay, bx, by, side, spread):
        u, v, length = rng.random(), rng.random(), max(math.hypot(bx - ax, by - ay), 1e-6)
        return ax + (bx - ax) * u + (by - ay) / length * side * spread * v, ay + (by - ay) * u - (bx - ax) / length * side * spread * v

    def leg(ax, ay, bx, by, spread, width):
        length = math.hypot(bx - ax, by - ay)
        side = rng.choice((-1, 1))
        anchors = sorted(anchor(ax, ay, bx, by, side, spread) for _ in range(2))
        base = 25 / speed if speed else rng.random()
        n = math.ceil(3 * (math.log2(2 * math.log2(length * 0.8 / width + 1) + 1) + 25 * base))
        for i in range(1, n + 1):
            yield bezier_point([(ax, ay), *anchors, (bx, by)], i / n)

    def path(ax, ay, bx, by):
        length = math.hypot(bx - ax, by - ay)
        if length > 500:
            angle, far = rng.uniform(0, 2 * math.pi), radius * math.sqrt(rng.random())
            ox, oy = bx + far * math.cos(angle), by + far * math.sin(angle)
            yield from leg(ax, ay, ox, oy, min(max(length, 2), 200), 100)
            yield from leg(ox, oy, bx, by, 10, 100)
        else:
            yield from leg(ax, ay, bx, by, min(max(length, 2), 200), 100)

    return path


def wind_path(rng):
    """B. Land's WindMouse: gravity towards the target, and wind."""
    gravity, wind, most, near = rng.uniform(5, 12), rng.uniform(1, 6), rng.uniform(8, 25), rng.uniform(8, 20)

    def path(x, y, bx, by):
        vx = vy = wx = wy = 0.0
        m = most
        for _ in range(2_000):
            d = math.hypot(bx - x, by - y)
            if d < 1:
                return
            gust = min(wind, d) / math.sqrt(5) if d >= near else 0
            wx, wy = wx / math.sqrt(3) + rng.uniform(-1, 1) * gust, wy / math.sqrt(3) + rng.uniform(-1, 1) * gust
            if d < near:
                m = m if m < 3 else max(3.0, m / math.sqrt(5))
            vx, vy = vx + wx + gravity * (bx - x) / d, vy + wy + gravity * (by - y) / d
            v = math.hypot(vx, vy)
            if v > m:
                clip = m / 2 + rng.random() * m / 2
                vx, vy = vx / v * clip, vy / v * clip
            x, y = x + vx, y + vy
            yield x, y

    return path


def lognormal_path(rng, tremor):
    """Speeds that are sums of lognormals along an arc, as the Sigma-lognormal model has them (Plamondon), with tremor."""
    bow = rng.uniform(0.02, 0.15)

    def share(u, t0, mu, sigma):
        return 0.5 * (1 + math.erf((math.log(max(u - t0, 1e-9)) - mu) / (sigma * math.sqrt(2)))) if u > t0 else 0.0

    def path(ax, ay, bx, by):
        parts = [(rng.uniform(0.6, 1.0), rng.uniform(0.0, 0.1), rng.uniform(-1.6, -1.0), rng.uniform(0.2, 0.45))]
        while rng.random() < 0.5 and len(parts) < 4:
            parts.append((rng.uniform(0.05, 0.4), rng.uniform(0.2, 0.6), rng.uniform(-1.8, -1.2), rng.uniform(0.2, 0.4)))
        n, bend = steps_for(rng), rng.gauss(0, bow)
        whole = max(sum(d * share(1.0, *rest) for d, *rest in parts), 1e-6)
        for i in range(1, n + 1):
            u = sum(d * share(i / n, *rest) for d, *rest in parts) / whole
            off = bend * math.sin(math.pi * u)
            yield ax + (bx - ax) * u - (by - ay) * off + rng.gauss(0, tremor), ay + (by - ay) * u + (bx - ax) * off + rng.gauss(0, tremor)

    return path
