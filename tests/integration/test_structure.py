"""The house's own rules: floors, what public headers may include, what the library exports."""

import os
import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# What each room may include, besides itself: its floor is what it stands on. A room is a folder below lib/ (with its
# headers in include/activitytrack/), lib/server/ or apps/; a file elsewhere belongs to none.
MAY_USE = {
    "core": set(),
    "dbus": {"core"},
    "sqlite": set(),
    "x11": {"core"},
    "net": {"core"},
    "seal": {"core"},
    "s3": {"core", "net"},
    "screen": {"core", "dbus", "x11"},
    "input": {"core", "x11"},
    "desktop": {"core", "dbus", "x11"},
    "buffer": {"core", "sqlite"},
    "sender": {"core", "net", "s3", "seal"},
    "archive": {"core", "s3", "seal"},
    "config": {"core", "seal"},
    "report": {"core"},
    "agent": {"core", "input", "desktop", "screen", "seal", "buffer", "sender"},
    "server/metrics": set(),
    "server/http": {"core", "net", "server/metrics"},
    "server/database": {"core", "sqlite"},
    "server/events": {"core", "report", "sqlite", "server/metrics", "server/database"},
    "server/accounts": {"core", "server/database", "server/events", "server/http"},
    "server/configuration": {"core", "config", "server/database", "server/events"},
    "server/openid": {"core", "net", "server/accounts"},
    "server/screenshots": {"core", "report", "s3", "screen", "seal", "server/database", "server/events"},
    "server/website": {"core", "net", "server/http"},
    "server/maintenance": {"core", "archive", "server/database", "server/accounts", "server/configuration", "server/events",
                           "server/screenshots"},
    "server/fleet": {"core", "net", "report", "server/http", "server/database", "server/accounts", "server/configuration",
                     "server/events"},
    "server/demo": {"core", "report", "screen", "seal", "server/database", "server/accounts", "server/configuration",
                    "server/events", "server/maintenance", "server/screenshots"},
    "server/api": {"core", "config", "net", "report", "server/metrics", "server/http", "server/database",
                   "server/accounts", "server/configuration", "server/events", "server/fleet", "server/openid",
                   "server/screenshots", "server/maintenance", "server/website"},
    "server/serve": {"core", "config", "net", "s3", "server/http", "server/database", "server/accounts",
                     "server/configuration", "server/events", "server/fleet", "server/openid",
                     "server/screenshots", "server/maintenance", "server/website", "server/api"},
}
READS_ZONE = re.compile(r'\b(localtime(_r)?|mktime|tzset|current_zone) *\(|getenv\("TZ"\)')
PROGRAMS = ("agent", "server", "report")
HIDDEN = ("boost/", "sqlite3.h", "SQLiteCpp", "xcb/", "X11/", "yaml-cpp", "openssl", "sodium.h", "jpeglib.h",
          "turbojpeg.h", "libexif", "systemd/")


def includes(file):
    return INCLUDE.findall(file.read_text())


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in (".hpp", ".cpp", ".h"))


def room_of(name):
    """The room of an include's name ("server/http/router.hpp", "activitytrack/core/event.hpp"); None: no room's."""
    parts = name.removeprefix("activitytrack/").split("/")
    if parts[0] == "server" and len(parts) > 2:
        return "server/" + parts[1]
    return parts[0] if len(parts) > 1 and parts[0] in MAY_USE else None


class Floors(unittest.TestCase):
    def files(self):
        """Every source of the library with its room."""
        for base in (ROOT / "include/activitytrack", ROOT / "lib"):
            for file in sources(base):
                if file.parent != base:
                    yield str(file.relative_to(base).parent), file

    def used_by_rooms(self):
        """{room: {room that it uses: "FILE includes NAME"}}"""
        used = {}
        for room, file in self.files():
            uses = used.setdefault(room, {})
            for name in includes(file):
                other = room_of(name)
                if other and other != room:
                    uses.setdefault(other, f"{file.relative_to(ROOT)} includes {name}")
        return used

    def test_every_room_has_its_floor(self):
        used = self.used_by_rooms()
        self.assertGreater(len(used), 20)
        self.assertEqual(set(used) - set(MAY_USE), set(), "rooms that the floors do not know")
        self.assertEqual(set(MAY_USE) - set(used) - {"sqlite"}, set(), "floors without a room")
        for room, uses in used.items():
            for other, where in uses.items():
                self.assertIn(other, MAY_USE[room], where)

    def test_only_the_desktop_reads_the_zone_of_the_host(self):
        """So what answers for days need not be tested under every zone: see suite time in tests/unit/meson.build."""
        readers = {str(f.relative_to(ROOT)) for folder in ("include", "lib", "apps") for f in sources(ROOT / folder)
                   if READS_ZONE.search(f.read_text())}
        self.assertEqual(readers, {"lib/desktop/time_zone.cpp"})

    def test_no_rooms_use_each_other_in_a_circle(self):
        used = self.used_by_rooms()
        done = set()

        def visit(room, way):
            self.assertNotIn(room, way, f"a circle: {' -> '.join([*way, room])}")
            if room in done:
                return
            for other in used.get(room, {}):
                visit(other, [*way, room])
            done.add(room)

        for room in used:
            visit(room, [])

    def test_the_library_knows_no_program(self):
        for file in sources(ROOT / "lib") + sources(ROOT / "include"):
            for name in includes(file):
                self.assertFalse(name.startswith(("apps/", "common/")), f"{file}: {name}")

    def test_programs_do_not_know_each_other(self):
        for app in PROGRAMS:
            for file in sources(ROOT / "apps" / app):
                for name in includes(file):
                    if (ROOT / "apps" / name).exists():
                        self.assertEqual(name.split("/")[0], "common", f"{file.relative_to(ROOT)} includes {name}")
                    self.assertFalse(name.startswith(("apps/", "../")), f"{file.relative_to(ROOT)} includes {name}")

    def test_folders_of_a_program_use_each_other_in_no_circle(self):
        for app in PROGRAMS:
            used = {}
            for file in sources(ROOT / "apps" / app):
                folder = str(file.parent.relative_to(ROOT / "apps" / app))
                for name in includes(file):
                    if (ROOT / "apps" / app / name).exists() and str(Path(name).parent) != folder:
                        used.setdefault(folder, {})[str(Path(name).parent)] = f"{file.relative_to(ROOT)}: {name}"
            for folder, uses in used.items():
                for other, where in uses.items():
                    self.assertNotIn(folder, used.get(other, {}), f"{where}; {used.get(other, {}).get(folder)}")

    def test_what_programs_share_knows_none_of_them(self):
        for file in sources(ROOT / "apps/common"):
            for name in includes(file):
                if (ROOT / "apps" / name).exists():
                    self.assertTrue(name.startswith("common/"), f"{file.relative_to(ROOT)} includes {name}")

    def test_only_the_agents_rooms_are_public(self):
        for file in sources(ROOT / "include"):
            for name in includes(file):
                if room_of(name):
                    self.assertTrue(name.startswith("activitytrack/"), f"{file.relative_to(ROOT)} includes {name}")


class PublicHeaders(unittest.TestCase):
    def compiler(self):
        return os.environ.get("ACTIVITYTRACK_CXX", "c++").split()

    def test_the_umbrella_has_or_names_every_header_and_pulls_in_nothing_heavy(self):
        umbrella = ROOT / "include/activitytrack/activitytrack.hpp"
        result = subprocess.run([*self.compiler(), "-std=c++20", "-M", f"-I{ROOT}/include", "-x", "c++", str(umbrella)],
                                text=True, capture_output=True, check=True)
        pulled = result.stdout.replace("\\\n", " ").split()
        for heavy in HIDDEN:
            self.assertFalse([p for p in pulled if f"/{heavy}" in p], f"the umbrella pulls in {heavy}")
        apart = re.findall(r"^///     (\S+\.hpp) ", umbrella.read_text(), re.MULTILINE)
        for header in sources(ROOT / "include"):
            if header.suffix == ".hpp":
                name = str(header.relative_to(umbrella.parent))
                self.assertEqual(str(header) in pulled, name not in apart, f"{name}: in the umbrella, or named apart")

    def test_every_header_stands_alone(self):
        for header in sources(ROOT / "include"):
            language = "c" if header.suffix == ".h" else "c++"
            standard = "-std=c11" if language == "c" else "-std=c++20"
            result = subprocess.run([*self.compiler(), standard, "-fsyntax-only", "-Wall", "-Wextra",
                                     f"-I{ROOT}/include", "-x", language, str(header)],
                                    text=True, capture_output=True)
            errors = [line for line in result.stderr.splitlines() if "#pragma once in main file" not in line]
            self.assertEqual(result.returncode, 0, "\n".join(errors))

    def test_an_older_language_is_told_so_in_one_line(self):
        for header in sources(ROOT / "include"):
            result = subprocess.run([*self.compiler(), "-std=c++17", "-fsyntax-only", f"-I{ROOT}/include", "-x", "c++",
                                     str(header)], text=True, capture_output=True)
            errors = [line for line in result.stderr.splitlines() if "error:" in line]
            self.assertEqual(len(errors), 1, f"{header}: {errors}")
            self.assertIn("needs C++20: compile with -std=c++20", errors[0])


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


class Tests(unittest.TestCase):
    def test_meson_runs_each_file_here(self):
        here = Path(__file__).parent
        named = set(re.findall(r"'(?:test_)?(\w+)'", (here / "meson.build").read_text()))
        self.assertEqual({file.stem.removeprefix("test_") for file in here.glob("test_*.py")} - named, set())


if __name__ == "__main__":
    unittest.main()
