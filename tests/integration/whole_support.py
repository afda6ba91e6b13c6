"""What tests of agent, server and reporter together share."""

import json
import subprocess
from datetime import datetime, timezone

from server_support import ServerTest
from support import AgentTest, program, wait_until

COUNTS = ("key_count", "mouse_clicks", "scroll_count", "mouse_distance_px", "scripted_count")


def noon_zone():
    """A zone where it is about noon now, so that a test's events are of one day and mostly of one hour."""
    ahead = 12 - datetime.now(timezone.utc).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


def totals(events):
    return {field: sum(event[field] for event in events) for field in COUNTS}


class WholeTest(ServerTest, AgentTest):
    """An agent that sends each second to the test's server."""

    def start_sending_agent(self, display=None, **settings):
        return self.start_agent(display, **{"server_url": f"http://127.0.0.1:{self.port}", "send_interval_sec": 1,
                                            **settings})

    def open_rig(self, rig_class, *arguments):
        if rig_class.missing():
            self.skipTest(rig_class.missing())
        rig = rig_class(*arguments)
        self.addCleanup(rig.stop)
        rig.start()
        return rig

    def ask_agent(self, *arguments):
        """What a command for the test's agent prints; it must succeed."""
        ended = subprocess.run([program("agent"), *arguments, "--config", self.folder / "config.yaml"], text=True,
                               env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout

    def status(self):
        return json.loads(self.ask_agent("status", "--json"))

    def wait_until_stored(self, count, machine="test-machine"):
        wait_until(lambda: len(self.stored(machine)) >= count, f"{count} events at the server")
