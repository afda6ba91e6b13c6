"""Traces of people: as they are, as other recorders and other days would have had them, and what is made of them."""

import random

import loops
import mixtures
import recorders
from entries import HALVES, recorded
from recorders import LOCAL
from tools import MINUTE, merged

MINUTES = 12
FEW_KEYS = (0.01, 0.03, 0.1, 0.3)
COLD = 8  # short pieces of a session, each as the first minutes of one
PIECE = 40  # minutes of a person's session that other recorders are made up for


def begin_of(rows, rng):
    """Any moment in the first half of what happened."""
    return max(0, rows[rng.randrange(len(rows) // 2 + 1)][0] - rng.randrange(MINUTE))


def is_mouse(sessions):
    return any(row[1] == "move" for _, rows in sessions for row in rows[:1000])


MOUSE_RECORDERS = (LOCAL, "jitter", "33 ms", "104 ms", "touch", *HALVES)
KEY_RECORDERS = ("16 ms", "jitter")


def add_people(corpus, people):
    """As they are, and as other recorders and other days would have had them."""
    for person, sessions in people.items():
        mouse = is_mouse(sessions)
        for name, rows in sessions:
            known = dict(kind="person", group=person, owners=(person,))
            corpus.add(rows, **known)
            rng, long = random.Random(name), rows[-1][0] > 10 * MINUTE
            several = MOUSE_RECORDERS if mouse else KEY_RECORDERS
            for recorder in several if long else rng.sample(several, 1):
                piece = recorders.part(rows, begin_of(rows, rng), PIECE)
                corpus.add(recorded(piece, rng, recorder), recorder=recorder, **known)
            for _ in range(COLD if long else 1):
                corpus.add(recorders.part(rows, rng.choice(rows)[0], 3), recorder="cold start", **known)
            corpus.add(recorders.glimpses(rows, rng), recorder="now and then", **known)
            if not mouse:
                for share in FEW_KEYS:
                    corpus.add(recorders.thinned(rows, rng, share), recorder="few keys", **known)
                corpus.add(recorders.one_finger(rows), recorder="one finger", use="test", **known)


def add_other_hands(corpus, people):
    """Few typists are known: each as people at another pace, some of them with one finger, and their first minutes."""
    for person, sessions in people.items():
        for name, rows in () if is_mouse(sessions) else sessions:
            known = dict(kind="person", group=person, owners=(person,), recorder="another hand")
            rng = random.Random("hand-" + name)
            for number in range(4):
                other = recorders.another_hand(rows, rng)
                corpus.add(recorders.one_finger(other) if number == 3 else other, **known)
                corpus.add(recorders.part(other, rng.choice(other)[0], 3) if other else (), **known)


def add_desks(corpus, people):
    """People who move and type: mouse sessions with another person's typing in them."""
    mice = {p: s for p, s in people.items() if is_mouse(s)}
    keys = [(p, rows) for p, s in people.items() if p not in mice for _, rows in s]
    for person, sessions in mice.items():
        for name, rows in sessions:
            if rows[-1][0] < 10 * MINUTE:
                continue
            rng = random.Random("desk-" + name)
            if not keys:
                return
            typist, typed = rng.choice(keys)
            moved = recorded(recorders.part(rows, begin_of(rows, rng), PIECE), rng, rng.choice(("as it is", LOCAL)))
            lines = recorders.part(typed, typed[0][0], PIECE)
            corpus.add(merged(moved, lines), "person", person, recorder="with typing", owners=(person, typist))
            few = recorders.thinned(lines, rng, rng.choice(FEW_KEYS)) if rng.random() < 0.5 else recorders.glimpses(lines, rng)
            corpus.add(merged(moved, few), "person", person, recorder="with few keys", owners=(person, typist))


def add_loops_and_mixtures(corpus, people, loops_each, mixtures_each):
    for person, sessions in people.items():
        if sum(rows[-1][0] for _, rows in sessions) < 10 * MINUTE:
            continue
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
