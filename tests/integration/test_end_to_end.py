"""The main job: what a person does at a display is what every report says, through agent, server and reporter; and
what must not be known is in no file."""

import csv
import html
import io
import json
import re
import subprocess

from support import program, wait_until
from whole_support import COUNTS, WholeTest, noon_zone, totals

from rigs import XvncRig, path_length, polyline
from rigs.rfb_client import RfbClient

CORNERS = [(100, 100), (600, 100), (600, 600), (150, 250)]
RATE = 1000
WORD, TITLE = "zyzzyvaquartz", "Distinctive title 4711"


def play(rig):
    """Genuine and scripted input of every kind: what the counts must be."""
    rig.input.move([CORNERS[0], *polyline(CORNERS, 10)], RATE)
    rig.input.keys(1234, RATE)
    rig.input.clicks(57, RATE, button=1)
    rig.input.scroll(31, -37, RATE)
    rig.scripted.keys(100, RATE)
    rig.scripted.clicks(43, RATE)
    return {"key_count": 1234, "mouse_clicks": 57, "scroll_count": 68, "scripted_count": 143,
            "mouse_distance_px": path_length([CORNERS[0], *polyline(CORNERS, 10)])}


class ReportTest(WholeTest):
    """`self.source`: the options that say where the reporter reads."""

    def setUp(self):
        super().setUp()
        self.zone = noon_zone()

    def report(self, *arguments):
        ended = subprocess.run([program("report"), *arguments, *self.source], text=True, capture_output=True,
                               timeout=60, env=self.environment(LC_ALL="C.UTF-8"))
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout

    def rows(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.report(*arguments, "--format", "csv"))))


class Counts(ReportTest):
    def assert_counts(self, found, what):
        """`found` has this test's counts; the distance within 1%."""
        for field, value in self.injected.items():
            self.assertAlmostEqual(int(found[field]), value, delta=value * 0.01 * (field == "mouse_distance_px"),
                                   msg=f"{field} of {what}")

    def check_data(self):
        summary = json.loads(self.report("summary", "--format", "json"))
        self.assert_counts(summary, "summary")
        self.assertEqual(summary["timezone"], self.zone)
        self.assertAlmostEqual(summary["observed_sec"], summary["active_sec"] + summary["idle_sec"], delta=0.2)
        self.assertGreater(summary["active_sec"], 0)
        hours = json.loads(self.report("timeline", "--format", "json"))["hours"]
        self.assertEqual(len(hours), 24)
        self.assert_counts(totals(hours), "timeline")
        for command in ("events", "export"):
            events = json.loads(self.report(command, "--format", "json"))["events"]
            self.assert_counts(totals(events), command)
            self.assertEqual({(e["machine_id"], e["timezone"]) for e in events}, {("test-machine", self.zone)})
        machines = json.loads(self.report("machines", "--format", "json"))["machines"]
        self.assertEqual([machine["machine_id"] for machine in machines], ["test-machine"])

    def check_tables(self):
        for command in ("summary", "timeline", "events", "export"):
            rows = self.rows(command)
            self.assert_counts({field: sum(int(row[field]) for row in rows) for field in COUNTS}, command + " csv")
        self.assertEqual(self.rows("machines")[0]["machine_id"], "test-machine")
        self.assert_shows(self.report("summary"))
        self.assertIn("test-machine", self.report("machines"))
        self.assertIn("test-machine", self.report("timeline"))
        page = self.report("summary", "--format", "html")
        self.assertTrue(page.lower().startswith("<!doctype html>"), page[:80])
        self.assert_shows(html.unescape(re.sub("<[^>]*>", " ", page)))

    def assert_shows(self, text):
        for number in ("1,234", "57", "68", "143"):
            self.assertRegex(text, rf"(?<![\d,.]){number}(?![\d,.])")

    def test_the_server_reports_what_was_done(self):
        rig = self.open_rig(XvncRig)
        rig.input.move([CORNERS[0]], RATE)
        self.start_server()
        agent = self.start_sending_agent(rig.display, env={"TZ": self.zone})
        self.injected = play(rig)
        self.stop(agent)
        self.assertEqual(self.events(), [])
        self.source = ["--server", f"http://127.0.0.1:{self.port}"]
        self.check_data()
        self.check_tables()

    def test_the_buffer_reports_what_was_done(self):
        rig = self.open_rig(XvncRig)
        rig.input.move([CORNERS[0]], RATE)
        agent = self.start_agent(rig.display, env={"TZ": self.zone})
        self.injected = play(rig)
        self.source = ["--buffer", str(self.buffer)]
        self.assertIn("test-machine", self.report("summary"))  # while the agent has it open
        self.stop(agent)
        self.check_data()
        self.check_tables()


class Windows(ReportTest):
    """An xterm with the focus, and somebody who types a word into it."""

    def work(self, **settings):
        """Returns the events, from the server, while the xterm had the focus."""
        rig = self.open_rig(XvncRig)
        self.need("xterm")
        self.start_window_manager(rig.display)
        self.start_on(rig.display, "xterm", "-T", TITLE, "-geometry", "80x24+0+0", "-xrm", "*allowTitleOps: false", "-e",
                      "cat")
        self.start_server("--log-level", "debug")
        agent = self.start_sending_agent(rig.display, log_level="debug", env={"TZ": self.zone}, **settings)
        viewer = RfbClient(rig.socket_path)
        self.addCleanup(viewer.close)

        def typed_into_xterm():
            viewer.pointer(100, 100, 1, 0)  # the window manager gives the focus to what is clicked
            for letter in WORD:
                viewer.key(ord(letter), True, False)
            viewer.sync()
            return any(event["key_count"] and event["active_app"] == "xterm" for event in self.stored("test-machine"))
        wait_until(typed_into_xterm, "typing in an xterm to be seen")
        self.assertNotIn(TITLE, self.ask_agent("status"))
        self.stop(agent)
        self.source = ["--server", f"http://127.0.0.1:{self.port}"]
        return [event for event in self.stored("test-machine") if event["active_app"] == "xterm"]

    def files_with(self, text):
        """The files of agent and server that hold these bytes."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        self.assertGreater(len(files), 4)
        return sorted(path.name for path in files if text.encode() in path.read_bytes())

    def test_the_window_that_has_the_focus_is_told_and_the_typed_word_is_not(self):
        events = self.work()
        self.assertEqual({event["active_window"] for event in events}, {TITLE})
        apps = json.loads(self.report("apps", "--format", "json"))["apps"]
        self.assertIn("xterm", [app["app"] for app in apps])
        self.assertGreater(float(next(row for row in self.rows("apps") if row["app"] == "xterm")["key_count"]), 0)
        self.assertIn("xterm", self.report("apps"))
        self.assertIn(TITLE, self.report("export"))
        self.assertTrue(self.files_with(TITLE), "a search that finds nothing proves nothing")
        self.assertEqual([name for name in self.files_with(TITLE) if name.endswith(".log")], [])
        self.assertEqual(self.files_with(WORD), [])

    def test_without_window_titles_no_title_is_in_any_file(self):
        events = self.work(**{"features.window_titles": False})
        self.assertTrue(events)
        self.assertEqual({event["active_window"] for event in events}, {""})
        self.assertEqual(self.files_with(TITLE), [])
        self.assertEqual(self.files_with(WORD), [])
