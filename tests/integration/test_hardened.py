"""What is delivered is hardened: a release build is configured here, and what it compiles and links is looked at; and
where ACTIVITYTRACK_BUILD is one, its files are."""

import json
import os
import platform
import re
import subprocess
import unittest
from pathlib import Path

from documents import ROOT
from support import ProgramTest, find_program

COMPILED_WITH = {"-D_FORTIFY_SOURCE=2", "-fstack-protector-strong", "-fstack-clash-protection", "-fcf-protection"}
LINKED_WITH = {"-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"}
FILES = ("apps/agent/activitytrack-agent", "apps/server/activitytrack-server", "apps/report/activitytrack-report",
         "lib/libactivitytrack.so")
IS_X86 = platform.machine() == "x86_64"


def readelf(file, *options):
    return subprocess.run(["readelf", "-W", *options, file], capture_output=True, text=True, timeout=120, check=True).stdout


class Configured(ProgramTest):
    def configure(self, *options):
        folder = self.folder / "build"
        done = subprocess.run(["meson", "setup", folder, ROOT, "-Dtests=false", *options], capture_output=True, text=True, timeout=300,
                              env={**os.environ, "CXX": "g++"}, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return folder

    def test_a_release_build_compiles_and_links_so(self):
        self.need("meson", "ninja")
        folder = self.configure("--buildtype=release")
        for command in json.loads((folder / "compile_commands.json").read_text()):
            words = set(command["command"].split())
            with self.subTest(command["file"]):
                self.assertLessEqual(COMPILED_WITH if IS_X86 else COMPILED_WITH - {"-fcf-protection"}, words)
                self.assertTrue({"-O2", "-O3", "-Os"} & words)
        links = re.findall(r"^build (\S+?): cpp_LINKER.*?\n((?: .*\n)+)", (folder / "build.ninja").read_text(), re.MULTILINE)
        linked = {name: set(rules.split()) for name, rules in links}
        for file in FILES:
            names = [name for name in linked if name.startswith(file)]
            self.assertTrue(names, f"{file} is not linked: {list(linked)}")
            for name in names:
                self.assertLessEqual(LINKED_WITH | (set() if ".so" in name else {"-pie"}), linked[name], name)

    def test_a_debug_build_does_not(self):
        self.need("meson", "ninja")
        folder = self.configure("--buildtype=debug")
        self.assertNotIn("FORTIFY", (folder / "compile_commands.json").read_text())


class Built(unittest.TestCase):
    """`meson test` in a release build; the suites' own builds are for finding faults."""

    def setUp(self):
        self.build = Path(os.environ.get("ACTIVITYTRACK_BUILD", ""))
        options = self.build / "meson-info/intro-buildoptions.json"
        values = {option["name"]: option["value"] for option in json.loads(options.read_text())} if options.exists() else {}
        if values.get("optimization") not in ("2", "3", "s") or values.get("b_sanitize") != "none":
            self.skipTest("not a release build")
        if not find_program("readelf"):
            self.skipTest("not installed: readelf")

    def test_its_files_say_so(self):
        for name in FILES:
            file = self.build / name
            with self.subTest(name):
                dynamic, headers, symbols = readelf(file, "-d"), readelf(file, "-l"), readelf(file, "--dyn-syms")
                self.assertRegex(dynamic, r"BIND_NOW")
                self.assertRegex(dynamic, r"FLAGS_1\).*NOW")
                self.assertIn("GNU_RELRO", headers)
                self.assertRegex(headers, r"GNU_STACK .* RW ")
                self.assertIn("__stack_chk_fail", symbols)
                self.assertRegex(symbols, r"__(mem|str|v?sn?printf|f?read|recv|pread|longjmp|fdelt|realpath|poll)\w*_chk")
                self.assertIn("DYN", readelf(file, "-h"))
                if not name.endswith(".so"):
                    self.assertRegex(dynamic, r"FLAGS_1\).*PIE")
                if IS_X86:
                    self.assertRegex(readelf(file, "-n"), r"IBT, SHSTK")


if __name__ == "__main__":
    unittest.main()
