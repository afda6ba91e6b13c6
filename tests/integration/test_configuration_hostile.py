"""A real agent whose server was taken over: whatever it answers, nothing changes that may not, and the agent goes on."""

import gzip
import json
import re
import subprocess
import threading
from pathlib import Path

from configuration_support import ConfigurationTest
from hostile_server import HostileServer
from support import program, wait_until


def answer(body, *fields, status="200 OK"):
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields])
    return [head.encode() + b"\r\n\r\n", body]


def sane(**more):
    return json.dumps({"version": 99, "settings": {"idle_after_sec": 5}, **more}).encode()


def hostile_answers(other_port):
    """Each by its name: the parts that are sent. More of them: tests/unit/agent_app/configuration_poll_test.cpp."""
    many = b'"screenshots.excluded_apps": [' + b'"a",' * 10_000_000 + b'"a"]'
    twice = b'{"version": 99, "settings": {"screenshots.blur": true, "idle_after_sec": 5, "screenshots.blur": false}}'
    return {
        "ten million excluded apps": answer(sane().replace(b"5", b"5, " + many)),
        "a bomb of gzip": answer(gzip.compress(sane(padding=" " * (200 << 20)), 1), "Content-Encoding: gzip"),
        "a page": answer(b"<!DOCTYPE html><title>Sign in</title>", "Content-Type: text/html"),
        "deep": answer(b'{"version":99,"settings":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}"),
        "the same key twice": answer(twice),
        "a redirect": answer(b"", f"Location: http://127.0.0.1:{other_port}/api/config", status="302 Found"),
    }


class Hostile(ConfigurationTest):
    def setUp(self):
        super().setUp()
        self.hostile = HostileServer()
        self.addCleanup(self.hostile.stop)
        self.port = self.hostile.port

    def public_key(self, name):
        made = subprocess.run([program("report"), "keygen", "--output", self.folder / name], text=True, check=True,
                              env=self.environment(), capture_output=True).stdout
        return next(word for word in made.split() if word.startswith("atpub_"))

    def peak_kib(self, agent):
        status = Path(f"/proc/{agent.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1))

    def test_a_server_that_was_taken_over_changes_nothing_that_it_may_not(self):
        pinned, other = self.public_key("a"), self.public_key("b")
        self.hostile.settings = {"screenshots.public_key": pinned}
        self.start_sending_agent()
        wait_until(lambda: self.status()["server_configuration"]["version"] == 1 and
                   not self.status()["server_configuration"]["on_trial"], "the first key to be kept")
        before = self.status()["configuration"]["values"]
        version = 1_000_000
        for key, value in (("screenshots.blur", False), ("server_url", "http://127.0.0.1:1"), ("credential", "x"),
                           ("features.screenshots", True), ("s3.bucket", "theirs"), ("remote.may_loosen", True),
                           ("screenshots.excluded_apps", ["a" * 10] * 5000), ("buffer_path", "/dev/null"),
                           ("machine_id", "other"), ("screenshots.public_key", other), ("screenshots.public_key", "")):
            version -= 1  # backwards, too
            self.hostile.settings, self.hostile.version = {"idle_after_sec": 5, key: value}, version
            wait_until(lambda: self.hostile.asked[-1].get("error_version") == str(version), f"{key} to be refused")
            self.assertEqual(self.hostile.asked[-1]["error_key"], key)
            self.assertEqual(self.status()["configuration"]["values"], before)
        self.assertIn("not in force: version", self.ask_agent("status"))
        self.assertEqual(before["screenshots.public_key"], pinned)

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

    def test_a_server_that_is_too_old_to_be_asked_takes_events(self):
        self.hostile.knows_no_question = True
        agent = self.start_sending_agent()
        wait_until(lambda: self.hostile.asked, "the question")
        sent = self.hostile.sent
        wait_until(lambda: self.hostile.sent >= sent + 2, "events to be sent after it")
        self.assertEqual(len(self.hostile.asked), 1)
        self.assertIn("From server     nothing\n", self.ask_agent("status"))
        self.stop(agent)

    def test_a_server_that_lets_no_agent_wait_is_not_asked_without_end(self):
        self.hostile.nothing_new = True
        agent = self.start_sending_agent()
        wait_until(lambda: self.hostile.sent >= 3, "three rounds of sending")
        self.assertLess(len(self.hostile.asked), 20)
        self.stop(agent)

    def test_answers_that_are_meant_to_break_it_cost_the_agent_nothing(self):
        elsewhere = HostileServer()
        self.addCleanup(elsewhere.stop)
        self.hostile.lets_wait = True
        agent = self.start_sending_agent()
        wait_until(lambda: self.hostile.asked and self.hostile.asked[-1]["version"] == "1", "the first version")
        before, peak = self.status()["configuration"]["values"], self.peak_kib(agent)
        for name, raw in hostile_answers(elsewhere.port).items():
            with self.subTest(name):
                version, sent = self.hostile.version + 1, self.hostile.sent
                self.hostile.raw.append(raw)
                self.hostile.version = version
                wait_until(lambda: self.hostile.asked[-1]["version"] == str(version), "the next sane answer to be taken")
                wait_until(lambda: self.hostile.sent > sent, "events to be sent")
                self.assertEqual(self.hostile.raw, [])
                self.assertEqual(self.status()["configuration"]["values"], before)
        self.assertLess(self.peak_kib(agent) - peak, 32 << 10)
        self.assertEqual((elsewhere.asked, elsewhere.sent), ([], 0))
        self.stop(agent)

    def test_an_answer_that_drips_without_end_holds_nothing_up(self):
        def drip():
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n"
            while not ended.wait(0.05):
                yield b" "
        ended = threading.Event()
        self.addCleanup(ended.set)
        self.hostile.raw = [drip()]
        agent = self.start_sending_agent()
        wait_until(lambda: not self.hostile.raw, "the answer to have begun")
        wait_until(lambda: self.hostile.sent >= 3, "events to be sent meanwhile")
        self.assertEqual(self.status()["server_configuration"]["version"], 0)
        self.stop(agent)
