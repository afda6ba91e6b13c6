#!/usr/bin/env python3
"""How often the verdict on input is right: everything left out that is judged. Writes docs/genuine-input.md and its plots.

usage: evaluate.py BUILD --human DIR [--scripted PROGRAM] [--work DIR] [--strangers DIR] [--docs docs]

BUILD, DIR, PROGRAM: as of train.py. With --work the traces are kept in that folder, and those found there are used. Each person,
and then each family, is left out of everything that is fitted: trees, threshold, calibration. The unit is an interval of 60 s with
input in it. Needs numpy.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import strangers
from document import Document
from figures import Figures
from left_out import LeftOut
from train import ROOT, agent_of, command, options, prepared, say


def cost(build):
    """Nanoseconds a sample, of the whole classifier, by its benchmark; None if that is not built."""
    program = build / "tests" / "bench" / "classifier_cost"
    if not program.exists():
        return None
    found = re.findall(r"([\d.]+) ns a sample", subprocess.run([program], capture_output=True, text=True, check=True).stdout)
    return max(map(float, found), default=None)


def main():
    parser = options(__doc__)
    parser.add_argument("--strangers", type=Path, action="append", default=[], help="people who were never fitted to; again for each source")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        learner = prepared(args, args.work or Path(temporary))
        left_out = LeftOut(learner, say)
        say("the figures")
        others = {folder.name: strangers.judged(agent_of(args.build), folder) for folder in args.strangers}
        called = command("evaluate.py", args) + " --strangers DIR" * len(args.strangers)
        Document(Figures(learner, left_out, learner.fit()), cost(args.build), others, called).write(args.docs)


if __name__ == "__main__":
    main()
