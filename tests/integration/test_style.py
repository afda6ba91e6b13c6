"""The form of the sources: what clang-format says, the size of files, run bits."""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("include", "lib", "apps", "tests", "examples")
GENERATED = {"behaviour_model_parameters.hpp"}
MOST_LINES = 400


def sources(*folders):
    for folder in folders:
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".hpp", ".cpp", ".h"))


class Style(unittest.TestCase):
    def test_clang_format_would_change_nothing(self):
        program = shutil.which("clang-format")
        if not program:
            self.skipTest("clang-format is not installed")
        files = [str(p) for p in sources(*FOLDERS) if p.name not in GENERATED]
        self.assertGreater(len(files), 300)
        result = subprocess.run([program, "--dry-run", "-Werror", *files], text=True, capture_output=True)
        wrong = {line.split(":")[0] for line in result.stderr.splitlines() if "[-Wclang-format-violations]" in line}
        self.assertEqual(sorted(wrong), [], "run clang-format -i on these")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_no_file_of_the_product_is_too_long_to_be_one_subject(self):
        for file in sources("include", "lib", "apps"):
            if file.name not in GENERATED:
                self.assertLessEqual(len(file.read_text().splitlines()), MOST_LINES, file.relative_to(ROOT))

    def test_scripts_can_be_run(self):
        for folder in (".ci", "scripts", "tests"):
            for file in sorted((ROOT / folder).rglob("*")):
                if file.is_file() and file.suffix in ("", ".sh", ".py") and file.read_bytes()[:2] == b"#!":
                    self.assertTrue(os.access(file, os.X_OK), f"{file.relative_to(ROOT)} has no run bit")


if __name__ == "__main__":
    unittest.main()
