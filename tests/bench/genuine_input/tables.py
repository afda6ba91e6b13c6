"""The tables of docs/genuine-input.md."""

import re
import statistics

import calibration
from scripted_entries import kin_of
from traces import source_of

LONG = 200  # intervals of a person from which a share of them says something


def percent(share, digits=1):
    return "-" if share != share else f"{share:.{digits}%}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def spoken(name):
    return name.replace("_", " ")


def worst_of(people):
    """(share, person) among those who are seen for long."""
    return max((alarms / whole, person) for person, (alarms, whole) in people.items() if whole >= min(LONG, max(n for _, n in people.values())))


def figures(doc):
    alarms, whole = (sum(values) for values in zip(*doc.people.values()))
    worst, of = worst_of(doc.people)
    least, name = min((share, family) for family, share in doc.left_out.items())
    found, loops = (sum(values) for values in zip(*doc.loops.values()))
    slowest = "not all" if None in doc.slow.values() else f"{max(doc.slow.values())} min"
    return table(
        ("figure, by behaviour alone", "target", "measured"),
        [
            ("people's intervals called scripted", "0.1%", f"{percent(alarms / whole, 2)} ({alarms} of {whole})"),
            (f"the same, worst person (of those with {LONG} intervals)", "0.5%", f"{percent(worst, 2)}" + (f" ({of})" if worst else "")),
            ("intervals of known families found, in settings not seen", "99%", percent(statistics.fmean(doc.known.values()))),
            ("the same, with enough evidence to judge", "", percent(with_evidence(doc.figures))),
            ("intervals of a family left out found, worst family", "90%", f"{percent(least)} ({spoken(name)})"),
            ("the same, median family", "97%", percent(statistics.median(doc.left_out.values()))),
            ("recorded human input in a loop, found within 3 repetitions", "all", f"{found} of {loops}"),
            ("a jiggler that moves once in 30 s, found after", "10 min", slowest),
            ("calibration error (expected, 10 bins), tools left out by family", "0.02", f"{calibration.expected_error(*doc.claims):.3f}"),
            ("the same, left out with all that work alike", "", f"{calibration.expected_error(*doc.kin_claims):.3f}"),
            ("cost a sample", "1 us", "not measured" if doc.cost is None else f"{doc.cost / 1000:.2f} us"),
        ],
    )


def with_evidence(found):
    learner = found.learner
    rows = (learner.uses == "test") & found.cold_scripts() & learner.enough
    shares = [found.found(found.flagged_known, rows & (learner.groups == name)) for name in learner.families]
    return statistics.fmean(share for share in shares if share == share)


def people(doc):
    """Those who are seen for long, and of others the sources."""
    rows = [(p, n, a) for p, (a, n) in doc.people.items() if "-" not in p]
    sources = sorted({source_of(p) for p in doc.people if "-" in p})
    for source in sources:
        of = [counts for p, counts in doc.people.items() if source_of(p) == source]
        rows.append((f"{len(of)} people of {source}", sum(n for _, n in of), sum(a for a, _ in of)))
    return table(("person", "intervals", "called scripted"), rows)


def strangers(doc):
    rows = [(name, sessions, whole, f"{flagged} ({percent(flagged / whole, 2)})") for name, (flagged, whole, sessions) in doc.strangers.items()]
    return table(("source", "sessions", "intervals", "called scripted"), rows)


def families(doc):
    nothing = float("nan")
    rows = sorted(doc.left_out.items(), key=lambda item: item[1])
    return table(
        ("family", "kin", "left out", "known", "peer"),
        [(spoken(f), kin_of(f), percent(s), percent(doc.known.get(f, nothing)), percent(doc.peer_found.get(f, nothing))) for f, s in rows],
    )


def recorders(doc):
    rows = doc.figures.by_recorder()
    return table(
        ("recorder, or day", "people's intervals", "called scripted", "scripts of families left out, found"),
        [(name, n or "-", f"{a} ({percent(a / n, 2)})" if n else "-", percent(found)) for name, (a, n, found) in rows.items() if name != "after a person"],
    )


def after_people(doc):
    rows = doc.figures.after_people().items()
    return table(("minutes since the person left", "families left out, found", "families known, found"), [(k, percent(a), percent(b)) for k, (a, b) in rows])


def peer(doc):
    alarms, whole = (sum(values) for values in zip(*doc.people.values()))
    worst, of = doc.peer_worst
    return table(
        ("on the same intervals", "this program", "Detect_My_Jiggler's rules"),
        [
            ("people's intervals called scripted", percent(alarms / whole, 2), percent(doc.peer_alarms / doc.peer_people)),
            ("the same, worst person", percent(worst_of(doc.people)[0], 2), f"{percent(worst)} ({of})"),
            ("scripts found, mean of families", *(percent(statistics.fmean(found.values())) for found in (doc.known, doc.peer_found))),
            ("the same, families that move the pointer", *(percent(statistics.fmean(v for k, v in found.items() if moves(k))) for found in (doc.known, doc.peer_found))),
        ],
    )


def moves(family):
    return kin_of(family) not in ("key tapper", "plain typist", "human-like typist", "wheel") and family not in ("click_fixed", "click_jittered", "click_uniform")


def measures(header):
    """(name, what it is), from the program's own table."""
    return table(("measure", "what"), [(f"`{name}`", what) for name, what in re.findall(r'^ +\{"(\w+)", "([^"]+)"', header.read_text(), re.M)])
