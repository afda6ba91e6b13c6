"""activitytrack-server demo: as a person types it, beside a server, and signed in with what it prints."""

import json
import re
import time

from server_support import ServerTest, event
from support import wait_until


class Demo(ServerTest):
    def demo(self, *options, code=0):
        ended = self.command("demo", *options, code=code, timeout=120)
        return ended.stdout + ended.stderr

    def machines(self, headers=None):
        status, _, body = self.request("GET", "/api/machines", headers=headers)
        self.assertEqual(status, 200, body)
        return json.loads(body)["machines"]

    def test_what_it_prints_lets_in_and_shows_machines_that_are_marked(self):
        said = self.demo("--days", "2", "--events-sec", "600")
        password = re.search(r"^Password +(\S{16})$", said, re.MULTILINE).group(1)
        self.assertIn("atkey_", said)
        self.start_server("--auth", "required")
        login = json.dumps({"user": "demo", "password": password})
        status, headers, body = self.request("POST", "/api/login", login, {"Content-Type": "application/json"})
        self.assertEqual(status, 200, body)
        machines = self.machines({"Cookie": headers["Set-Cookie"].split(";")[0]})
        self.assertEqual(len(machines), 12)
        self.assertTrue(all(machine["demo"] is True for machine in machines))

    def test_real_machines_are_not_mixed_with_it_unless_that_is_said(self):
        self.start_server()
        self.post([event(1, "vm-1")])
        self.assertIn("add --yes", self.demo("--days", "1", code=2))
        self.assertEqual(len(self.machines()), 1)
        self.demo("--fleet", "3", "--days", "1", "--events-sec", "600", "--yes")
        self.assertEqual([m.get("demo") for m in self.machines()], [True, True, True, None])
        self.demo("--remove")
        self.assertEqual([m["machine_id"] for m in self.machines()], ["vm-1"])

    def test_it_goes_on_until_it_is_ended(self):
        self.start_server()
        follower = self.start("server", "demo", "--follow", "--fleet", "9", "--days", "1", "--events-sec", "1",
                              "--data-dir", self.folder / "data")

        def latest():
            return {m["machine_id"]: m["latest_event"] for m in self.machines()}.get("demo-reception-laptop")

        begun = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        wait_until(lambda: (latest() or "") > begun, "events of now", 90)
        self.stop(follower)

    def test_wrong_numbers_are_named(self):
        for words, named in ((("--fleet", "0"), "--fleet"), (("--events-sec", "7"), "--events-sec"),
                             (("--days", "x"), "--days")):
            self.assertIn(named, self.demo(*words, code=2))
