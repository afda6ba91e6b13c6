"""A display that goes and comes back, as when an xrdp session ends and starts again: the agent waits for it, says why
there is nothing meanwhile, and counts what comes after, all by itself."""

import json
import os
import random

from support import wait_until
from whole_support import WholeTest, totals

from rigs import XvncRig

RATE = 500


def free_display():
    """A display that nobody has, and that servers which look for a free one will hardly reach."""
    numbers = [n for n in range(300, 900) if not os.path.exists(f"/tmp/.X11-unix/X{n}")]
    return f":{random.choice(numbers)}"


class Reconnect(WholeTest):
    def display(self):
        return self.status()["display"]

    def wait_until_connected(self):
        wait_until(lambda: self.display() == "connected", "the agent to connect")

    def check_blind(self, agent):
        """The agent runs on without a display, and makes no events of what it cannot see."""
        self.assertEqual(self.status()["state"], "blind")
        self.assertFalse(agent.ended(), agent.log_end())
        return len(self.events())

    def check_gap(self, seen):
        """The first event after those has the gap's name."""
        wait_until(lambda: len(self.events()) > seen, "an event with the display")
        self.assertEqual(self.events()[seen]["gap_before"], "blind")

    def check_counts(self, **expected):
        zeros = {field: 0 for field in totals([])}
        self.assertEqual(totals(self.events()), {**zeros, **expected})

    def test_a_server_that_dies_and_another_that_takes_its_place(self):
        display = free_display()
        rig = self.open_rig(XvncRig, display)
        agent = self.start_agent(display)
        self.assertEqual(self.display(), "connected")
        for keys, clicks in ((40, 7), (21, 3)):
            rig.input.keys(keys, RATE)
            rig.scripted.keys(5, RATE)
            rig.input.clicks(clicks, RATE)
            rig.x11.sync()
            rig.crash()
            wait_until(lambda: self.display() != "connected", "the loss of the display to be told")
            self.assertIn(display, self.display())
            seen = self.check_blind(agent)
            rig = self.open_rig(XvncRig, display)
            self.wait_until_connected()
            self.check_gap(seen)
        rig.input.keys(11, RATE)
        self.stop(agent)
        self.check_counts(key_count=72, mouse_clicks=10, scripted_count=10)
        self.assertGreaterEqual(agent.log_end(1000).count("connected again"), 2)

    def test_a_server_that_ends_cleanly(self):
        display = free_display()
        rig = self.open_rig(XvncRig, display)
        agent = self.start_agent(display)
        rig.input.keys(30, RATE)
        rig.stop()
        wait_until(lambda: self.display() != "connected", "the loss of the display to be told")
        self.stop(agent)
        self.check_counts(key_count=30)

    def test_without_any_display_the_agent_is_blind_and_not_idle(self):
        self.start_server()
        agent = self.start_sending_agent(sees=False)
        self.assertIn("DISPLAY is not set", self.display())
        wait_until(lambda: json.loads(self.request("GET", "/api/machines/test-machine")[2]).get("state") ==
                   "capture_failing", "the server to know")
        self.check_blind(agent)
        self.stop(agent)
        self.assertEqual(self.appended(), 0)
        self.start_sending_agent()
        self.wait_until_stored(1)

    def test_a_display_that_comes_after_the_agent(self):
        display = free_display()
        agent = self.start_agent(display, sees=False)
        self.assertIn(display, self.display())
        seen = self.check_blind(agent)
        rig = self.open_rig(XvncRig, display)
        self.wait_until_connected()
        self.check_gap(seen)
        rig.input.keys(25, RATE)
        self.stop(agent)
        self.check_counts(key_count=25)
