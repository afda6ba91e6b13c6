"""scripts/quickstart itself, with the programs of this build: on a person's display, without one, in an environment that
is meant for others, and when there is no report to show."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
from pathlib import Path

from support import ProgramTest, program, wait_until

from rigs import XephyrRig

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "quickstart"
SECONDS = 180  # for the agent, the server and a desktop to start, with sanitizers, beside other tests
LINES, COLUMNS = 30, 100
# What a shell may hold that is meant for others.
OTHERS = {
    "ACTIVITYTRACK_TOKEN": "atp_0000000000000000000000000000000000000000000", "ACTIVITYTRACK_MACHINE": "another",
    "ACTIVITYTRACK_MACHINE_ID": "another", "ACTIVITYTRACK_LISTEN": "127.0.0.1:1", "ACTIVITYTRACK_SERVER": "http://127.0.0.1:1",
    "ACTIVITYTRACK_SERVER_URL": "http://127.0.0.1:1", "ACTIVITYTRACK_DATA_DIR": "/proc", "ACTIVITYTRACK_CREDENTIAL": "another",
    "ACTIVITYTRACK_DATE": "2024-01-15", "ACTIVITYTRACK_COLLECT_INTERVAL_SEC": "3600", "ACTIVITYTRACK_FORMAT": "json",
    "http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1", "AWS_PROFILE": "another",
    "XDG_CONFIG_HOME": "/proc", "XDG_DATA_HOME": "/proc", "PYTHONHOME": "/proc", "COLUMNS": "9", "CDPATH": "/",
}


class Run:
    """The script, with all that it prints, into a pipe or on a terminal."""

    def __init__(self, arguments, env, terminal):
        self.output, self._bytes = "", b""
        self._read, write = pty.openpty() if terminal else os.pipe()
        if terminal:
            subprocess.run(["stty", "rows", str(LINES), "columns", str(COLUMNS)], stdin=write, check=True)
        self.process = subprocess.Popen([str(SCRIPT), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=write,
                                        stderr=write, env=env, start_new_session=True)
        os.close(write)

    def read(self):
        """What it has printed so far, without colours."""
        while select.select([self._read], [], [], 0)[0]:
            try:
                data = os.read(self._read, 1 << 16)
            except OSError:  # a terminal that nobody has open any more
                break
            if not data:
                break
            self._bytes += data
        self.output = re.sub(r"\033\[[\d;]*m|\r", "", self._bytes.decode(errors="replace"))
        return self.output

    def wait_for(self, pattern):
        def printed():
            ended = self.process.poll() is not None
            if re.search(pattern, self.read()):
                return True
            if ended:
                raise AssertionError(f"quickstart ended with {self.process.returncode}:\n{self.output}")
            return False

        try:
            wait_until(printed, pattern, SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.output}") from error

    def screen(self):
        """The lines on the terminal since it was cleared for the last time."""
        return self.output.rpartition("\033[2J")[2].split("\n")

    def end(self):
        """The exit code after Ctrl-C, which a terminal sends to all that runs in the foreground. bash may take it for a
        matter of what it waits for, so that it is pressed again."""
        def ended():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
            return self.process.poll() is not None

        wait_until(ended, "the end of quickstart", SECONDS)
        self.read()
        return self.process.returncode

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self._read)


class QuickstartTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "données d'essai: #1"
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()

    def quickstart(self, *arguments, terminal=False, **env):
        build = Path(program("agent")).parents[2]
        run = Run(["--no-install", "--build", build, "--data", self.data, *arguments],
                  self.environment(TMPDIR=str(self.temporary), **env), terminal)
        self.addCleanup(run.close)
        return run

    def display(self, rig_class):
        if rig_class.missing():
            self.skipTest(rig_class.missing())
        rig = rig_class()
        self.addCleanup(rig.stop)
        return rig.start()

    def need_virtual_desktop(self):
        self.need("Xvnc", "openbox", "xterm")

    def processes(self):
        """Command lines of what the script has started: the test's folder is in their environment."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if bytes(self.temporary) in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes())
            except OSError:  # ended, or somebody else's
                pass
        return found

    def check_nothing_is_left(self):
        self.assertEqual(self.processes(), [])
        self.assertEqual(list(self.temporary.iterdir()), [])
        readable = [path for path in self.data.glob("*.yaml") if path.stat().st_mode & 0o077]
        self.assertEqual(readable, [], "others may read these")

    def check_counts(self, **env):
        """What is typed at a display is what the report says."""
        rig = self.display(XephyrRig)
        run = self.quickstart(DISPLAY=rig.display, **env)
        run.wait_for("The first report comes")
        self.assertRegex(run.output, f"Display +{rig.display}, yours")
        rig.input.keys(17, rate=20)
        rig.input.clicks(3, rate=5)
        rig.input.scroll(0, 4, rate=10)
        rig.scripted.keys(5, rate=20)
        run.wait_for(r"\n\d\d:\d\d:\d\d +\d+ s +\d+ ")  # a row of an interval
        self.assertEqual(run.end(), 0, run.output)
        self.assertRegex(run.output, r"Input +17 keys +3 clicks +\S+ px pointer +4 scrolls")
        self.assertRegex(run.output, "Scripted +5 inputs look scripted, not counted")
        self.check_nothing_is_left()

    def test_counts_what_is_typed_at_the_display(self):
        self.check_counts()

    def test_ignores_settings_that_are_meant_for_others(self):
        self.check_counts(**OTHERS)

    def test_says_on_wayland_what_is_counted(self):
        run = self.quickstart(DISPLAY=self.display(XephyrRig).display, XDG_SESSION_TYPE="wayland")
        run.wait_for("The first report comes")
        self.assertIn("on Wayland only X programs are counted yet", run.output)
        run.end()

    def test_works_at_a_virtual_desktop_without_a_display(self):
        self.need_virtual_desktop()
        run = self.quickstart(terminal=True)
        run.wait_for(r"Input +[1-9]\S* keys[^\0]*Ctrl-C ends it")
        self.assertLessEqual(len(run.screen()), LINES, run.screen())
        self.assertEqual(max(map(len, run.screen())), COLUMNS, run.screen())
        self.assertEqual(run.end(), 0, run.output)
        self.assertIn("DISPLAY is not set", run.output)
        self.check_nothing_is_left()

    def test_says_why_a_display_is_not_watched(self):
        self.need_virtual_desktop()
        run = self.quickstart(DISPLAY=":4095")
        run.wait_for("The first report comes")
        self.assertIn("cannot connect to the X display :4095", run.output)
        self.assertRegex(run.output, r"Display +:\d+, a virtual desktop")
        self.assertEqual(run.end(), 0, run.output)

    def test_shows_an_error_that_lasts(self):
        self.need_virtual_desktop()
        for terminal in (False, True):
            with self.subTest(terminal=terminal):
                run = self.quickstart("--virtual", terminal=terminal)
                run.wait_for("The first report comes")
                subprocess.run([program("server"), "user", "remove", "quickstart", "--config", self.data / "server.yaml"],
                               env=self.environment(), check=True, capture_output=True, timeout=SECONDS)
                run.wait_for("No report for 15 s: activitytrack-report: .*token")
                self.assertEqual(run.end(), 1, run.output)
                self.assertIn("There is no report: activitytrack-report: ", run.output)
                self.check_nothing_is_left()

    def test_ends_at_any_time_and_leaves_nothing(self):
        self.need_virtual_desktop()
        for moment in ("To remove", "Starting a virtual desktop", "Website "):
            with self.subTest(moment=moment):
                run = self.quickstart()
                run.wait_for(moment)
                self.assertIn(run.end(), (0, -signal.SIGINT), run.output)
                self.check_nothing_is_left()

    def test_two_of_them_do_not_share_a_folder(self):
        self.need_virtual_desktop()
        first = self.quickstart()
        first.wait_for("The first report comes")
        settings = (self.data / "report.yaml").read_text()
        second = self.quickstart()
        self.assertEqual(second.process.wait(SECONDS), 1)
        self.assertIn("another quickstart uses", second.read())
        self.assertEqual((self.data / "report.yaml").read_text(), settings)
        self.assertEqual(first.end(), 0, first.output)

    def test_names_a_wrong_option(self):
        for arguments, complaint in ((["--frob"], "no option --frob"), (["--seconds", "soon"], "needs a whole number"),
                                     (["--data"], "--data needs a folder")):
            result = subprocess.run([SCRIPT, *arguments], text=True, capture_output=True, env=self.environment(), timeout=SECONDS)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(complaint, result.stderr)
