"""Traces on disk (docs/trace-format.md), and whose they are."""

import gzip
import re
from pathlib import Path


def read(path):
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt") as file:
        next(file)
        rows = [line.rstrip("\n").split(",") for line in file]
    return in_order((int(t), kind, int(a), int(b)) for t, kind, a, b in rows)


def in_order(rows):
    """Without rows before the session's start, or before what came before them."""
    out, last = [], 0
    for row in rows:
        if row[0] >= last:
            out.append(row)
            last = row[0]
    return out


def write(path, rows):
    with open(path, "w", newline="\n") as file:
        file.write("t_us,kind,a,b\n")
        file.writelines("%d,%s,%d,%d\n" % row for row in rows)


def person_of(path):
    """By the file's name: mouse-user12-3 and keys-01f tell a source, a person, and a session; of any other folder its name is the
    source, and what comes before -3 or -1min-3 the person."""
    path = Path(path)
    stem = path.name.split(".")[0]
    named = re.fullmatch(r"(mouse)-(user\d+)-\d+|(keys)-(\d+)[a-z]?", stem)
    if not named:
        return f"{path.parent.name}-" + re.sub(r"(-\d+min)?-\d+$", "", stem)
    return named[2] if named[1] else "typist" + named[4].lstrip("0")


def people(folders):
    """Every trace of the folders, as {person: [(name, rows), ...]}; empty traces left out."""
    found = {}
    for path in (path for folder in folders for path in sorted(Path(folder).glob("*.csv*"))):
        rows = read(path)
        if rows:
            found.setdefault(person_of(path), []).append((path.name.split(".")[0], rows))
    return found


def source_of(person):
    """Whose recordings they are, as person_of names people."""
    return person.split("-")[0] if "-" in person else "typing" if person.startswith("typist") else "mouse"
