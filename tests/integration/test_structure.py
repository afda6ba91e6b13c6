"""The house's own rules: floors, what public headers may include, what the library exports."""

import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# What each room may include, besides itself. Core is below all; agent is above all.
MAY_USE = {
    "core": set(),
    "net": {"core"},
    "dbus": {"core"},
    "sqlite": set(),
    "x11": {"core"},
    "s3": {"core", "net"},
    "seal": {"core"},
    "screen": {"core", "dbus", "x11"},
    "input": {"core", "x11"},
    "desktop": {"core", "dbus", "x11"},
    "buffer": {"core", "sqlite"},
    "sender": {"core", "net", "s3", "seal"},
    "archive": {"core", "s3", "seal"},
    "config": {"core", "seal"},
    "report": {"core"},
    "agent": {"core", "input", "desktop", "screen", "seal", "buffer", "sender", "config"},
}
HIDDEN = ("boost/asio", "boost/beast", "boost/json", "sqlite3.h", "SQLiteCpp", "xcb/", "X11/", "yaml-cpp", "openssl",
          "sodium.h", "jpeglib.h", "turbojpeg.h", "libexif", "systemd/")


def includes(file):
    return INCLUDE.findall(file.read_text())


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".cpp", ".h"))


class Floors(unittest.TestCase):
    def rooms(self):
        for base in (ROOT / "include/activitytrack", ROOT / "lib"):
            for folder in sorted(p for p in base.iterdir() if p.is_dir()):
                yield folder.name, folder

    def test_every_room_uses_only_the_floors_below(self):
        seen = set()
        for room, folder in self.rooms():
            self.assertIn(room, MAY_USE, f"{folder}: a room that the floors do not know")
            seen.add(room)
            for file in sources(folder):
                for name in includes(file):
                    used = name.removeprefix("activitytrack/").split("/")[0]
                    if used in MAY_USE and used != room:
                        self.assertIn(used, MAY_USE[room], f"{file.relative_to(ROOT)} includes {name}")
        self.assertGreater(len(seen), 8)

    def test_the_library_knows_no_program(self):
        for file in sources(ROOT / "lib") + sources(ROOT / "include"):
            for name in includes(file):
                self.assertFalse(name.startswith("apps/"), f"{file}: {name}")

    def test_programs_do_not_know_each_other(self):
        for app in ("agent", "server", "report"):
            for file in sources(ROOT / "apps" / app):
                for name in includes(file):
                    if (ROOT / "apps" / name).exists():
                        self.assertEqual(name.split("/")[0], "common", f"{file.relative_to(ROOT)} includes {name}")
                    self.assertFalse(name.startswith(("apps/", "../")), f"{file.relative_to(ROOT)} includes {name}")

    def test_what_programs_share_knows_none_of_them(self):
        for file in sources(ROOT / "apps/common"):
            for name in includes(file):
                if (ROOT / "apps" / name).exists():
                    self.assertTrue(name.startswith("common/"), f"{file.relative_to(ROOT)} includes {name}")


class PublicHeaders(unittest.TestCase):
    def compiler(self):
        return os.environ.get("ACTIVITYTRACK_CXX", "c++").split()

    def test_the_umbrella_has_every_header_and_pulls_in_nothing_heavy(self):
        program = '#include <activitytrack/activitytrack.hpp>\n'
        result = subprocess.run([*self.compiler(), "-std=c++20", "-M", f"-I{ROOT}/include", "-x", "c++", "-"],
                                input=program, text=True, capture_output=True, check=True)
        pulled = result.stdout.replace("\\\n", " ").split()
        for heavy in HIDDEN:
            self.assertFalse([p for p in pulled if f"/{heavy}" in p], f"the umbrella pulls in {heavy}")
        for header in sources(ROOT / "include"):
            if header.suffix == ".hpp":
                self.assertIn(str(header), pulled, "not in the umbrella")

    def test_every_header_stands_alone(self):
        for header in sources(ROOT / "include"):
            language = "c" if header.suffix == ".h" else "c++"
            standard = "-std=c11" if language == "c" else "-std=c++20"
            result = subprocess.run([*self.compiler(), standard, "-fsyntax-only", "-Wall", "-Wextra",
                                     f"-I{ROOT}/include", "-x", language, str(header)],
                                    text=True, capture_output=True)
            errors = [line for line in result.stderr.splitlines() if "#pragma once in main file" not in line]
            self.assertEqual(result.returncode, 0, "\n".join(errors))


class Exports(unittest.TestCase):
    def test_the_library_exports_its_own_names_alone(self):
        library = Path(os.environ["ACTIVITYTRACK_BUILD"]) / "lib/libactivitytrack.so"
        result = subprocess.run(["nm", "-D", "-C", "--defined-only", str(library)], text=True,
                                capture_output=True, check=True)
        names = [line.split(maxsplit=2)[2] for line in result.stdout.splitlines()]
        own = re.compile(r"^(at_\w+|activitytrack::.*|(typeinfo|typeinfo name|vtable|VTT|guard variable) for activitytrack::.*)$")
        foreign = [n for n in names if not own.match(n)]
        self.assertEqual(foreign, [])
        self.assertTrue([n for n in names if n.startswith("activitytrack::Agent::start")])


if __name__ == "__main__":
    unittest.main()
