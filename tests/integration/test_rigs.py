"""The rigs themselves: the pointer ends where it was sent, whoever sends it."""

import unittest

import support  # noqa: F401  (finds the rigs)
from rigs import RIGS, path_length, polyline

RATE = 1000


class Rigs(unittest.TestCase):
    def open(self, rig_class):
        if rig_class.missing():
            self.skipTest(rig_class.missing())
        rig = rig_class()
        self.addCleanup(rig.stop)
        return rig.start()

    def check_pointer(self, rig_class):
        rig = self.open(rig_class)
        for injector, end in ((rig.input, (700, 60)), (rig.scripted, (90, 300))):
            injector.move(polyline([rig.x11.pointer(), (400, 400), end], 5), RATE)
            self.assertEqual(rig.x11.pointer(), end)
        rig.x11.warp(11, 12)
        self.assertEqual(rig.x11.pointer(), (11, 12))

    def test_polyline(self):
        points = [(0, 0), *polyline([(0, 0), (30, 40), (30, 0)], 1)]
        self.assertEqual(points[-1], (30, 0))
        self.assertEqual(len(points), 1 + 50 + 40)
        self.assertAlmostEqual(path_length([(0, 0), (30, 40), (30, 0)]), 90)


for _rig in RIGS:
    setattr(Rigs, f"test_pointer_{_rig.name}", lambda self, rig=_rig: self.check_pointer(rig))
