"""Whether the session is locked, by real lockers and buses; and that the agent asks for it when there is input."""

import os
import signal

from screen_support import Dialogue, ScreenTest
from support import AgentTest, program, wait_until

from rigs import XvfbRig


class LockTest(ScreenTest):
    def open(self, bus="unix:path=/nonexistent"):
        self.display = self.rig(XvfbRig())
        self.watcher = Dialogue([program("tests/support/watch_lock"), self.display.display],
                                self.environment(DBUS_SYSTEM_BUS_ADDRESS=bus, DBUS_SESSION_BUS_ADDRESS=bus))
        self.addCleanup(self.watcher.stop)

    def look(self):
        self.watcher.say("")
        return self.watcher.hear()


class SessionLock(LockTest):
    def check(self, *argv):
        self.open()
        self.assertEqual(self.look(), "no")
        self.check_locker(self.display.display, argv, lambda: self.look() == "yes", lambda: self.look() == "no")

    def test_i3lock(self):
        self.need("i3lock")
        self.check("i3lock", "--nofork")

    def test_slock(self):
        self.check(self.slock())

    def test_xscreensaver_says_so_by_a_property(self):
        self.open()
        for word, locked in (("BLANK", "no"), ("LOCK", "yes"), ("BLANK", "no")):
            self.display.x11.set_root("_SCREENSAVER_STATUS", self.display.x11.atom(word), 1, 1)
            self.assertEqual(self.look(), locked, word)

    def test_a_screen_saver_locks_nothing(self):
        self.need("xset")
        self.open()
        self.run_on(self.display.display, "xset", "s", "activate")
        self.assertEqual(self.look(), "no")

    def test_logind_is_believed_and_screen_savers_are_not(self):
        bus = self.start_bus()
        self.open(bus)
        self.assertEqual(self.look(), "no")  # a bus, and nobody on it
        desktop = self.pretend(bus)
        for told, locked in (("visible", "no"), ("hint", "yes"), ("visible", "no"), ("active", "no"), ("silent", "no"),
                             ("hint", "yes")):
            desktop.say(told)
            self.assertEqual(desktop.hear(), told)
            self.assertEqual(self.look(), locked, told)
        os.kill(desktop.pid, signal.SIGSTOP)  # who does not answer is not believed to lock
        self.assertEqual(self.look(), "no")
        os.kill(desktop.pid, signal.SIGCONT)
        self.assertEqual(self.look(), "yes")

    def test_a_display_that_is_gone_is_an_error(self):
        self.open()
        self.assertEqual(self.look(), "no")
        self.display.crash()
        self.assertEqual(self.look(), "unavailable")


class AgentAsks(LockTest, AgentTest):
    def test_the_agent_asks_when_there_is_input(self):
        bus = self.start_bus()
        self.open(bus)
        desktop = self.pretend(bus)

        def asked():
            desktop.say("asked")
            return int(desktop.hear())
        agent = self.start_agent(self.display.display, env={"DBUS_SYSTEM_BUS_ADDRESS": bus})
        self.assertEqual(asked(), 0)
        self.display.scripted.keys(1, rate=100)
        wait_until(asked, "the agent to ask")
        self.stop(agent)
