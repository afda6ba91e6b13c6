"""Agents and servers that are killed while a configuration changes: each ends in the last good version or in the new one, and
never between. A version sets two settings alike, so that one that is in force in part is seen."""

import contextlib
import http.client
import itertools
import json
import random
import subprocess
import threading
import time

from configuration_support import JSON, ConfigurationTest
from support import program, wait_until

PAIR = ("idle_after_sec", "screenshots.quality")


class Killed(ConfigurationTest):
    def put_pair(self, number):
        return self.put("configuration/defaults", dict.fromkeys(PAIR, number))["version"]

    def status_now(self):
        """None while no agent answers."""
        ended = subprocess.run([program("agent"), "status", "--json", "--config", self.folder / "config.yaml"], text=True,
                               env=self.environment(), capture_output=True, timeout=60)
        return json.loads(ended.stdout) if ended.returncode == 0 else None

    def is_good(self, version):
        status = self.status_now()
        return status and status["server_configuration"]["version"] == version and not \
            status["server_configuration"]["on_trial"]

    def start_agent_to_kill(self, touch):
        return self.start_sending_agent(sees=False, env={
            "LD_PRELOAD": program("tests/support/libkill_at.so"), "ASAN_OPTIONS": "verify_asan_link_order=0",
            "KILL_FILE": ".remote.json", "KILL_AT": str(touch)})

    def check_pair(self, *numbers):
        values = wait_until(self.status_now, "the agent to answer")["configuration"]["values"]
        one, other = (values[key] for key in PAIR)
        self.assertEqual(one, other)
        self.assertIn(int(one), numbers)

    def test_an_agent_that_dies_at_each_step_of_taking_a_version(self):
        self.start_server()
        agent = self.start_sending_agent(sees=False)
        version = self.put_pair(10)
        wait_until(lambda: self.is_good(version), "the first version")
        for touch in itertools.count(1):
            self.stop(agent)
            agent = self.start_agent_to_kill(touch)
            version = self.put_pair(10 + touch)
            wait_until(lambda: agent.ended() or self.is_good(version), "the agent to be killed, or to be through")
            if not agent.ended():
                break
            agent = self.start_sending_agent(sees=False)
            self.check_pair(10 + touch - 1, 10 + touch)
            wait_until(lambda: self.is_good(version), "the new version")
            self.check_pair(10 + touch)
        self.assertEqual(touch, 11, "five steps to keep the candidate, and five to keep it as good")
        self.stop(agent)

    def put_and_be_killed(self, server, number, after):
        """Whether the server answered."""
        timer = threading.Timer(after, server.process.kill)
        timer.start()
        answered = False
        with contextlib.suppress(OSError, http.client.HTTPException):
            body = json.dumps({"settings": dict.fromkeys(PAIR, number)})
            answered = self.request("PUT", "/api/configuration/defaults", body, JSON)[0] == 200
        timer.join()
        server.process.wait()
        return answered

    def test_a_server_that_dies_at_any_moment_of_a_change(self):
        seed = time.time_ns()
        print(f"seed {seed}", flush=True)
        moments = random.Random(seed)
        server = self.start_server()
        agent = self.start_sending_agent(sees=False)
        self.put_pair(now := 10)
        for number in range(11, 17):
            answered = self.put_and_be_killed(server, number, moments.uniform(0, 0.05))
            server = self.start_server(port=self.port)
            defaults = json.loads(self.request("GET", "/api/configuration")[2])["defaults"]
            self.assertIn(defaults, [dict.fromkeys(PAIR, kept) for kept in ([number] if answered else [now, number])])
            now = defaults[PAIR[0]]
            self.check_pair(*range(10, number + 1), 60)
        version = self.put_pair(20)
        wait_until(lambda: self.is_good(version), "the agent to go on")
        self.check_pair(20)
        self.stop(agent)
