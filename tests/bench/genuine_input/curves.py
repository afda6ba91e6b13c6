"""Jigglers that draw curves: round and round, back and forth, wandering; in software, or by turning something below the
mouse."""

import math

from tools import HEIGHT, SECOND, WIDTH, family, inside, log_uniform, pause, start, tick, until


def closed_curve(rng, minutes, curve):
    """Round and round, with or without rests."""
    cx, cy = start(rng)
    radius, turn, step = round(log_uniform(rng, 5, 300)), log_uniform(rng, 0.3, 12), tick(rng)
    rest = rng.choice((None, None, pause(rng, 1 * SECOND, 60 * SECOND)))
    t = angle = 0
    while t < until(minutes):
        u, v = curve(angle)
        yield t, "move", *inside(cx + radius * u, cy + radius * v)
        dt = step()
        t += dt
        angle += 2 * math.pi * dt / (turn * SECOND)
        if rest and angle > 2 * math.pi:
            angle -= 2 * math.pi
            t += rest()


@family("curve")
def circle(rng, minutes):
    yield from closed_curve(rng, minutes, lambda a: (math.cos(a), math.sin(a)))


@family("curve")
def eight(rng, minutes):
    yield from closed_curve(rng, minutes, lambda a: (math.sin(a), math.sin(a) * math.cos(a)))


@family("curve")
def square(rng, minutes):
    def curve(a):
        u = (a / (2 * math.pi) % 1) * 4
        return [(u, 0), (1, u - 1), (3 - u, 1), (0, 4 - u)][int(u) % 4]

    yield from closed_curve(rng, minutes, curve)


@family("curve")
def bounce(rng, minutes):
    """Along straight lines, thrown back by the edges."""
    x, y = start(rng)
    speed, angle, step = log_uniform(rng, 30, 800), rng.uniform(0, 2 * math.pi), tick(rng)
    vx, vy = speed * math.cos(angle), speed * math.sin(angle)
    t = 0
    while t < until(minutes):
        dt = step()
        t += dt
        x, y = x + vx * dt / SECOND, y + vy * dt / SECOND
        if not 0 <= x < WIDTH:
            vx, x = -vx, min(max(x, 0), WIDTH - 1)
        if not 0 <= y < HEIGHT:
            vy, y = -vy, min(max(y, 0), HEIGHT - 1)
        yield t, "move", *inside(x, y)


@family("curve")
def turntable(rng, minutes):
    """A disc that turns slowly below the mouse's sensor, with the sensor's noise; some rest between turns."""
    x, y = start(rng)
    period, amplitude, step = rng.uniform(3, 60), rng.uniform(20, 150), tick(rng)
    noise, on, off = rng.uniform(0, 0.6), rng.uniform(0.5, 20), rng.choice((0, 0, rng.uniform(1, 60)))
    t, a, seen = 0, 0.0, None
    while t < until(minutes):
        if off and t % ((on + off) * SECOND) > on * SECOND:
            t += step()
            continue
        place = inside(x + amplitude * math.sin(a) + rng.gauss(0, noise), y + amplitude * 0.3 * math.cos(2 * a) + rng.gauss(0, noise))
        if place != seen:
            yield t, "move", *place
            seen = place
        dt = step()
        t += dt
        a += 2 * math.pi * dt / (period * SECOND)


@family("curve")
def perlin(rng, minutes):
    """Wanders smoothly, with or without rests."""
    x, y = start(rng)
    step, speed, turning = tick(rng), log_uniform(rng, 30, 600), rng.uniform(0.2, 3)
    t, angle, drift = 0, rng.uniform(0, 2 * math.pi), 0.0
    rest = rng.choice((None, pause(rng, 1 * SECOND, 20 * SECOND)))
    moves = rng.uniform(0.5, 8)
    while t < until(minutes):
        dt = step()
        t += dt
        drift += (-drift + rng.gauss(0, turning)) * dt / SECOND * 4
        angle += drift * dt / SECOND * 6
        if not (50 < x < WIDTH - 50 and 50 < y < HEIGHT - 50):
            angle = math.atan2(HEIGHT / 2 - y, WIDTH / 2 - x)
        x, y = x + speed * math.cos(angle) * dt / SECOND, y + speed * math.sin(angle) * dt / SECOND
        yield t, "move", *inside(x, y)
        if rest and rng.random() < dt / SECOND / moves:
            t += rest()


@family("curve")
def sway(rng, minutes):
    """A sum of slow sines on each axis, with micro-breaks, as a "realistic" jiggler does it."""
    x, y = start(rng)
    period, wide, high = rng.uniform(2, 8), rng.uniform(30, 260), rng.uniform(5, 60)
    step, rest = rng.choice((tick(rng), lambda: 30_000)), rng.choice((None, lambda: rng.randrange(5 * SECOND, 15 * SECOND)))
    left = rng.uniform(1, 20)
    t, phase = 0, 0.0
    while t < until(minutes):
        u = wide * math.sin(phase) + wide * 0.09 * math.sin(phase * 2.17 + 0.7) + wide * 0.03 * math.sin(phase * 4.61)
        v = high * math.sin(phase * 1.31 + 1.2) + high * 0.25 * math.sin(phase * 3.73 + 0.4)
        yield t, "move", *inside(x + u, y + v)
        dt = step()
        t, phase, left = t + dt, phase + 2 * math.pi * dt / (period * SECOND), left - dt / SECOND
        if rest and left < 0:
            t, left = t + rest(), rng.uniform(1, 20)
