#!/usr/bin/env python3
"""run.py FILE.mjs...: runs tests of the website by node, in whose folder the packages are that only tests need. Where
node or a browser is not installed, they are skipped."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEBSITE = HERE.parents[1] / "website"
EXIT_SKIPPED = 77  # what Meson takes for it


def main():
    absent = [name for name in ("node", "chromium") if not shutil.which(name)]
    if absent:
        print(f"[node] skipped: not installed: {', '.join(absent)}")
        return EXIT_SKIPPED
    subprocess.run([sys.executable, "-B", WEBSITE / "packages.py", "--dev"], check=True)
    files = [HERE / name for name in sys.argv[1:]]
    codes = [subprocess.run(["node", f"--test-reporter={HERE / 'reporter.mjs'}", file], check=False).returncode for file in files]
    return 1 if any(codes) else 0


if __name__ == "__main__":
    os.environ.setdefault("NODE_NO_WARNINGS", "1")
    sys.exit(main())
