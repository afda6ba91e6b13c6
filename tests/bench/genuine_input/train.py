#!/usr/bin/env python3
"""Train the model that tells genuine from scripted input, and write it where the program has it.

usage: train.py BUILD --human DIR [--human DIR ...] [--scripted PROGRAM] [--work DIR] [--out lib/input/behaviour_model_parameters.hpp]

BUILD is a build's folder (its activitytrack-agent takes the measures; which model is built into it does not matter). DIR holds
people's traces, named as traces.py reads them. PROGRAM writes more scripted traces: `PROGRAM OUT --minutes N --seed N`. The same
traces give the same model. Needs numpy.
"""

import argparse
import hashlib
import pickle
import sys
import tempfile
from collections import Counter
from pathlib import Path

import corpus as corpora
import header
import learning
import measures
import traces
from left_out import LeftOut

ROOT = Path(__file__).resolve().parents[3]


def prepared(args, work):
    """The traces with their measures, as a learner."""
    kept = work / "corpus.pickle"
    if kept.exists():
        corpus = pickle.loads(kept.read_bytes())
    else:
        say("reading people's traces, writing the corpus")
        corpus = corpora.build(work, traces.people(args.human), args.scripted)
        kept.write_bytes(pickle.dumps(corpus))
    say(f"measuring {len(corpus.entries)} traces")
    return learning.Learner(corpus, measures.measure(agent_of(args.build), corpus))


def agent_of(build):
    return build / "apps" / "agent" / "activitytrack-agent"


def say(text):
    print(text, file=sys.stderr, flush=True)


def options(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--human", type=Path, required=True, action="append", help="again for each source")
    parser.add_argument("--scripted", type=Path)
    parser.add_argument("--work", type=Path, help="keep the traces here, and use those kept")
    return parser


def digest(folder):
    """A name for the data by its content."""
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.csv*")):
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


SOURCES = {
    "mouse": "mouse sessions of the Balabit Mouse Dynamics Challenge",
    "typing": "free typing from A. Kuruvilla's public keystroke data",
    "dlrv": "mouse on a web site, DLRV data set of Hochschule Bonn-Rhein-Sieg",
    "sapimouse": "mouse tasks in a browser, SapiMouse (Antal, Fejer, Buza 2021)",
}


def command(program, args):
    """How it was called, without where the data lay."""
    return f"tests/bench/genuine_input/{program} BUILD" + " --human DIR" * len(args.human) + " --scripted PROGRAM" * bool(args.scripted)


def provenance(args, learner):
    counts = Counter(map(traces.source_of, learner.people))
    folders = [f"{len(list(folder.glob('*.csv*')))} traces, SHA-256 of names and contents {digest(folder)}" for folder in args.human]
    program = f"; PROGRAM {hashlib.sha256(args.scripted.read_bytes()).hexdigest()[:16]}" if args.scripted else ""
    return [
        "Command: " + command("train.py", args),
        f"People: {len(learner.people)}",
        *(f"  {count}: {SOURCES.get(source, source)}" for source, count in counts.items()),
        *(f"  {folder}" for folder in folders),
        f"Scripts: {len(learner.families)} families{program}. Seed {learner.seed}.",
        f"Intervals: {int((learner.labels == 0).sum())} of people, {int((learner.labels == 1).sum())} of scripts.",
    ]


def main():
    parser = options(__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "lib/input/behaviour_model_parameters.hpp")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        learner = prepared(args, args.work or Path(temporary))
        left_out = LeftOut(learner, say)
        model = learner.fit()
        threshold, calibration = left_out.threshold(), left_out.calibration()
        header.write(args.out, learner.table.names, learner.usual(), model, threshold, calibration, provenance(args, learner))
    say(f"{args.out}: {len(model.trees)} trees, threshold {threshold:.2f}")


if __name__ == "__main__":
    main()
