#!/usr/bin/env python3
"""each_file.py BUILD: checks that each source of the product compiles by itself, in a build folder that was configured
without unity and precompiled headers. The scripts build rooms as one unit each, where a file may lean on what another
one includes."""

import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def syntax_only(command):
    words, kept = iter(shlex.split(command)), []
    for word in words:
        if word in ("-o", "-MF", "-MQ"):
            next(words)
        elif word not in ("-MD", "-c", "ccache"):
            kept.append(word)
    return [*kept, "-fsyntax-only"]


def check(entry):
    result = subprocess.run(syntax_only(entry["command"]), cwd=entry["directory"], text=True, capture_output=True)
    return entry["file"], result.returncode, result.stderr


def main():
    build = sys.argv[1]
    with open(os.path.join(build, "compile_commands.json")) as file:
        entries = [e for e in json.load(file) if e["file"].endswith(".cpp")]
    wrong = 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for name, code, errors in pool.map(check, entries):
            if code != 0:
                wrong += 1
                print(f"{name} does not compile by itself:\n{errors}", file=sys.stderr)
    print(f"test cases: {len(entries)} | {len(entries) - wrong} passed | {wrong} failed | 0 skipped")
    return 1 if wrong or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
