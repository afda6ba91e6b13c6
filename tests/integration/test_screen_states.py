"""When the X11 screen source takes nothing, by real lockers, savers and buses; and the desktop's notifications."""

import json
import socket
import subprocess
import unittest

from screen_support import ScreenTest
from support import program, wait_until

from rigs import XorgRig, XvfbRig


class Blanked(ScreenTest):
    def test_the_screen_saver(self):
        self.need("xset")
        rig = self.rig(XvfbRig())
        watcher = self.watch(rig.display)
        self.run_on(rig.display, "xset", "s", "activate")
        self.assertEqual(watcher.capture(), ([], "blanked"))
        self.run_on(rig.display, "xset", "s", "reset")
        self.assertEqual(watcher.capture()[1], "visible")

    def test_a_monitor_that_sleeps(self):
        self.need("xset")
        rig = self.rig(XorgRig())
        extensions = subprocess.run(["xset", "q"], env=self.environment(DISPLAY=rig.display), text=True,
                                    capture_output=True, timeout=60).stdout
        if "not have the DPMS" in extensions:
            self.skipTest("this Xorg's dummy screen has no DPMS")
        watcher = self.watch(rig.display)
        for level in ("standby", "suspend", "off"):
            self.run_on(rig.display, "xset", "+dpms", "dpms", "force", level)
            self.assertEqual(watcher.capture(), ([], "blanked"), level)
        self.run_on(rig.display, "xset", "dpms", "force", "on")
        self.assertEqual(watcher.capture()[1], "visible")


class Lockers(ScreenTest):
    def check(self, *argv):
        rig = self.rig(XvfbRig())
        watcher = self.watch(rig.display)
        self.assertEqual(watcher.capture()[1], "visible")
        self.check_locker(rig.display, argv, lambda: watcher.capture() == ([], "locked"),
                          lambda: watcher.capture()[1] == "visible")

    def test_i3lock(self):
        self.need("i3lock")
        self.check("i3lock", "--nofork")

    def test_one_that_does_not_name_its_window(self):
        self.check(self.slock())


class Managed(ScreenTest):
    def test_a_minimised_application_may_be_on_a_screenshot_and_a_shown_one_may_not(self):
        self.need("xterm")
        rig = self.rig(XvfbRig())
        self.start_window_manager(rig.display)
        self.start_on(rig.display, "xterm", "-class", "Vault")
        watcher = self.watch(rig.display)
        for name in ("vault", "xterm", "XTERM"):
            wait_until(lambda name=name: watcher.capture("app=" + name) == ([], "excluded"), f"{name} to be shown")
        self.run_on(rig.display, "xdotool", "search", "--class", "Vault", "windowminimize")
        wait_until(lambda: watcher.capture("app=vault")[1] == "visible", "xterm to be minimised")
        self.run_on(rig.display, "xdotool", "search", "--class", "Vault", "windowactivate")
        wait_until(lambda: watcher.capture("app=vault")[1] == "excluded", "xterm to be back")


class Buses(ScreenTest):
    def setUp(self):
        super().setUp()
        self.display = self.rig(XvfbRig(640, 480)).display
        self.need("dbus-daemon")

    def watch_with(self, bus):
        return self.watch(self.display, env=self.environment(DBUS_SYSTEM_BUS_ADDRESS=bus, DBUS_SESSION_BUS_ADDRESS=bus))

    def test_what_the_desktop_says_of_locks(self):
        bus = self.start_bus()
        watcher = self.watch_with(bus)
        self.assertEqual(watcher.capture()[1], "visible")  # a bus, and nobody on it
        desktop = self.pretend(bus)
        for told, state in (("visible", "visible"), ("hint", "locked"), ("visible", "visible"), ("active", "locked"),
                            ("silent", "locked"), ("visible", "visible")):
            desktop.say(told)
            self.assertEqual(desktop.hear(), told)
            self.assertEqual(watcher.capture()[1], state, told)

    def test_a_bus_that_says_nothing_holds_nobody_up(self):
        path = str(self.folder / "dumb-bus")
        with socket.socket(socket.AF_UNIX) as dumb:
            dumb.bind(path)
            dumb.listen(8)
            self.assertEqual(self.watch_with("unix:path=" + path).capture()[1], "visible")

    def test_without_a_bus(self):
        self.assertEqual(self.watch_with("unix:path=/nonexistent").capture()[1], "visible")


class Notifications(ScreenTest):
    def notify(self, bus, *words):
        return subprocess.run([program("tests/support/notify"), *words], text=True, capture_output=True, timeout=60,
                              env=self.environment(DBUS_SESSION_BUS_ADDRESS=bus))

    def test_the_desktop_shows_them(self):
        self.need("dunst", "dunstctl")
        rig = self.rig(XvfbRig())
        bus = self.start_bus()
        env = self.environment(DBUS_SESSION_BUS_ADDRESS=bus)
        dunst = self.start_on(rig.display, "dunst", env=env)

        def dunstctl(*words):
            return subprocess.run(["dunstctl", *words], env=env, text=True, capture_output=True, timeout=60).stdout
        wait_until(lambda: dunst.ended() or dunstctl("is-paused").strip() == "false", "dunst on the bus")
        told = self.notify(bus, "A screenshot is taken", "Müller's screen, each 5 min")
        self.assertEqual((told.returncode, told.stderr), (0, ""))

        def history():
            dunstctl("close-all")
            return json.loads(dunstctl("history"))["data"][0]
        one, = wait_until(history, "the notification")
        self.assertEqual([one[name]["data"] for name in ("appname", "summary", "body")],
                         ["activitytrack", "A screenshot is taken", "Müller's screen, each 5 min"])
        self.assertEqual(one["timeout"]["data"], 3_000_000)

    def test_a_desktop_without_them_says_so(self):
        for bus, said in ((self.start_bus(), "Notify"), ("unix:path=/nonexistent", "D-Bus of the session")):
            told = self.notify(bus, "A", "B")
            self.assertEqual(told.returncode, 1)
            self.assertIn(said, told.stderr)


if __name__ == "__main__":
    unittest.main()
