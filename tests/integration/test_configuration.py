"""The server's configuration at a real agent: in force, left out, refused, and kept over restarts, whatever the server is."""

import http.server
import json
import re
import subprocess
import threading
import urllib.parse

from support import program, wait_until
from whole_support import WholeTest

JSON = {"Content-Type": "application/json"}


class HostileServer:
    """Takes events, and answers GET /api/config with what the test says, at once and however it is asked."""

    def __init__(self):
        self.settings = {}
        self.version = 1
        self.nothing_new = False  # says so at once, however long it might wait
        self.asked = []  # queries
        self.sent = 0  # requests with events
        hostile = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                hostile.asked.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
                if hostile.nothing_new:
                    self.send_response(304)
                    self.end_headers()
                else:
                    self.answer({"version": hostile.version, "settings": hostile.settings})

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                hostile.sent += 1
                self.answer({"accepted": 0, "duplicates": 500, "rejected": []})

            def answer(self, value):
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class ConfigurationTest(WholeTest):
    def put(self, path, settings=None, status=200, **more):
        body = json.dumps({**({} if settings is None else {"settings": settings}), **more})
        answered, _, answer = self.request("PUT", f"/api/{path}", body, JSON)
        self.assertEqual(answered, status, answer)
        return json.loads(answer)

    def machine(self):
        return json.loads(self.request("GET", "/api/machines/test-machine/configuration")[2])

    def command(self, *words, code=0):
        ended = subprocess.run([program("server"), *words, "--data-dir", self.folder / "data"], text=True, timeout=60,
                               env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True)
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        return ended

    def wait_until_applied(self, version):
        wait_until(lambda: self.machine()["applied_version"] == version, f"version {version} to be in force")

    def value(self, key):
        return self.status()["configuration"]["values"][key]


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


class Hostile(ConfigurationTest):
    def setUp(self):
        super().setUp()
        self.hostile = HostileServer()
        self.addCleanup(self.hostile.stop)
        self.port = self.hostile.port

    def test_a_server_that_was_taken_over_changes_nothing_that_it_may_not(self):
        self.start_sending_agent()
        before = self.status()["configuration"]["values"]
        version = 1_000_000
        for key, value in (("screenshots.blur", False), ("server_url", "http://127.0.0.1:1"), ("credential", "x"),
                           ("features.screenshots", True), ("s3.bucket", "theirs"), ("remote.may_loosen", True),
                           ("screenshots.excluded_apps", ["a" * 10] * 5000), ("buffer_path", "/dev/null"),
                           ("machine_id", "other"), ("screenshots.public_key", "atpub_x")):
            version -= 1  # backwards, too
            self.hostile.settings, self.hostile.version = {"idle_after_sec": 5, key: value}, version
            wait_until(lambda: self.hostile.asked[-1].get("error_version") == str(version), f"{key} to be refused")
            self.assertEqual(self.hostile.asked[-1]["error_key"], key)
            self.assertEqual(self.status()["configuration"]["values"], before)
        self.assertIn("not in force: version", self.ask_agent("status"))

    def test_what_is_no_configuration_is_passed_over(self):
        agent = self.start_sending_agent()
        for settings in ([], {"idle_after_sec": {"a": {}}}):
            self.hostile.settings = settings
            self.hostile.version += 1
            asked = len(self.hostile.asked)
            wait_until(lambda: len(self.hostile.asked) > asked, "the next question")
        self.hostile.settings, self.hostile.version = {"idle_after_sec": 7, "of.a_newer_server": 5}, 50
        wait_until(lambda: self.value("idle_after_sec") == "7", "a good one to be taken")
        self.assertEqual(self.status()["server_configuration"]["unknown"], ["of.a_newer_server"])
        self.stop(agent)

    def test_a_server_that_lets_no_agent_wait_is_not_asked_without_end(self):
        self.hostile.nothing_new = True
        agent = self.start_sending_agent()
        wait_until(lambda: self.hostile.sent >= 3, "three rounds of sending")
        self.assertLess(len(self.hostile.asked), 20)
        self.stop(agent)
