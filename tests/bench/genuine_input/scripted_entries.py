"""Traces of scripts: each family in several settings, slow jigglers, what a program of the user's writes."""

import random
import subprocess
import sys

import families
import loops
import recorders
import traces
from entries import recorded
from loops import closed
from tools import FAMILIES, HEIGHT, KIN, MINUTE, SECOND, WIDTH, shifted

MINUTES = 12
WIDE = {"acts": 3, "driven": 2, "type_any": 10, "key_mix": 6, "any_bot": 4, "any_wanderer": 3, "click_any": 3, "macro": 4, "any_desk": 3}  # of many settings
RECORDERS = ("as it is", "8 ms", "as it is", "16 ms", "jitter", "104 ms", "as it is", "33 ms")


def add_scripts(corpus, fits, tests):
    for name in [*sorted(FAMILIES), "loop_imitation"]:
        more = WIDE.get(name, 1)
        for number in range(more * (fits + tests)):
            rng = random.Random(f"{name}-{number}")
            known = dict(recorder=RECORDERS[number % len(RECORDERS)], use="fit" if number < more * fits else "test")
            if name in FAMILIES:
                rows = families.trace_of(name, MINUTES, number)
            else:
                rows, turns = loops.loop_imitation(rng, MINUTES)
                known |= dict(turns=turns, period=turns[1] - turns[0] if len(turns) > 1 else 0)
            corpus.add(recorded(rows, rng, known["recorder"]), "script" if name in FAMILIES else "loop", name, **known)


def add_after_people(corpus, people, fits, tests):
    """A person for some minutes, then a tool on the same device: what the person did before must not hide it."""
    everyone = [(person, rows) for person, sessions in people.items() for _, rows in sessions if rows[-1][0] > 10 * MINUTE]
    for name in sorted(FAMILIES):
        more = max(1, WIDE.get(name, 1) // 3)
        for number in range(more * (fits + tests)):
            rng = random.Random(f"after-{name}-{number}")
            owner, rows = rng.choice(everyone)
            minutes = rng.randint(2, 15)
            person = closed(recorders.part(rows, rng.choice(rows)[0], minutes))
            tool = recorded(families.trace_of(name, MINUTES, f"after-{number}"), rng, RECORDERS[number % len(RECORDERS)])
            known = dict(use="fit" if number < more * fits else "test", owners=(owner,), after=minutes, recorder="after a person")
            corpus.add(person + shifted(tool, minutes * MINUTE + rng.randrange(MINUTE)), "script", name, **known)


def add_slow(corpus):
    """Jigglers that do one thing in 30 s, by the clock."""
    for name, action in SLOW.items():
        for number in range(4):
            rng = random.Random(f"slow-{name}-{number}")
            first, off = rng.randrange(30 * SECOND), rng.choice((0, 0.02))
            rows = []
            for i in range(2 * 20):
                at = first + round(30 * SECOND * (i + rng.uniform(-off, off)))
                rows.extend((max(0, at + after), *row) for after, *row in action(rng, i))
            corpus.add(rows, "slow", name, use="test")


SLOW = {
    "nudge": lambda rng, i: [(0, "move", 961, 540), (10_000, "move", 960, 540)],
    "zigzag": lambda rng, i: [(0, "move", 960 + 5 * (i % 2), 540)],
    "teleport": lambda rng, i: [(0, "move", rng.randrange(WIDTH), rng.randrange(HEIGHT))],
    "random step": lambda rng, i: [(0, "move", 960 + rng.randint(-10, 10), 540 + rng.randint(-10, 10))],
    "glide": lambda rng, i: [(10_000 * k, "move", 960 + (k if i % 2 else 100 - k), 540) for k in range(1, 101)],
    "wheel": lambda rng, i: [(0, "scroll", 0, 1 if i % 2 else -1)],
    "click": lambda rng, i: [(0, "press", 1, 0), (40_000, "release", 1, 0)],
    "key": lambda rng, i: [(0, "keydown", 0, 0), (12_000, "keyup", 0, 0)],
}


def add_program(corpus, program, folder):
    """What a program of the user's writes: PROGRAM OUT --minutes N --seed N, a file FAMILY-SEED.csv.gz each. All test."""
    for seed in (1, 2):
        out = folder / f"program-{seed}"
        subprocess.run([sys.executable, program, out, "--minutes", str(MINUTES), "--seed", str(seed)], check=True)
        for path in sorted(out.glob("*.csv*")):
            name, rows = "given_" + path.name.split(".")[0].rsplit("-", 1)[0], traces.read(path)
            for recorder in ("as it is", "16 ms", "104 ms"):
                rng = random.Random(f"{path.name}-{recorder}")
                corpus.add(recorded(rows, rng, recorder), "script", name, recorder=recorder, use="fit" if seed == 1 else "test")


TWINS = {"glide_eased": "glide_smooth", "autoclick": "click_fixed", "autoclick_jittered": "click_jittered", "scroll": "wheel"}


def twin_of(group):
    """A given program's family by the name that it has here, if it is the same; another by its own."""
    own = group.removeprefix("given_")
    return TWINS.get(own, own)


def kin_of(group):
    return "loop" if group.startswith("loop_") else KIN.get(twin_of(group), twin_of(group))
