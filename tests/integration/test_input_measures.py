"""What input is judged by, kept with each event where the setting asks for it: from the agent to the server and out again."""

import json
import sqlite3
import subprocess

from support import program, wait_until
from whole_support import WholeTest

from rigs import XvncRig

JUDGED = {"features.judge_behaviour": True}
KEPT = {**JUDGED, "features.input_measures": True}


def measures(events):
    return {event["timestamp"]: event["input_measures"] for event in events if "input_measures" in event}


class Kept(WholeTest):
    def play(self, rig):
        rig.input.move([(100 + 7 * i, 100 + (i * i) % 90) for i in range(60)], 200)
        rig.input.keys(40, 200)

    def run_to_end(self, name, *arguments):
        ended = subprocess.run([program(name), *map(str, arguments)], text=True, timeout=60, capture_output=True,
                               env=self.environment())
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout

    def reported(self, *source):
        return json.loads(self.run_to_end("report", "export", "--format", "json", *source))["events"]

    def kept_rows(self, data):
        with sqlite3.connect(f"file:{self.folder}/{data}/server.db?mode=ro", uri=True) as database:
            return database.execute("SELECT count(input_measures) FROM events").fetchone()[0]

    def collect(self, rig, **settings):
        """An agent without a server; returns the events in its buffer."""
        agent = self.start_agent(rig.display, **settings)
        seen = wait_until(lambda: self.play(rig) or self.status()["interval"].get("input_measures"), "measures in the status")
        self.assertIn("path", seen)
        self.stop(agent)
        events = self.events()
        for event in events:
            self.assertEqual("input_measures" in event, event["input_verdict"] != "none", event)
        return events

    def test_they_go_from_the_agent_to_the_server_and_out_again(self):
        rig = self.open_rig(XvncRig)
        events = self.collect(rig, **KEPT)
        days = ["--from", events[0]["timestamp"][:10], "--to", events[-1]["timestamp"][:10], "--tz", "UTC"]
        kept = measures(events)
        self.assertEqual(measures(self.reported("--buffer", self.buffer, *days)), kept)

        server = self.start_server()
        agent = self.start_sending_agent(None, **KEPT)
        self.wait_until_stored(len(events) + 1)
        self.stop(agent)
        self.assertEqual(measures(self.stored("test-machine")), kept)
        self.assertEqual(self.kept_rows("data"), len(kept))
        self.assertEqual(measures(self.reported("--server", f"http://127.0.0.1:{self.port}", *days)), kept)
        exported = self.request("GET", "/api/activity/test-machine/export?format=jsonl")[2]
        self.stop(server)

        (self.folder / "events.jsonl").write_bytes(exported)
        self.run_to_end("server", "import", "--data-dir", self.folder / "other", self.folder / "events.jsonl")
        server = self.start_server(data="other")
        self.assertEqual(measures(self.stored("test-machine")), kept)
        self.assertEqual(self.request("DELETE", "/api/machines/test-machine")[0], 202)
        wait_until(lambda: self.kept_rows("other") == 0, "the measures of the erased machine to go")

    def test_a_change_of_the_setting_is_in_force_at_once(self):
        rig = self.open_rig(XvncRig)
        self.start_agent(rig.display, **JUDGED)
        wait_until(lambda: self.play(rig) or self.status()["interval"]["input_verdict"] != "none", "input to be judged")
        self.assertEqual(measures(self.events()), {})
        with open(self.folder / "config.yaml", "a") as config:
            config.write("features.input_measures: true\n")
        wait_until(lambda: self.play(rig) or measures(self.events()),
                   "an event with measures")
