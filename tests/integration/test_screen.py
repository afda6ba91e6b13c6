"""The X11 screen source on real servers: every way to the pixels, monitors, sizes, and servers that go away."""

import os
import re
import select
import socket
import subprocess
import threading
import unittest

from screen_support import ScreenTest
from support import program, wait_until

from rigs import RIGS, XorgRig, XvfbRig, XvncRig
from rigs.x11_client import connect_unix


def without(*extensions):
    return [word for name in extensions for word in ("-extension", name)]


class ContractScreen(ScreenTest):
    def check(self, rig, *arguments):
        self.need("xdotool")
        self.rig(rig)
        ended = subprocess.run([program("tests/contract/contract_screen_x11"), *arguments], text=True, timeout=240,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env=self.environment(ACTIVITYTRACK_TEST_DISPLAY=rig.display))
        self.assertEqual(ended.returncode, 0, ended.stdout)
        self.assertRegex(ended.stdout, r"test cases: +\d+ \| +[1-9]\d* passed \| 0 failed")

    def test_sizes_that_no_four_divides(self):
        for width, height in ((1366, 768), (1023, 767), (641, 482), (8, 6), (3, 5)):
            with self.subTest(size=f"{width}x{height}"):
                self.check(XvfbRig(width, height), "-tc=ScreenSource: a*")

    def test_depth_16(self):
        self.check(XvfbRig(depth=16), "-tc=ScreenSource: a*")

    def test_servers_that_lack_extensions(self):
        for missing in (["RENDER"], ["MIT-SHM"], ["RANDR"], ["X-Resource", "DPMS", "MIT-SCREEN-SAVER"],
                        ["RENDER", "MIT-SHM", "RANDR", "X-Resource", "DPMS", "MIT-SCREEN-SAVER"]):
            with self.subTest(missing=missing):
                self.check(XvfbRig(640, 480, options=without(*missing)), "-tc=ScreenSource: *")

    def test_without_a_display_the_cases_are_skipped_and_say_so(self):
        ended = subprocess.run([program("tests/contract/contract_screen_x11")], text=True, capture_output=True,
                               timeout=120, env=self.environment())
        self.assertEqual((ended.returncode, ended.stderr), (77, ""))


for _rig in RIGS:
    setattr(ContractScreen, f"test_{_rig.name}", lambda self, rig=_rig: self.check(rig()))


class Ways(ScreenTest):
    def test_the_best_that_the_server_has_is_chosen(self):
        by_descriptor, by_segment, by_reply = "shared memory by descriptor", "shared memory of System V", "XGetImage"
        cases = {
            (): {(): f"XRender, {by_descriptor}", ("no-descriptors",): f"XRender, {by_segment}",
                 ("no-shm",): f"XRender, {by_reply}", ("no-render",): by_descriptor,
                 ("no-render", "no-shm"): by_reply},
            ("RENDER",): {(): by_descriptor},
            ("MIT-SHM",): {(): f"XRender, {by_reply}"},
            ("MIT-SHM", "RENDER"): {(): by_reply},
        }
        for missing, ways in cases.items():
            rig = self.rig(XvfbRig(640, 480, options=without(*missing)))
            for forbidden, expected in ways.items():
                with self.subTest(missing=missing, forbidden=forbidden):
                    watcher = self.watch(rig.display, *forbidden)
                    self.assertEqual(watcher.opened, {"way": expected})
                    self.assertEqual(watcher.capture()[1], "visible")

    def test_a_screen_of_a_palette_is_refused(self):
        rig = self.rig(XvfbRig(640, 480, depth=8))
        opened = self.watch(rig.display).opened
        self.assertEqual(opened["error"], "unsupported")
        self.assertIn("depth 8", opened["message"])


class Monitors(ScreenTest):
    def two(self, rig):
        self.rig(rig)
        self.split(rig.display, Left="600/150x768/200+0+0", Right="424/100x700/180+600+68")
        return rig.display

    def check(self, display):
        watcher = self.watch(display)
        both, state = watcher.capture("each")
        self.assertEqual(state, "visible")
        self.assertEqual([(p["monitor"], p["index"], p["screen"], p["pixels"]) for p in both],
                         [("Left", "0", "600x768", "150x192"), ("Right", "1", "424x700", "106x175")])
        (whole,), _ = watcher.capture()
        self.assertEqual((whole["monitor"], whole["screen"], whole["pixels"]), ("", "1024x768", "256x192"))
        (left, right), _ = watcher.capture("each full")
        self.assertEqual((left["pixels"], right["pixels"]), ("600x768", "424x700"))

    def test_xvfb(self):
        self.check(self.two(XvfbRig()))

    def test_xorg(self):
        self.check(self.two(XorgRig()))

    def test_each_shows_its_own_part(self):
        self.need("xsetroot", "xdotool", "xterm")
        display = self.two(XvfbRig())
        self.run_on(display, "xsetroot", "-solid", "#204060")
        self.start_on(display, "xterm", "-bg", "#800000", "-bw", "0", "-b", "0", "-geometry", "80x50+600+0")
        watcher = self.watch(display)

        def colours():
            return [picture["middle"] for picture in watcher.capture("each full")[0]]
        wait_until(lambda: colours() == ["#204060", "#800000"], "a colour on each monitor")

    def test_what_locks_between_two_pictures_is_seen(self):
        self.need("xset")
        display = self.two(XvfbRig())
        watcher = self.watch(display)
        self.assertEqual(watcher.picture("each")["monitor"], "Left")
        self.run_on(display, "xset", "s", "activate")
        self.assertEqual(watcher.end(), ([], "blanked"))

    def test_an_application_on_one_monitor_forbids_the_other(self):
        self.need("xterm")
        display = self.two(XvfbRig())
        self.start_on(display, "xterm", "-geometry", "20x5+700+200")
        watcher = self.watch(display)
        wait_until(lambda: watcher.capture("each app=XTerm") == ([], "excluded"), "xterm on the screen")
        self.assertEqual(watcher.capture("each app=firefox")[1], "visible")


class Changes(ScreenTest):
    def resize(self, rig, size):
        self.run_on(rig.display, "xrandr", "--output", "VNC-0", "--mode", size)

    def test_a_screen_that_changes_its_size_between_captures(self):
        self.need("xrandr")
        rig = self.rig(XvncRig())
        for ways in ((), ("no-render",), ("no-render", "no-shm")):
            watcher = self.watch(rig.display, *ways)
            for size, quarter in (("800x600", "200x150"), ("1280x1024", "320x256")):
                self.resize(rig, size)
                (picture,), state = watcher.capture()
                self.assertEqual((picture["screen"], picture["pixels"], state), (size, quarter, "visible"))

    def test_a_screen_that_shrinks_during_a_capture(self):
        self.need("xrandr")
        for ways in ((), ("no-render",), ("no-render", "no-shm")):
            rig = self.rig(XvncRig())
            self.split(rig.display, Left="512/100x768/200+0+0", Right="512/100x768/200+512+0")
            watcher = self.watch(rig.display, *ways)
            self.assertEqual(watcher.picture("each")["screen"], "512x768")
            self.resize(rig, "640x480")
            pictures, state = watcher.end()
            self.assertEqual(([p["screen"] for p in pictures], state), (["128x480"], "visible"))
            self.assertEqual(watcher.capture("each")[1], "visible")

    def test_a_display_that_vanishes_during_a_capture(self):
        for ways in ((), ("no-shm",), ("no-render", "no-descriptors"), ("no-render", "no-shm")):
            with self.subTest(ways=ways):
                rig = self.rig(XvfbRig())
                self.split(rig.display, Left="512/100x768/200+0+0", Right="512/100x768/200+512+0")
                watcher = self.watch(rig.display, *ways)
                watcher.picture("each")
                rig.crash()
                pictures, state = watcher.end()
                self.assertEqual((pictures, state["error"]), ([], "unavailable"))
                self.assertIn(rig.display, state["message"])
                self.assertEqual(watcher.capture()[1]["error"], "unavailable")
                self.assertIsNone(watcher.process.poll())


def segments(pid):
    """How many System V segments there are that `pid` made."""
    with open("/proc/sysvipc/shm") as table:
        rows = [line.split() for line in table]
    column = rows[0].index("cpid")
    return sum(row[column] == str(pid) for row in rows[1:])


def private_kib(pid):
    """What a process has in memory that it shares with no other file or program, and its shared memory."""
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return sum(int(size) for name, size in re.findall(r"^(Private_\w+|Shared_Dirty): +(\d+) kB", lines.read(), re.M)
                   if name != "Private_Hugetlb")


class Resources(ScreenTest):
    def test_a_killed_process_leaves_no_shared_memory(self):
        rig = self.rig(XvfbRig())
        watcher = self.watch(rig.display, "no-descriptors")
        watcher.picture("full")
        self.assertEqual(segments(watcher.pid), 1)
        watcher.process.kill()
        watcher.process.wait()
        wait_until(lambda: segments(watcher.pid) == 0, "the server to let go of the segment")

    def test_captures_leave_nothing_behind(self):
        rig = self.rig(XvfbRig())
        for ways in ((), ("no-descriptors",), ("no-shm",), ("no-render",), ("no-render", "no-shm")):
            with self.subTest(ways=ways):
                watcher = self.watch(rig.display, *ways)

                def held():
                    with open(f"/proc/{watcher.pid}/maps") as maps:
                        mappings = sum("memfd" in line or "SYSV" in line for line in maps)
                    return mappings, segments(watcher.pid), len(os.listdir(f"/proc/{watcher.pid}/fd"))
                watcher.capture("each")
                wait_until(lambda: held()[:2] == (0, 0), "the server to let go of the memory")
                before = held()
                for _ in range(20):
                    watcher.capture("each")
                    watcher.capture("full")
                wait_until(lambda: held() == before, "all to be as it was")

    def test_a_quarter_of_1080p_takes_little_memory(self):
        rig = self.rig(XvfbRig(1920, 1080))
        for ways in ((), ("no-render",), ("no-render", "no-shm")):
            with self.subTest(ways=ways):
                # A sanitizer holds freed memory back, unless told otherwise.
                options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
                watcher = self.watch(rig.display, *ways, env=self.environment(ASAN_OPTIONS=options))
                watcher.capture()
                before = private_kib(watcher.pid)
                watcher.picture("")
                self.assertLess(private_kib(watcher.pid) - before, 4096)
                watcher.end()


class OwnSession(ScreenTest):
    def test_a_display_over_a_network_is_refused(self):
        rig = self.rig(XvfbRig(640, 480))
        number = int(rig.display[1:])
        bridge = socket.create_server(("127.0.0.1", 6000 + number))
        self.addCleanup(bridge.close)
        threading.Thread(target=self.carry, args=(bridge, f"/tmp/.X11-unix/X{number}"), daemon=True).start()
        opened = self.watch("127.0.0.1" + rig.display).opened
        self.assertEqual(opened["error"], "permission")
        self.assertIn("network", opened["message"])

    @staticmethod
    def carry(bridge, path):
        """Connects who comes to the socket at `path`, as ssh does."""
        client, _ = bridge.accept()
        server = connect_unix(path)
        with client, server:
            ends = {client: server, server: client}
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)

    @unittest.skipUnless(os.geteuid() == 0 and os.path.exists("/usr/bin/setpriv"), "needs root")
    def test_another_users_display_is_refused(self):
        rig = self.rig(XvfbRig(640, 480, runner=("setpriv", "--reuid=65534", "--clear-groups"), options=("-ac",)))
        opened = self.watch(rig.display).opened
        self.assertEqual(opened["error"], "permission")
        self.assertIn("user 65534", opened["message"])


if __name__ == "__main__":
    unittest.main()
