"""All families of scripted input by name, and traces of them.

usage: families.py OUT [--minutes 12] [--traces 2] [--seed 1]
"""

import argparse
import random
from pathlib import Path

import acts  # noqa: F401  (each of these enters its families into the table)
import any_mover  # noqa: F401
import any_typist  # noqa: F401
import bots  # noqa: F401
import clickers  # noqa: F401
import curves  # noqa: F401
import imitators  # noqa: F401
import jigglers  # noqa: F401
import macros  # noqa: F401
import mixtures  # noqa: F401
import noises  # noqa: F401
import traces
import typists  # noqa: F401
from tools import FAMILIES, MINUTE


def trace_of(name, minutes, seed):
    rng = random.Random("%s-%s" % (name, seed))
    rows = [row for row in FAMILIES[name](rng, minutes) if row[0] < minutes * MINUTE]
    rows.sort(key=lambda row: row[0])
    return rows


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("out", type=Path)
    args.add_argument("--minutes", type=int, default=12)
    args.add_argument("--traces", type=int, default=2)
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name in FAMILIES:
        for number in range(args.traces):
            traces.write(args.out / f"{name}-{number}.csv", trace_of(name, args.minutes, f"{args.seed}-{number}"))


if __name__ == "__main__":
    main()
