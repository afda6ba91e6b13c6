"""All traces that training and evaluation use, each with what is known of it. Written to a folder once.

A trace's `use` is "fit" or "test": tests have settings of their own, and are never fitted to. `owners` are the people whose rows
are in it: when a person is left out, so is every trace with a row of theirs.
"""

import random
import subprocess
import sys
from dataclasses import dataclass, field

import families
import loops
import mixtures
import recorders
import traces
from recorders import LOCAL
from tools import FAMILIES, HEIGHT, KIN, MINUTE, SECOND, WIDTH, merged

MINUTES = 12
PIECE = 40  # minutes of a person's session that other recorders are made up for


@dataclass
class Entry:
    name: str
    kind: str  # "person", "script", "slow", "loop", "mixture"
    group: str  # the person, or the family
    recorder: str = "as it is"
    use: str = "fit"
    owners: tuple = ()
    period: int = 0  # of a loop, us
    turns: list = field(default_factory=list)  # when a loop's repetitions begin, us
    hands: list = field(default_factory=list)  # of a mixture, by minute

    def label(self, minute):
        """1 scripted, 0 a person's, None if it is not for learning from or both."""
        if self.kind == "mixture":
            hand = self.hands[minute] if minute < len(self.hands) else None
            return {"scripted": 1, "person": 0, None: None}[hand]
        if self.kind == "loop" and (len(self.turns) < 2 or minute * MINUTE < self.turns[1]):
            return None
        return 0 if self.kind == "person" else 1


class Corpus:
    def __init__(self, folder):
        self.folder, self.entries = folder, []
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, rows, kind, group, **known):
        if len(rows) < 3:
            return
        entry = Entry(f"t{len(self.entries):05d}", kind, group, **known)
        traces.write(self.folder / f"{entry.name}.csv", rows)
        self.entries.append(entry)


def recorded(rows, rng, recorder):
    """Through a recorder, by its name."""
    if recorder == LOCAL:
        return recorders.at_local_rate(rows, rng)
    if recorder == "jitter":
        return recorders.jittered(rows, rng, max(2_000, min(recorders.grid_of(rows), 104_000)))
    if recorder.endswith(" ms"):
        return recorders.on_grid(rows, int(recorder[:-3]) * 1000)
    return rows


def begin_of(rows, rng):
    """Any moment in the first half of what happened."""
    return max(0, rows[rng.randrange(len(rows) // 2 + 1)][0] - rng.randrange(MINUTE))


def add_people(corpus, people):
    """As they are, and as other recorders would have had them, from any moment on."""
    for person, sessions in people.items():
        mouse = any(row[1] == "move" for _, rows in sessions for row in rows[:1000])
        for name, rows in sessions:
            corpus.add(rows, "person", person, owners=(person,))
            rng = random.Random(name)
            for recorder in (LOCAL, "jitter", "33 ms", "104 ms") if mouse else ("16 ms", "jitter"):
                piece = recorders.part(rows, begin_of(rows, rng), PIECE)
                corpus.add(recorded(piece, rng, recorder), "person", person, recorder=recorder, owners=(person,))
            if not mouse:
                corpus.add(recorders.thinned(rows, rng, rng.choice((0.02, 0.05, 0.1))), "person", person, recorder="few keys", owners=(person,))
                corpus.add(recorders.one_finger(rows), "person", person, recorder="one finger", use="test", owners=(person,))


def add_desks(corpus, people):
    """People who move and type: mouse sessions with another person's typing in them."""
    mice = {p: s for p, s in people.items() if any(row[1] == "move" for row in s[0][1][:1000])}
    keys = [(p, rows) for p, s in people.items() if p not in mice for _, rows in s]
    for person, sessions in mice.items():
        for name, rows in sessions:
            rng = random.Random("desk-" + name)
            if not keys:
                return
            typist, typed = rng.choice(keys)
            moved = recorded(recorders.part(rows, begin_of(rows, rng), PIECE), rng, rng.choice(("as it is", LOCAL)))
            both = merged(moved, recorders.part(typed, typed[0][0], PIECE))
            corpus.add(both, "person", person, recorder="with typing", owners=(person, typist))


RECORDERS = ("as it is", "8 ms", "as it is", "16 ms", "jitter", "104 ms", "as it is", "33 ms")


def add_scripts(corpus, fits, tests):
    for name in [*FAMILIES, "loop_imitation"]:
        for number in range(fits + tests):
            rng = random.Random(f"{name}-{number}")
            known = dict(recorder=RECORDERS[number % len(RECORDERS)], use="fit" if number < fits else "test")
            if name in FAMILIES:
                rows = families.trace_of(name, MINUTES, number)
            else:
                rows, turns = loops.loop_imitation(rng, MINUTES)
                known |= dict(turns=turns, period=turns[1] - turns[0] if len(turns) > 1 else 0)
            corpus.add(recorded(rows, rng, known["recorder"]), "script" if name in FAMILIES else "loop", name, **known)


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


def add_loops_and_mixtures(corpus, people, loops_each, mixtures_each):
    for person, sessions in people.items():
        for number in range(loops_each):
            rng, style = random.Random(f"loop-{person}-{number}"), loops.STYLES[number % len(loops.STYLES)]
            rows, turns = loops.loop_of(rng.choice(sessions)[1], rng, MINUTES, style)
            period = turns[1] - turns[0] if len(turns) > 1 else 0
            known = dict(use="test" if number % 2 else "fit", owners=(person,), turns=turns, period=period)
            corpus.add(recorded(rows, rng, rng.choice(("as it is", "as it is", "16 ms"))), "loop", "loop_" + style, **known)
        for number in range(mixtures_each):
            rng = random.Random(f"mixture-{person}-{number}")
            rows, hands = mixtures.with_person(rng.choice(sessions)[1], rng, 24)
            corpus.add(rows, "mixture", "jiggler_and_person", use="test" if number % 3 == 2 else "fit", owners=(person,), hands=hands)


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


def build(folder, people, program=None, fits=8, tests=4, loops_each=12, mixtures_each=3):
    corpus = Corpus(folder / "traces")
    add_people(corpus, people)
    add_desks(corpus, people)
    add_scripts(corpus, fits, tests)
    add_slow(corpus)
    add_loops_and_mixtures(corpus, people, loops_each, mixtures_each)
    if program:
        add_program(corpus, program, folder)
    return corpus
