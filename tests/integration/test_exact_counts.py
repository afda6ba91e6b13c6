"""What went in is what is counted, on every kind of X server and at every rate."""

import itertools
import time

from support import AgentTest

from rigs import RIGS, path_length, polyline

CORNERS = [(100, 100), (600, 100), (600, 600), (150, 250), (100, 700)]
# Events a second, how many, and how many pixels each motion covers.
RATES = ((10, 12, 100), (1000, 1000, 2))
COUNTS = ("key_count", "mouse_clicks", "scroll_count", "mouse_distance_px")


class ExactCounts(AgentTest):
    def open(self, rig_class):
        if rig_class.missing():
            self.skipTest(rig_class.missing())
        rig = rig_class()
        self.addCleanup(rig.stop)
        rig.start()
        rig.input.move([CORNERS[0]], rate=1000)  # before the agent looks
        self.assertEqual(rig.x11.pointer(), CORNERS[0])
        return rig

    def play(self, injector, rate, count, step):
        """Input of every kind; returns how many events that makes, all kinds together."""
        path = polyline(CORNERS, step)
        third = count // 3
        played = [injector.keys(count, rate), injector.clicks(third, rate, button=1),
                  injector.clicks(third, rate, button=3), injector.clicks(count - 2 * third, rate, button=2),
                  injector.scroll(third, third - count, rate), injector.move(path, rate)]
        print(f"asked {rate}/s, reached {', '.join(f'{part.rate:.0f}' for part in played)}")
        return 3 * count + len(path)

    def reasons(self):
        return {reason for event in self.events() for reason in event["scripted_reasons"]}

    def assert_nothing_genuine(self):
        self.assertEqual({field: self.total(field) for field in COUNTS}, dict.fromkeys(COUNTS, 0))

    def check_genuine(self, rig_class, rate, count, step):
        rig = self.open(rig_class)
        agent = self.start_agent(rig.display)
        self.play(rig.input, rate, count, step)
        self.stop(agent)
        self.assertEqual(self.total("key_count"), count)
        self.assertEqual(self.total("mouse_clicks"), count)
        self.assertEqual(self.total("scroll_count"), count)
        truth = path_length([CORNERS[0], *polyline(CORNERS, step)])  # in whole pixels, as it was made
        self.assertAlmostEqual(self.total("mouse_distance_px"), truth, delta=0.01 * truth)
        self.assertEqual(self.total("scripted_count"), 0)
        self.assertLessEqual({event["input_verdict"] for event in self.events()}, {"none", "genuine"})

    def check_scripted(self, rig_class, rate, count, step):
        rig = self.open(rig_class)
        agent = self.start_agent(rig.display)
        scripted = self.play(rig.scripted, rate, count, step)
        self.stop(agent)
        self.assert_nothing_genuine()
        self.assertEqual(self.total("scripted_count"), scripted)
        self.assertTrue(all(event["is_idle"] for event in self.events()))
        sentences = {f'input of the device "Virtual core XTEST {kind}", which is the display server\'s own for programs'
                     for kind in ("pointer", "keyboard")}
        self.assertEqual(self.reasons(), {"synthetic_device", *sentences})

    def check_mixed(self, rig_class):
        rig = self.open(rig_class)
        agent = self.start_agent(rig.display)
        for _ in range(20):
            rig.input.keys(5, rate=1000)
            rig.scripted.keys(3, rate=1000)
            rig.scripted.clicks(2, rate=1000)
        self.stop(agent)
        self.assertEqual(self.total("key_count"), 100)
        self.assertEqual(self.total("mouse_clicks"), 0)
        self.assertEqual(self.total("scripted_count"), 100)

    def check_warp(self, rig_class):
        rig = self.open(rig_class)
        agent = self.start_agent(rig.display)
        for i in range(50):
            rig.x11.warp(10 + 15 * i, 500 - 9 * i)
        self.stop(agent)
        self.assert_nothing_genuine()
        self.assertEqual(self.total("scripted_count"), 0)
        self.assertEqual({event["input_verdict"] for event in self.events()}, {"none"})

    def check_warp_jiggler(self, rig_class):
        """Nobody is there, and a program moves the pointer on and on."""
        rig = self.open(rig_class)
        agent = self.start_agent(rig.display)
        for i in itertools.count():
            rig.x11.warp(100 + 10 * (i % 2), 100)
            if self.total("scripted_count") >= 3:
                break
            self.assertLess(i, 600, "moves of the pointer are not seen")
            time.sleep(0.1)
        self.stop(agent)
        self.assert_nothing_genuine()
        self.assertTrue(all(event["is_idle"] for event in self.events()))
        self.assertLessEqual({event["input_verdict"] for event in self.events()}, {"none", "scripted"})
        self.assertIn("warped_pointer", self.reasons())

    def check_held_key(self, rig_class):
        rig = self.open(rig_class)
        agent = self.start_agent(rig.display)
        rig.input.hold_key(repeats=30, rate=100)
        time.sleep(0.05)  # a finger's way up and down again; at once it would be one more repeat
        rig.input.keys(2, rate=100)
        self.stop(agent)
        self.assertEqual(self.total("key_count"), 3)

    def check_edge(self, rig_class):
        """A mouse that is pushed on against the edge: the pointer stays, then comes back at once."""
        rig = self.open(rig_class)
        (x, y), beyond = CORNERS[0], -400
        agent = self.start_agent(rig.display)
        rig.input.move(polyline([(x, y), (beyond, y), (x, y)], 5), rate=500)
        self.assertEqual(rig.x11.pointer(), (x - beyond, y))
        self.stop(agent)
        truth = x + (x - beyond)
        self.assertAlmostEqual(self.total("mouse_distance_px"), truth, delta=0.02 * truth)


def _add(name, check, *arguments):
    setattr(ExactCounts, f"test_{name}", lambda self: check(self, *arguments))


for _rig in RIGS:
    for _rate, _count, _step in RATES:
        _add(f"{_rig.name}_scripted_at_{_rate}", ExactCounts.check_scripted, _rig, _rate, _count, _step)
        if _rig.genuine:
            _add(f"{_rig.name}_genuine_at_{_rate}", ExactCounts.check_genuine, _rig, _rate, _count, _step)
    _add(f"{_rig.name}_warp", ExactCounts.check_warp, _rig)
    _add(f"{_rig.name}_warp_jiggler", ExactCounts.check_warp_jiggler, _rig)
    if _rig.genuine:
        _add(f"{_rig.name}_mixed", ExactCounts.check_mixed, _rig)
        _add(f"{_rig.name}_held_key", ExactCounts.check_held_key, _rig)
    if _rig.relative:
        _add(f"{_rig.name}_edge", ExactCounts.check_edge, _rig)
