"""A night in which nothing was observed for every reason there is: each gap has its name in the events, in what the
server says of the machine meanwhile, in the timeline, and in what a person reads."""

import csv
import io
import json
import signal
import subprocess
from datetime import datetime

from screen_support import ScreenTest
from support import program, wait_until
from test_reconnect import free_display
from whole_support import WholeTest, noon_zone

from rigs import XvncRig

NIGHT = ["paused", "asleep", "asleep", "blind", "clock", "stopped", "off", "stopped"]


class Night(WholeTest, ScreenTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start_bus()
        self.logind = self.pretend(self.bus)
        self.display = free_display()
        self.rig_now = self.open_rig(XvncRig, self.display)
        self.clock = self.folder / "clock"
        self.clock.write_text("0")
        self.zone = noon_zone()
        self.server = self.start_server()

    def run_agent(self):
        return self.start_sending_agent(self.display, env={
            "DBUS_SYSTEM_BUS_ADDRESS": self.bus, "SET_CLOCK": str(self.clock), "TZ": self.zone,
            "LD_PRELOAD": program("tests/support/libset_clock.so"), "ASAN_OPTIONS": "verify_asan_link_order=0"})

    def get(self, path):
        status, _, body = self.request("GET", path)
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def wait_for_state(self, state):
        wait_until(lambda: self.get("/api/machines/test-machine")["state"] == state, f"the machine to be {state}")

    def names(self):
        return [event["gap_before"] for event in self.stored("test-machine") if "gap_before" in event]

    def wait_for_names(self, count):
        wait_until(lambda: len(self.names()) >= count, f"the gap {NIGHT[count - 1]}")
        self.assertEqual(self.names(), NIGHT[:count])

    def ask_logind(self, line):
        self.logind.say(line)
        return self.logind.hear()

    def pause_and_sleep(self):
        self.ask_agent("pause")
        self.wait_for_state("paused")
        self.ask_agent("resume")
        self.wait_for_names(1)
        self.assertEqual(self.ask_logind("locks"), "1")
        self.ask_logind("sleep")
        self.wait_for_state("asleep")
        wait_until(lambda: self.ask_logind("locks") == "0", "the machine to be let sleep")
        self.assertEqual(self.status()["state"], "asleep")
        self.ask_logind("wake")
        wait_until(lambda: self.ask_logind("locks") == "1", "the next sleep to be held back")
        self.wait_for_names(2)

    def sleep_while_the_server_does_not_answer(self):
        """The sleep is not held back for it."""
        self.server.process.send_signal(signal.SIGSTOP)
        self.ask_logind("sleep")
        wait_until(lambda: self.status()["state"] == "asleep", "the agent to hear of the sleep")
        wait_until(lambda: self.ask_logind("locks") == "0", "the machine to be let sleep")
        self.server.process.send_signal(signal.SIGCONT)
        self.ask_logind("wake")
        wait_until(lambda: self.ask_logind("locks") == "1", "the next sleep to be held back")
        self.wait_for_names(3)

    def lose_the_display_and_set_the_clock(self):
        self.rig_now.crash()
        self.wait_for_state("capture_failing")
        self.assertEqual(self.status()["state"], "blind")
        self.rig_now = self.open_rig(XvncRig, self.display)
        self.wait_for_names(4)
        self.clock.write_text("30")
        self.assertEqual(self.status()["state"], "collecting")
        self.wait_for_names(5)

    def stop_and_boot(self, agent):
        self.stop(agent)
        self.wait_for_state("stopped")
        agent = self.run_agent()
        self.wait_for_names(6)
        agent.process.kill()
        agent.process.wait()
        (self.folder / "buffer.db.boot").write_text("another boot of the machine\n")
        agent = self.run_agent()
        self.wait_for_names(7)
        agent.process.kill()
        agent.process.wait()
        agent = self.run_agent()
        self.wait_for_names(8)
        self.stop(agent)
        self.wait_for_state("stopped")

    def report(self, *arguments):
        ended = subprocess.run([program("report"), "timeline", "--server", f"http://127.0.0.1:{self.port}", *arguments],
                               text=True, capture_output=True, timeout=60, env=self.environment(LC_ALL="C.UTF-8"))
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout

    def check_reports(self):
        timeline = self.get("/api/activity/test-machine/timeline")
        gaps = timeline["gaps"]
        self.assertEqual([gap["name"] for gap in gaps][:len(NIGHT)], NIGHT)
        for gap in gaps:
            self.assertLess(datetime.fromisoformat(gap["from"]), datetime.fromisoformat(gap["to"]))
        self.assertEqual(json.loads(self.report("--format", "json"))["gaps"][:len(NIGHT)], gaps[:len(NIGHT)])
        cells = " ".join(row["gaps"] for row in csv.DictReader(io.StringIO(self.report("--format", "csv"))))
        shown, page = self.report(), self.report("--format", "html")
        for name in NIGHT:
            self.assertIn(f"{name} ", cells)
            self.assertIn(f" {name} ", shown)
            self.assertIn(f'<rect class="gap {name}"', page)
            self.assertIn(f'<i class="gap {name}"></i>{name}: ', page)

    def test_each_gap_of_a_night_has_its_name(self):
        agent = self.run_agent()
        self.wait_until_stored(1)
        self.pause_and_sleep()
        self.sleep_while_the_server_does_not_answer()
        self.lose_the_display_and_set_the_clock()
        self.stop_and_boot(agent)
        self.check_reports()
