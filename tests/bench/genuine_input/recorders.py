"""What lies between a hand, or a tool, and a trace: grids of time, coalescing, jitter, a mouse's own rate.

The verdict must not depend on these, so people and scripts are passed through the same."""

import bisect

from tools import MINUTE, SECOND, log_uniform
from typists import with_slots

LOCAL = "local"
GRIDS = (None, 8_000, 16_000, 33_000, 104_000)


def on_grid(rows, us):
    """As a recorder with a clock of `us` microseconds that keeps the last position of each tick."""
    out = []
    for t, kind, a, b in rows:
        row = (t // us * us, kind, a, b)
        if kind == "move" and out and out[-1][1] == "move" and out[-1][0] == row[0]:
            out[-1] = row
        else:
            out.append(row)
    return out


def grid_of(rows):
    """The usual time between a pointer's positions while it moves, in microseconds."""
    gaps, last = [], None
    for t, kind, _, _ in rows:
        if kind == "move":
            if last is not None and 0 < t - last < 150_000:
                gaps.append(t - last)
            last = t
    return sorted(gaps)[len(gaps) // 2] if len(gaps) >= 20 else 0


def jittered(rows, rng, most):
    """Each time moved by up to `most`, in the same order."""
    out, last = [], 0
    for t, *rest in rows:
        last = max(last, round(t + rng.uniform(0, most)))
        out.append((last, *rest))
    return out


def at_local_rate(rows, rng):
    """As a mouse of 125 to 1000 Hz would have reported the same hand: positions between those recorded, on a smooth curve
    (Catmull-Rom) through them, with their times a little off and a tremor below a pixel."""
    step, grid = rng.choice((1_000, 2_000, 4_000, 8_000)), max(grid_of(rows), 16_000)
    moves = [(t, a, b) for t, kind, a, b in rows if kind == "move"]
    out = [row for row in rows if row[1] != "move"]
    for i, (t1, x1, y1) in enumerate(moves):
        t0, x0, y0 = moves[i - 1] if i else moves[i]
        if t1 - t0 > 1.6 * grid or t1 <= t0:
            out.append((t1, "move", x1, y1))
            continue
        before = moves[i - 2] if i >= 2 and t0 - moves[i - 2][0] <= 1.6 * grid else (t0, x0, y0)
        after = moves[i + 1] if i + 1 < len(moves) and moves[i + 1][0] - t1 <= 1.6 * grid else (t1, x1, y1)
        last = (x0, y0)
        for k in range(1, max(1, (t1 - t0) // step) + 1):
            u = min(1.0, k * step / (t1 - t0)) if t1 - t0 > step else 1.0
            place = tuple(round(through(u, *c)) for c in zip(before[1:], (x0, y0), (x1, y1), after[1:]))
            if place != last:
                out.append((round(t0 + u * (t1 - t0)), "move", *place))
                last = place
    out.sort(key=lambda row: row[0])
    return out


def through(u, p0, p1, p2, p3):
    return p1 + 0.5 * u * (p2 - p0 + u * (2 * p0 - 5 * p1 + 4 * p2 - p3 + u * (3 * (p1 - p2) + p3 - p0)))


def part(rows, start, minutes):
    """What happened in so many minutes from `start` on, with times from 0."""
    first = bisect.bisect_left(rows, (start,))
    last = bisect.bisect_left(rows, (start + minutes * MINUTE,))
    return [(t - start, *rest) for t, *rest in rows[first:last]]


def thinned(rows, rng, share):
    """Few of a typist's keys, as someone presses them who reads or draws: each press kept with probability `share`."""
    kept, out = {}, []
    for row in rows:
        if row[1] == "keydown":
            kept[row[2]] = rng.random() < share and not any(kept.values())
        if row[1] not in ("keydown", "keyup"):
            out.append(row)
        elif kept.get(row[2]):
            out.append((row[0], row[1], 0, 0))
            if row[1] == "keyup":
                kept[row[2]] = False
    return out


def glimpses(rows, rng):
    """As someone who reads, and does something for some seconds now and then: all of short stretches, nothing in between."""
    out, down = [], set()
    at, until = rows[0][0], rows[0][0]
    for row in rows:
        t, kind, slot, _ = row
        if t >= at:
            until = t + log_uniform(rng, 0.3 * SECOND, 15 * SECOND)
            at = until + log_uniform(rng, 5 * SECOND, 5 * MINUTE)
        if kind in ("keyup", "release"):
            if (kind, slot) in down:
                down.discard((kind, slot))
                out.append(row)
        elif t < until:
            out.append(row)
            if kind in ("keydown", "press"):
                down.add(("keyup" if kind == "keydown" else "release", slot))
    return out


def only(rows, kinds):
    return [row for row in rows if row[1] in kinds]


def touched(rows):
    """As a touchscreen: the pointer is where the finger comes down, and does not move in between."""
    out, place = [], None
    for row in rows:
        if row[1] == "move":
            place = row
        elif row[1] in ("press", "release") and place:
            out += [(row[0], *place[1:]), row]
    return out


def another_hand(rows, rng):
    """The same typing by a quicker or slower hand that holds keys for longer or shorter: people differ more than those recorded."""
    pace, hold, down, presses = log_uniform(rng, 0.5, 1.8), log_uniform(rng, 0.6, 1.6), {}, []
    for t, kind, slot, _ in rows:
        if kind == "keydown":
            down[slot] = t
        elif kind == "keyup" and slot in down:
            begin = down.pop(slot)
            presses.append((round(begin * pace), round(begin * pace + (t - begin) * hold)))
    return list(with_slots(sorted(presses)))


def one_finger(rows):
    """A typist without rollover: a key that is down goes up before the next goes down."""
    out, down = [], None
    for t, kind, slot, b in rows:
        if kind == "keydown":
            if down is not None:
                out.append((max(t - 1_000, out[-1][0]), "keyup", 0, 0))
            out.append((t, "keydown", 0, 0))
            down = slot
        elif kind == "keyup":
            if slot == down:
                out.append((t, "keyup", 0, 0))
                down = None
        else:
            out.append((t, kind, slot, b))
    return out
