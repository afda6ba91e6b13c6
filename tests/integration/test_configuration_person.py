"""What the server's configuration does to the person at a real display: what it may loosen, and that they are told."""

import json
import re
import subprocess
from datetime import datetime, timezone

from configuration_support import ConfigurationTest
from desk_support import DeskTest
from screen_support import ScreenTest
from support import program, wait_until


class Person(DeskTest, ConfigurationTest, ScreenTest):
    def setUp(self):
        super().setUp()
        self.need("dunst", "dunstctl")
        self.bus = self.start_bus()
        self.start_server()

    def start_dunst(self):
        self.desktop = self.environment(DBUS_SESSION_BUS_ADDRESS=self.bus)
        dunst = self.start_on(self.rig.display, "dunst", env=self.desktop)
        wait_until(lambda: dunst.ended() or self.dunstctl("is-paused").strip() == "false", "dunst on the bus")

    def dunstctl(self, *words):
        return subprocess.run(["dunstctl", *words], env=self.desktop, text=True, capture_output=True, timeout=60).stdout

    def shown(self):
        """The texts of what the desktop showed."""
        self.dunstctl("close-all")
        return [one["body"]["data"] for one in json.loads(self.dunstctl("history"))["data"][0]]

    def start_agent_that_may_loosen(self):
        return self.start_photographing_agent(env={"DBUS_SESSION_BUS_ADDRESS": self.bus}, **{"remote.may_loosen": True})

    def loosen(self, **more):
        version = self.put("machines/test-machine/configuration", {"screenshots.blur": False, **more})["version"]
        self.wait_until_applied(version)

    def wait_until_told(self):
        told = "The server has set screenshots.blur, as this machine's configuration allows"
        wait_until(lambda: any(told in text for text in self.shown()), "the person to be told")

    def hardest_edge(self, shot):
        """How much, of 255, two pixels side by side differ at most."""
        jpeg, ppm = self.folder / "shot.jpg", self.folder / "shot.ppm"
        jpeg.write_bytes(self.content(shot)[1])
        subprocess.run([program("tests/support/sharpen_picture"), jpeg, ppm, "1", "1", "0"], check=True, timeout=60)
        picture = ppm.read_bytes()
        head = re.match(rb"P6\s(\d+)\s\d+\s255\s", picture)
        width, red = int(head.group(1)), picture[head.end()::3]
        return max(abs(red[at] - red[at - 1]) for at in range(1, len(red)) if at % width)

    def test_a_blur_that_the_machine_lets_the_server_take_off_is_off_and_the_person_is_told(self):
        self.start_dunst()
        agent = self.start_agent_that_may_loosen()
        blurred = self.screenshots(1)[0]
        self.loosen(idle_after_sec=30)
        since = datetime.now(timezone.utc)
        self.wait_until_told()

        def taken_since():
            self.work()
            return [shot for shot in self.listed() if datetime.fromisoformat(shot["taken_at"]) > since]
        sharp = wait_until(taken_since, "the next picture")[0]
        self.assertLess(self.hardest_edge(blurred), 64)
        self.assertGreater(self.hardest_edge(sharp), 128)
        server = self.status()["server_configuration"]
        self.assertEqual((server["loosened"], server["may_loosen"], server["notice_error"]),
                         (["screenshots.blur"], True, ""))
        self.stop(agent)

    def test_a_desktop_that_does_not_tell_the_person_is_in_the_status_and_tried_again(self):
        agent = self.start_agent_that_may_loosen()
        self.loosen()
        error = wait_until(lambda: self.status()["server_configuration"]["notice_error"], "the notice to fail")
        self.assertIn(f"could not be told on the desktop: {error}", self.ask_agent("status"))
        checks = json.loads(subprocess.run([program("agent"), "doctor", "--json", "--config", self.folder / "config.yaml"],
                                           env=self.environment(), text=True, capture_output=True, timeout=60).stdout)
        line, = (check for check in checks["checks"] if check["name"] == "server's settings")
        self.assertEqual(line["state"], "not_ok")
        self.assertRegex(line["text"], "^version 1 (in force|on trial), 1 settings from the server, 1 looser than this "
                                       "machine's own: screenshots.blur; ")
        self.start_dunst()
        self.loosen(idle_after_sec=30)  # so that the agent asks anew, and tries it again
        self.wait_until_told()
        wait_until(lambda: not self.status()["server_configuration"]["notice_error"], "the status to know")
        self.stop(agent)
