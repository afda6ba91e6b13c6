"""The server's configuration at a real agent: in force, left out, refused, and kept over restarts."""

import json
import re
from urllib.parse import quote

from configuration_support import ConfigurationTest
from server_support import event
from support import wait_until


class FromServer(ConfigurationTest):
    def setUp(self):
        super().setUp()
        self.start_server()

    def test_a_change_is_in_force_acknowledged_and_kept(self):
        agent = self.start_sending_agent()
        self.put("configuration/defaults", {"idle_after_sec": 30, "log_level": "debug"})
        self.wait_until_applied(1)
        self.assertEqual(self.value("idle_after_sec"), "30")
        self.assertEqual(self.status()["configuration"]["origins"]["idle_after_sec"], "the server, version 1")
        wait_until(lambda: self.machine()["state"] == "needs_restart", "the log's level to wait for a restart")
        wait_until(lambda: not self.status()["server_configuration"]["on_trial"], "the version to count as good")
        self.stop(agent)
        agent = self.start_sending_agent()
        self.assertEqual(self.value("idle_after_sec"), "30")
        wait_until(lambda: self.machine()["state"] == "applied", "the restart to be heard of")
        self.put("configuration/defaults", {})
        self.wait_until_applied(2)
        self.assertEqual(self.value("idle_after_sec"), "60")

    def test_what_protects_the_person_is_left_out_until_the_machines_own_file_allows_it(self):
        self.start_sending_agent()
        self.put("machines/test-machine/configuration", {"screenshots.blur": False, "idle_after_sec": 30})
        self.wait_until_applied(1)
        self.assertEqual((self.value("screenshots.blur"), self.value("idle_after_sec")), ("true", "30"))
        self.assertEqual(self.machine()["left_out"], ["screenshots.blur"])
        self.assertEqual(self.status()["server_configuration"]["left_out"], ["screenshots.blur"])
        self.assertIn("left out, since this machine does not allow it: screenshots.blur", self.ask_agent("status"))
        config = self.folder / "config.yaml"
        own = config.read_text()
        config.write_text(own + "remote.may_loosen: true\n")
        wait_until(lambda: self.value("screenshots.blur") == "false", "the blur to be off")
        self.assertEqual(self.status()["server_configuration"]["loosened"], ["screenshots.blur"])
        config.write_text(own)
        wait_until(lambda: self.value("screenshots.blur") == "true", "the blur to be on again")
        wait_until(lambda: self.machine()["left_out"] == ["screenshots.blur"], "the server to know")
        self.assertEqual(self.value("idle_after_sec"), "30")

    def test_a_bad_value_is_refused_by_name_with_nothing_kept(self):
        refused = self.put("configuration/defaults", {"idle_after_sec": 30, "screenshots.interval_min": 0}, status=422)
        self.assertEqual([error["field"] for error in refused["errors"]], ["settings.screenshots.interval_min"])
        self.assertEqual(json.loads(self.request("GET", "/api/configuration")[2])["version"], 0)

    def asked_by_an_agent(self, query):
        status, _, answer = self.request("GET", f"/api/config?machine_id=other&version=0{query}")
        self.assertEqual(status, 200, answer)
        return json.loads(answer)

    def test_an_agent_of_another_version_is_given_what_it_may_take(self):
        self.post([event(0, machine="other")])
        self.put("machines/other/configuration", {"screenshots.blur": False, "idle_after_sec": 30})
        given = {"version": 1, "settings": {"idle_after_sec": 30}, "left_out": ["screenshots.blur"]}
        newer = quote(json.dumps({"of.a_newer_agent": [1], "screenshots.blur_sigma": 20}))
        for query in ("", f"&may_loosen=false&bounds={newer}&of_a_newer_agent=5"):
            self.assertEqual(self.asked_by_an_agent(query), given, query)
        self.assertEqual(self.asked_by_an_agent("&may_loosen=true")["settings"],
                         {"screenshots.blur": False, "idle_after_sec": 30})

    def test_the_same_from_a_terminal(self):
        self.start_sending_agent()
        self.wait_until_stored(1)
        tried = self.command("config", "set", "defaults", "screenshots.blur=false", "idle_after_sec=30", code=2)
        self.assertRegex(tried.stdout, r"screenshots.blur +- +false +1 +0 +1\n")
        self.assertIn("--yes", tried.stderr)
        self.assertEqual(self.command("config", "history").stdout, "nothing was ever changed\n")
        self.command("config", "set", "group/office", "idle_after_sec=30", "--note", "why", "--yes")
        self.command("config", "group", "test-machine", "office")
        self.wait_until_applied(2)
        wait_until(lambda: re.search(r"test-machine +2 +2 +applied", self.command("config", "states").stdout),
                   "what the agent said to be written down")
        self.assertIn("idle_after_sec  30", self.command("config", "show", "machine/test-machine").stdout)
        self.assertIn("  why\n", self.command("config", "history").stdout)
        self.command("config", "rollback", "1", "--yes")
        self.wait_until_applied(3)
        self.assertEqual(self.value("idle_after_sec"), "60")
        for words, code, part in ((("set", "office", "a=b"), 2, "a scope is defaults, group/NAME or machine/ID"),
                                  (("set", "defaults", "server_url=x"), 2, "only the machine itself sets this"),
                                  (("set", "defaults", "idle_after_sec=0"), 2, "idle_after_sec: must be"),
                                  (("group", "test-machine", "none"), 2, "no group of one of these names"),
                                  (("group", "test-machin", "office"), 1, "did you mean test-machine"),
                                  (("rollback", "99", "--yes"), 1, "no such version")):
            self.assertIn(part, self.command("config", *words, code=code).stderr)
