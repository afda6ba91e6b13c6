"""What the three programs have in common: words on the command line, --help, and output that cannot be written."""

import os
import re
import subprocess

from support import AgentTest, program

PROGRAMS = ("agent", "server", "report")
DONE, FAILED, USAGE = 0, 1, 2


class CommandLineTest(AgentTest):
    def run_program(self, name, *arguments, stdout=subprocess.PIPE, env=None, **options):
        folder = {"ACTIVITYTRACK_DATA_DIR": str(self.folder / "data")} if name == "server" else {}
        ended = subprocess.run([program(name), *map(str, arguments)], env=self.environment(**folder, **(env or {})),
                               text=True, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, timeout=60,
                               **options)
        # Other servers of this machine, which are noted, are not this test's.
        ended.stderr = re.sub(r"^activitytrack-server: note: .*\n", "", ended.stderr, flags=re.M)
        return ended

    def assert_one_line(self, ended, name, *parts):
        self.assertEqual(ended.stderr.count("\n"), 1, ended.stderr)
        self.assertTrue(ended.stderr.startswith(f"activitytrack-{name}: "), ended.stderr)
        for part in parts:
            self.assertIn(part, ended.stderr)

    def commands(self):
        """(program, arguments) that succeed, and write to standard output."""
        self.start_agent()
        trace = self.folder / "trace.csv"
        trace.write_text("t_us,kind,a,b\n0,press,1,0\n60000000,press,1,0\n")
        self.assertEqual(self.run_program("server", "enroll-token", "create").returncode, DONE)
        key = self.folder / "my.key"
        self.assertEqual(self.run_program("report", "keygen", "--output", key).returncode, DONE)
        for name in PROGRAMS:
            yield name, ["--help"]
            yield name, ["--version"]
        yield "agent", ["status", "--config", self.folder / "config.yaml"]
        yield "agent", ["pause", "--config", self.folder / "config.yaml"]
        yield "agent", ["replay", trace]
        yield "server", ["user", "--help"]
        for command in ("enroll-token list", "user list", "token list", "machine list", "check"):
            yield "server", command.split()
        yield "report", ["summary", "--help"]
        for command in ("summary", "timeline", "apps", "events", "machines"):
            for form in ("table", "csv", "json", "html"):
                yield "report", [command, "--buffer", self.buffer, "--format", form]
        yield "report", ["export", "--buffer", self.buffer]


class Output(CommandLineTest):
    def test_a_full_disk_is_an_error_of_one_line(self):
        for name, arguments in self.commands():
            with self.subTest(name=name, arguments=arguments), open("/dev/full", "w") as full:
                ended = self.run_program(name, *arguments, stdout=full)
                self.assertEqual(ended.returncode, FAILED)
                self.assert_one_line(ended, name, "cannot write to standard output: No space left on device")

    def test_a_reader_that_has_seen_enough_is_no_error(self):
        for name, arguments in self.commands():
            with self.subTest(name=name, arguments=arguments):
                read, write = os.pipe()
                os.close(read)
                ended = self.run_program(name, *arguments, stdout=write)
                os.close(write)
                self.assertEqual((ended.returncode, ended.stderr), (DONE, ""))

    def test_a_closed_standard_output_is_an_error_and_no_file_takes_its_place(self):
        for name, arguments in self.commands():
            with self.subTest(name=name, arguments=arguments):
                ended = self.run_program(name, *arguments, stdout=None, preexec_fn=lambda: os.close(1))
                self.assertEqual(ended.returncode, FAILED)
                self.assert_one_line(ended, name, "cannot write to standard output: Bad file descriptor")

    def test_a_file_that_takes_no_more_is_an_error(self):
        self.start_agent()
        for place, why in (("/dev/full", "No space left on device"), (self.folder, "Is a directory"),
                           (self.folder / "none" / "x", "No such file or directory")):
            ended = self.run_program("report", "events", "--buffer", self.buffer, "--output", place)
            self.assertEqual(ended.returncode, FAILED)
            self.assert_one_line(ended, "report", f"cannot write to {place}: {why}")

    def test_a_key_whose_public_half_nobody_saw_is_removed(self):
        key = self.folder / "lost.key"
        with open("/dev/full", "w") as full:
            ended = self.run_program("report", "keygen", "--output", key, stdout=full)
        self.assertEqual(ended.returncode, FAILED)
        self.assertIn(f"{key} is removed", ended.stderr)
        self.assertFalse(key.exists())


class Words(CommandLineTest):
    def variables(self, name):
        """Those that a program knows, as its help names its options."""
        texts = [self.run_program(name, "--help").stdout]
        commands = re.search(r"Commands:\n(.*?)\n\n", texts[0], re.S)[1]
        for command in re.findall(r"^  ([a-z-]+(?: [a-z]+)?)(?:  |$)", commands, re.M):
            texts.append(self.run_program(name, *command.split(), "--help").stdout)
        options = re.findall(r"^  --([a-z0-9-]+) [A-Z]", "\n".join(texts), re.M)
        self.assertGreater(len(options), 15)
        return {"ACTIVITYTRACK_" + option.upper().replace("-", "_") for option in options}

    def test_variables_of_the_other_programs_are_no_typing_errors(self):
        known = {name: self.variables(name) for name in PROGRAMS}
        command = {"agent": ["status"], "server": ["user", "list"], "report": ["machines", "--buffer", "/none"]}
        for name in PROGRAMS:
            foreign = set().union(*known.values()) - known[name]
            ended = self.run_program(name, *command[name], env={variable: "x" for variable in foreign})
            self.assertNotIn("did you mean", ended.stderr)

    def test_a_variable_that_is_nearly_one_is_named(self):
        ended = self.run_program("report", "machines", "--buffer", "/none", env={"ACTIVITYTRACK_SEVRER": "x"})
        self.assertEqual(ended.returncode, FAILED)
        self.assertIn("ACTIVITYTRACK_SEVRER is not known and has no effect (did you mean ACTIVITYTRACK_SERVER?)",
                      ended.stderr)
        ended = self.run_program("agent", "status", env={"ACTIVITYTRACK_MACHINEID": "x"})
        self.assertIn("(did you mean ACTIVITYTRACK_MACHINE_ID?)", ended.stderr)
        ended = self.run_program("server", "enroll-token", "create", env={"ACTIVITYTRACK_DATA_DRI": "x"})
        self.assertEqual(ended.returncode, DONE)
        self.assert_one_line(ended, "server", "(did you mean ACTIVITYTRACK_DATA_DIR?)")
        ended = self.run_program("server", "--version", env={"ACTIVITYTRACK_DATA_DRI": "x"})
        self.assertEqual(ended.stderr, "")

    def test_a_word_that_is_nearly_right_leads_to_the_right_one(self):
        for name, arguments, meant in (
                ("agent", ["statsu"], "status"), ("agent", ["--server-ulr", "x"], "--server-url"),
                ("agent", ["run", "--server", "x"], "--server-url"), ("agent", ["help"], "--help"),
                ("server", ["user", "ad", "ann"], "user add"), ("server", ["usre", "add", "ann"], "user add"),
                ("server", ["tokens", "list"], "token list"), ("server", ["--data-dri", "x"], "--data-dir"),
                ("report", ["sumary"], "summary"), ("report", ["summary", "--machin", "m"], "--machine")):
            ended = self.run_program(name, *arguments)
            self.assertEqual((ended.returncode, ended.stdout), (USAGE, ""))
            self.assert_one_line(ended, name, f"(did you mean {meant}?)")

    def test_the_first_word_of_several_commands_lists_them(self):
        ended = self.run_program("server", "user")
        self.assertEqual(ended.returncode, USAGE)
        self.assert_one_line(ended, "server", "user add, user list, user remove, user passwd")
        ended = self.run_program("server", "user", "--help")
        self.assertEqual((ended.returncode, ended.stderr), (DONE, ""))
        self.assertIn("\n  user passwd ", ended.stdout)

    def test_help_fits_the_columns_that_there_are(self):
        for name in PROGRAMS:
            for columns in (50, 80, 100):
                text = self.run_program(name, "--help", env={"COLUMNS": str(columns)}).stdout
                longest = max(len(line) for line in text.splitlines() if " " in line.strip())
                self.assertLessEqual(longest, columns)
                self.assertGreater(longest, columns - 10)
