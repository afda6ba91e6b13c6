"""Input that no person makes, on real X servers, and what the agent says of it: by its source, and by its behaviour.

The agent judges as people run it, but in short intervals. ACTIVITYTRACK_PEOPLE names a folder with recordings of people
(docs/trace-format.md), which are played through a device; without it that test is skipped."""

import itertools
import os
import subprocess
import time
from pathlib import Path

from support import DEADLINE_SECONDS, AgentTest, program, wait_until

from rigs import XephyrRig, XorgRig, XvfbRig, XvncRig
from rigs.recording import Recording
from rigs.rfb_client import RfbClient
from rigs.x11_client import KEY_PRESS, KEY_RELEASE, MOTION
from rigs.xinput_client import OwnPointerClient

COUNTS = ("key_count", "mouse_clicks", "scroll_count", "mouse_distance_px")


class ScriptedInputTest(AgentTest):
    def open(self, rig_class, env=None, **settings):
        if rig_class.missing():
            self.skipTest(rig_class.missing())
        self.rig = rig_class()
        self.addCleanup(self.rig.stop)
        self.rig.start()
        self.agent = self.start_agent(self.rig.display, env, **{"features.judge_behaviour": True, **settings})

    def found(self):
        """The events with input of a program."""
        return [event for event in self.events() if event["input_verdict"] in ("scripted", "mixed")]

    def reasons(self):
        """The words, and the sentences."""
        return {reason for event in self.found() for reason in event["scripted_reasons"]}

    def again(self, act, until, pause):
        """Does act(0), act(1), ... evenly, until something is so."""
        begin = time.monotonic()
        for i in itertools.count():
            act(i)
            if until():
                return
            self.assertLess(time.monotonic() - begin, 2 * DEADLINE_SECONDS, "a program is not found")
            time.sleep(max(0.0, begin + (i + 1) * pause - time.monotonic()))

    def jiggle(self, i):
        """There and back by some pixels."""
        self.rig.input.move([(500 + 3 * (i % 2), 400)], rate=1000)


class BySource(ScriptedInputTest):
    def test_xdotool(self):
        self.need("xdotool")
        self.open(XvfbRig)
        for step in ("3", "-3") * 5:
            subprocess.run(["xdotool", "mousemove_relative", "--", step, "0", "key", "a", "click", "1"], check=True,
                           env=self.environment(DISPLAY=self.rig.display), timeout=DEADLINE_SECONDS)
        self.stop(self.agent)
        self.assertEqual({event["input_verdict"] for event in self.events()} - {"none"}, {"scripted"})
        self.assertEqual(self.total("scripted_count"), 30)
        self.assertEqual((self.total("key_count"), self.total("mouse_clicks"), self.total("mouse_distance_px")), (0, 0, 0))
        for kind in ("pointer", "keyboard"):
            self.assertIn(f'input of the device "Virtual core XTEST {kind}", which is the display server\'s own for programs',
                          self.reasons())
        self.assertIn("synthetic_device", self.reasons())
        self.assertTrue(all(event["is_idle"] for event in self.events()))

    def test_a_pointer_that_is_moved_without_a_device(self):
        self.open(XvfbRig)
        # Elsewhere at each look, whenever that is.
        self.again(lambda i: self.rig.x11.warp(100 + 10 * (i % 7), 100), self.found, 0.1)
        self.stop(self.agent)
        self.assertEqual(self.reasons(), {"warped_pointer", "a program moved the pointer without any device (XWarpPointer)"})
        self.assertEqual(self.total("mouse_distance_px"), 0)

    def test_devices_that_appear_and_vanish_are_named(self):
        self.open(XvfbRig)
        program = OwnPointerClient(self.rig.display)
        self.addCleanup(program.close)
        for name in ("Visitor", "Guest"):
            sentence = f'input of the device "{name} XTEST pointer", which is the display server\'s own for programs'
            program.add_master(name)
            self.again(lambda i: program.fake_input((MOTION, 0, 300 + i % 7, 300)),
                       lambda sentence=sentence: sentence in self.reasons(), 0.1)
            program.remove_master()
        self.stop(self.agent)
        self.assertEqual(self.total("mouse_distance_px"), 0)


class ByBehaviour(ScriptedInputTest):
    """What comes from devices that are real to the server."""

    def check(self, rig_class, act, pause):
        self.open(rig_class)
        self.again(act, lambda: len(self.found()) >= 3, pause)
        self.stop(self.agent)
        for event in self.found():
            self.assertEqual([event[count] for count in COUNTS], [0, 0, 0, 0])
            self.assertGreater(event["scripted_count"], 0)
            self.assertTrue(event["scripted_reasons"])
        self.assertFalse(self.reasons() & {"synthetic_device", "warped_pointer", "input_while_locked"}, self.reasons())
        self.assertTrue(all(event["genuine_score"] < 0.5 for event in self.found()))

    def test_a_jiggler_at_xorg(self):
        self.check(XorgRig, self.jiggle, 0.4)

    def test_a_jiggler_at_xvnc(self):
        self.check(XvncRig, self.jiggle, 0.4)

    def test_a_jiggler_at_xephyr(self):
        self.check(XephyrRig, self.jiggle, 0.4)

    def test_a_key_that_is_tapped_evenly(self):
        self.check(XvncRig, lambda i: self.rig.input.keys(1, rate=100), 0.15)

    def test_a_clicker(self):
        self.check(XvncRig, lambda i: self.rig.input.clicks(1, rate=100), 0.3)

    def test_a_person_beside_a_jiggler_keeps_what_is_theirs(self):
        self.open(XorgRig)
        self.again(self.jiggle, lambda: len(self.found()) >= 3, 0.4)
        left = [1, 2, 4, 9, 11, 12]  # after which moves a key is pressed: too few to judge

        def both(i):
            self.jiggle(i)
            if i in left:
                self.rig.input.keys(left.count(i), rate=100)

        def mixed():
            return [event for event in self.found() if event["input_verdict"] == "mixed"]
        self.again(both, lambda: self.total("key_count") == len(left), 0.4)
        self.stop(self.agent)
        self.assertTrue(mixed())
        for event in mixed():
            self.assertGreater(event["key_count"], 0)
            self.assertGreater(event["scripted_count"], 0)
            self.assertEqual(event["mouse_distance_px"], 0)
            self.assertFalse(event["is_idle"])


class People(ScriptedInputTest):
    def _collects(self, agent, before):
        """An interval is a minute: its event is not waited for."""
        self.assertFalse(agent.ended(), agent.log_end(40))
        asked = subprocess.run([program("agent"), "status", "--config", self.folder / "config.yaml"], timeout=60,
                               env=self.environment(), capture_output=True)
        return asked.returncode == 0

    def assert_nothing_found(self):
        self.stop(self.agent)
        self.assertEqual(self.found(), [])
        self.assertEqual(self.total("scripted_count"), 0)

    def test_a_little_input_is_a_persons_however_even(self):
        self.open(XvncRig, collect_interval_sec=60)
        self.jiggle(0)
        self.rig.input.keys(4, rate=10)
        self.assert_nothing_found()
        self.assertEqual(self.total("key_count"), 4)
        self.assertIn("genuine", {event["input_verdict"] for event in self.events()})

    def play(self, pattern, seconds):
        folder = os.environ.get("ACTIVITYTRACK_PEOPLE")
        if not folder:
            self.skipTest("ACTIVITYTRACK_PEOPLE names no folder with recordings of people")
        self.open(XvncRig, collect_interval_sec=60)
        viewer = RfbClient(self.rig.socket_path)
        self.addCleanup(viewer.close)
        recording = Recording(sorted(Path(folder).glob(pattern))[0])
        recording.play(viewer, seconds)

    def test_a_persons_mouse(self):
        self.play("mouse-*", 30)
        self.assert_nothing_found()
        self.assertGreater(self.total("mouse_distance_px"), 1000)

    def test_a_persons_typing(self):
        self.play("keys-*", 20)
        self.assert_nothing_found()
        self.assertGreater(self.total("key_count"), 30)


class Endurance(ScriptedInputTest):
    def private_kib(self):
        with open(f"/proc/{self.agent.process.pid}/smaps_rollup") as rollup:
            return sum(int(line.split()[1]) for line in rollup if line.startswith(("Private_Clean", "Private_Dirty")))

    def churn(self, devices):
        """Devices that come and go, each with some input and a name of its own, and a pointer that is everywhere."""
        program = OwnPointerClient(self.rig.display)
        for i in itertools.islice(self.visitors, devices):
            program.add_master(f"Visitor {i} with a name that is longer than anyone needs " + "é" * 40)
            program.fake_input((MOTION, 0, 300, 300 + i % 9), (KEY_PRESS, 38, 0, 0), (KEY_RELEASE, 38, 0, 0))
            self.rig.x11.warp(10 + i % 900, 10 + i % 700)
            program.remove_master()
        program.close()
        told = len(self.events())
        wait_until(lambda: len(self.events()) >= told + 3, "all that came to be in events")

    def rounds_until_memory_stays(self, devices):
        """An allocator takes its time to reach its height; an agent that keeps something of each device has none."""
        self.visitors, highest, without_a_new_high = itertools.count(), 0, 0
        for done in range(1, 31):
            self.churn(devices)
            used = self.private_kib()
            without_a_new_high = 0 if used > highest + 64 else without_a_new_high + 1
            highest = max(highest, used)
            if without_a_new_high == 3:
                return done
        self.fail(f"memory still grows after {done} rounds: {highest} KiB")

    def test_thousands_of_devices_that_come_and_go_take_no_memory(self):
        # A sanitizer holds freed memory back, unless told otherwise.
        options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
        self.open(XvfbRig, {"ASAN_OPTIONS": options + ":allocator_release_to_os_interval_ms=0"})
        rounds = self.rounds_until_memory_stays(devices=2500)
        self.assertEqual(self.total("scripted_count"), 2 * 2500 * rounds)  # also of those that were gone when it looked
        self.assertEqual((self.total("key_count"), self.total("mouse_distance_px")), (0, 0))
        self.rig.scripted.keys(5, rate=100)
        self.rig.crash()
        wait_until(lambda: "not available" in self.agent.log_end(), "the display to be missed")
        self.stop(self.agent)
        self.assertIn("synthetic_device", self.reasons())
