"""Two people at once on one machine, each in an xrdp session of their own: each agent counts its own person's input.

On demand, for it makes users (and removes them), as root:

    apt-get install --no-install-recommends xrdp xorgxrdp freerdp2-x11 xvfb x11-xserver-utils
    meson test -C BUILD --suite on-demand
"""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
from pathlib import Path

from support import ProgramTest, program, wait_until

from rigs import path_length, polyline
from rigs.process import Child
from rigs.xrdp import XrdpRig, XrdpServer

RATE = 200
CORNERS = [(100, 100), (600, 100), (600, 600), (150, 250), (100, 700)]
COUNTS = ("key_count", "mouse_clicks", "scroll_count", "mouse_distance_px", "scripted_count")
NOTHING = dict.fromkeys(COUNTS, 0)


def setUpModule():
    # A test run that is ended from outside removes its users first, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


class Person:
    """A user, the session of theirs, and the agent that they run in it."""

    def __init__(self, server):
        self.user = server.add_user()
        self.rig = XrdpRig(server, self.user)
        self.home = Path(self.user.home)
        self.agent = None

    def start_agent(self):
        config, buffer = self.home / "config.yaml", self.home / "buffer.db"
        config.write_text(f"machine_id: {self.user.name}\ncollect_interval_sec: 1\nbuffer_path: {buffer}\n"
                          "features.judge_behaviour: false\n")
        before = self.collected()
        self.agent = Child(self.user.command(program("agent"), "run", "--config", config),
                           self.home / "agent.log", self.environment())
        wait_until(lambda: self.collected() > before, f"the first event of an agent:\n{self.agent.log_end()}")
        assert self.status()["display"] == "connected", self.status()

    def stop_agent(self):
        code = self.agent.stop()
        assert code == 0, f"the agent ended with {code}:\n{self.agent.log_end()}"

    def status(self):
        ended = subprocess.run(self.user.command(program("agent"), "status", "--json", "--config",
                                                 self.home / "config.yaml"),
                               env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        return json.loads(ended.stdout) if ended.returncode == 0 else {"display": ended.stderr.decode()}

    def environment(self):
        """What a session's own programs have."""
        return {"PATH": os.environ["PATH"], "HOME": self.user.home, "USER": self.user.name,
                "DISPLAY": self.rig.display, "XDG_RUNTIME_DIR": self.user.home}

    def events(self):
        with contextlib.suppress(sqlite3.OperationalError):  # the file or its table is not there yet
            with contextlib.closing(sqlite3.connect(f"file:{self.home}/buffer.db?mode=ro", uri=True)) as database:
                rows = database.execute("SELECT event FROM pending ORDER BY timestamp")
                return [json.loads(row[0]) for row in rows]
        return []

    def collected(self):
        return len(self.events())

    def totals(self):
        events = self.events()
        return {field: sum(event[field] for event in events) for field in COUNTS}


class Xrdp(ProgramTest):
    def setUp(self):
        super().setUp()
        if XrdpServer.missing():
            self.skipTest(XrdpServer.missing())
        self.server = XrdpServer()
        self.addCleanup(self.server.stop)
        self.server.start()
        self.anna, self.ben = self.log_in(), self.log_in()
        for person in (self.anna, self.ben):
            if subprocess.run(person.user.command("test", "-x", program("agent"))).returncode != 0:
                self.skipTest(f"other users cannot run {program('agent')}")
            person.start_agent()
            self.addCleanup(person.agent.stop)

    def log_in(self):
        person = Person(self.server)
        self.addCleanup(person.rig.stop)
        person.rig.start()
        person.rig.input.move([CORNERS[0]], RATE)  # before the agent looks
        return person

    def play(self, injector, keys, clicks, notches):
        injector.keys(keys, RATE)
        injector.clicks(clicks, RATE)
        injector.scroll(0, notches, RATE)
        injector.move(polyline(CORNERS, 5), RATE)
        injector.move(reversed([CORNERS[0], *polyline(CORNERS, 5)]), RATE)  # and back, as the next one begins there
        return keys + clicks + notches + 2 * len(polyline(CORNERS, 5)) + 1

    def check(self, person, keys, clicks, notches, distance, scripted=0):
        counted = person.totals()
        self.assertAlmostEqual(counted["mouse_distance_px"], distance, delta=0.01 * distance)
        self.assertEqual({**counted, "mouse_distance_px": 0},
                         {"key_count": keys, "mouse_clicks": clicks, "scroll_count": notches,
                          "mouse_distance_px": 0, "scripted_count": scripted})

    def test_each_agent_counts_its_own_person(self):
        walk = 2 * path_length([CORNERS[0], *polyline(CORNERS, 5)])
        self.play(self.anna.rig.input, keys=120, clicks=31, notches=17)
        self.anna.stop_agent()
        self.check(self.anna, 120, 31, 17, walk)
        # The other agent went on for at least one event after all that.
        seen = self.ben.collected()
        wait_until(lambda: self.ben.collected() > seen + 1, "the other agent's next event")
        self.assertEqual(self.ben.totals(), NOTHING)

        self.anna.start_agent()
        self.addCleanup(self.anna.agent.stop)
        self.play(self.ben.rig.input, keys=45, clicks=12, notches=29)
        scripted = self.play(self.ben.rig.scripted, keys=33, clicks=8, notches=5)
        seen = self.anna.collected()
        wait_until(lambda: self.anna.collected() > seen + 1, "the other agent's next event")
        self.ben.stop_agent()
        self.anna.stop_agent()
        self.check(self.ben, 45, 12, 29, walk, scripted)
        self.check(self.anna, 120, 31, 17, walk)

    def take_screenshot(self, person, display, file):
        """As that person's agent would."""
        return subprocess.run(person.user.command(program("tests/support/take_screenshot"), display, file, "none", "full"),
                              env=person.environment(), text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)

    def test_a_screenshot_is_of_the_own_session_alone(self):
        file = self.anna.home / "own.jpg"
        taken = self.take_screenshot(self.anna, self.anna.rig.display, file)
        self.assertEqual(taken.returncode, 0, taken.stderr)
        self.assertTrue(file.read_bytes().startswith(b"\xff\xd8\xff"))
        # Also where that session lets all users of the machine in.
        subprocess.run(self.ben.user.command("xhost", "+local:"), env=self.ben.environment(), check=True,
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        refused = self.take_screenshot(self.anna, self.ben.rig.display, self.anna.home / "other.jpg")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("belongs to user", refused.stderr)
        self.assertFalse((self.anna.home / "other.jpg").exists())

    def test_a_session_that_ends_and_starts_again(self):
        first = self.anna.rig.display
        self.anna.rig.input.keys(60, RATE)
        self.anna.rig.input.move([(101, 100)], RATE)  # what came before it has arrived
        self.anna.rig.log_out()
        wait_until(lambda: self.anna.status()["display"] != "connected", "the loss of the session to be told")
        self.anna.rig.start()
        if self.anna.rig.display != first:  # its agent cannot know; the new session starts its own
            self.anna.stop_agent()
            self.anna.start_agent()
            self.addCleanup(self.anna.agent.stop)
        wait_until(lambda: self.anna.status()["display"] == "connected", "the agent to connect")
        self.anna.rig.input.keys(25, RATE)
        self.anna.rig.input.move([CORNERS[0]], RATE)
        self.anna.stop_agent()
        # How far the pointer went is open: the viewer puts it in its place while the agent connects.
        self.assertEqual({**self.anna.totals(), "mouse_distance_px": 0}, {**NOTHING, "key_count": 85})
        self.ben.stop_agent()
        self.assertEqual(self.ben.totals(), NOTHING)
