"""A version that goes out in waves, by two servers of one PostgreSQL, to many agents: held by itself, gone on with, taken
back; and two administrators at one scope."""

import http.client
import json
import re
import threading
import unittest

from postgres_support import Cluster
from server_support import ServerTest, event
from support import wait_until

from rigs.process import free_port

JSON = {"Content-Type": "application/json"}
AGENTS = 40


def ask(port, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body and json.dumps(body), {**JSON, **headers})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}
    finally:
        connection.close()


class Agents:
    """Ask each server in turn, and have in force what they are sent, or refuse it."""

    def __init__(self, ports):
        self.ports = ports
        self.in_force = {f"vm-{number:02}": (0, {}) for number in range(AGENTS)}
        self.refused = {}  # the version, by machine
        self.next = []  # what those do that are sent something next: "take" or "refuse"; then all take it
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        turn = 0
        while not self.stopping.wait(0.02):
            for machine in self.in_force:
                turn += 1
                self.turn(machine, self.ports[turn % len(self.ports)])

    def turn(self, machine, port):
        query = f"/api/config?machine_id={machine}&version={self.in_force[machine][0]}"
        if machine in self.refused:
            query += f"&error_version={self.refused[machine]}&error_key=idle_after_sec&error=no"
        try:
            status, sent = ask(port, "GET", query)
        except OSError:  # that server was killed
            return
        if status != 200:
            return
        if self.next and self.next.pop(0) == "refuse":
            self.refused[machine] = sent["version"]
        else:
            self.in_force[machine] = (sent["version"], sent["settings"])

    def count(self, **settings):
        return sum(1 for _, in_force in list(self.in_force.values()) if in_force == settings)

    def stop(self):
        self.stopping.set()
        self.thread.join()


class Rollout(ServerTest):
    def setUp(self):
        super().setUp()
        self.cluster = Cluster(self)
        self.url = self.cluster.url(self.cluster.new_database("activity"))
        self.ports = [free_port() for _ in range(2)]
        self.servers = [self.start_one(number) for number in range(2)]
        self.port = self.ports[0]
        self.post([event(1, machine=f"vm-{number:02}") for number in range(AGENTS)])
        self.agents = Agents(self.ports)
        self.addCleanup(self.agents.stop)

    def start_one(self, number):
        return self.start_server("--database", self.url, port=self.ports[number], data=f"data-{number}")

    def put(self, status=200, port=0, if_match="*", **body):
        answered, answer = ask(self.ports[port], "PUT", "/api/configuration/defaults", body, **{"If-Match": if_match})
        self.assertEqual(answered, status, answer)
        return answer

    def decide(self, action, version, port=0, status=200):
        answered, answer = ask(self.ports[port], "POST", "/api/configuration/rollout",
                               {"action": action, "version": version})
        self.assertEqual(answered, status, answer)
        return answer

    def rollout(self, port=0):
        return ask(self.ports[port], "GET", "/api/configuration/rollout")[1]["rollout"]

    def wait_for(self, state, wave):
        wait_until(lambda: (self.rollout()["state"], self.rollout()["wave"]) == (state, wave), f"{state} in wave {wave}")

    def wait_for_agents(self, count, **settings):
        wait_until(lambda: self.agents.count(**settings) >= count, f"{count} agents with {settings}")
        self.assertEqual(self.agents.count(**settings), count)

    def wait_until_they_asked(self):
        """Both servers have seen each agent: what a wave is chosen among."""
        wait_until(lambda: self.command("config", "states").count("never") == 0, "all agents to have asked")

    def command(self, *words, code=0):
        ended = super().command(*words, "--database", self.url, code=code, data="data-0")
        return ended.stdout + ended.stderr

    def test_held_by_itself_and_gone_on_with(self):
        self.wait_until_they_asked()
        self.agents.next = ["take", "refuse", "refuse"]
        version = self.put(settings={"idle_after_sec": 30}, rollout={"wave_sec": 10})["version"]
        self.wait_for_agents(1, idle_after_sec=30)
        self.assertEqual([wave["machines"] for wave in self.rollout(1)["waves"]], [1, 4, 35])
        self.assertIn("goes out in waves", self.put(status=409, port=1, settings={})["detail"])
        self.servers[0].process.kill()  # the other one moves it on
        self.servers[0].process.wait()
        wait_until(lambda: self.rollout(1)["state"] == "held", "it to be held at the second wave")
        self.servers[0] = self.start_one(0)
        held = self.rollout()
        self.assertEqual(held["wave"], 2)
        self.assertRegex(held["reason"], "^2 of [345] machines refused or reverted it, 1 may$")
        self.assertEqual([failure["machine_id"] for failure in held["failures"]], sorted(self.agents.refused))
        self.assertEqual({(failure["state"], failure["key"], failure["reason"]) for failure in held["failures"]},
                         {("refused", "idle_after_sec", "no")})
        self.assertIn("held in wave 2: 2 of ", self.command("config", "rollout"))
        self.assertIn("does not go out in waves now", self.decide("continue", version + 1, status=409)["detail"])
        self.decide("continue", version, port=1)
        self.wait_for_agents(AGENTS - 2, idle_after_sec=30)
        wait_until(lambda: self.rollout()["waves"][2]["applied"] == 35, "what agents said to be written down")
        self.assertIn("done", self.command("config", "rollout", "continue"))
        self.assertIn("does not go out in waves now", self.command("config", "rollout", "hold", code=1))
        self.assertIn("in waves, done", self.command("config", "history"))

    def test_taken_back_while_another_scope_changes(self):
        self.wait_until_they_asked()
        self.put(settings={"idle_after_sec": 90})
        self.wait_for_agents(AGENTS, idle_after_sec=90)
        tried = self.command("config", "set", "defaults", "idle_after_sec=30", "--rollout", "--wave-time", "1h", "--yes")
        self.assertIn("in waves of 1, 4 and 35 machines", tried)
        version = self.rollout()["version"]
        self.wait_for_agents(1, idle_after_sec=30)
        status, _ = ask(self.ports[1], "PUT", "/api/machines/vm-39/configuration", {"settings": {"send_interval_sec": 20}})
        self.assertEqual(status, 200)
        idle = 30 if self.agents.in_force["vm-39"][1]["idle_after_sec"] == 30 else 90
        self.wait_for_agents(1, idle_after_sec=idle, send_interval_sec=20)
        self.decide("continue", version, port=1)
        self.wait_for("running", 2)
        wait_until(lambda: re.search(r"\n2 +4 +4 ", self.command("config", "rollout")), "the second wave to have it")
        self.assertIn("abandoned", self.command("config", "rollout", "abandon"))
        self.wait_for_agents(AGENTS - 1, idle_after_sec=90)
        self.wait_for_agents(1, idle_after_sec=90, send_interval_sec=20)
        self.assertEqual(sum(wave["applied"] for wave in self.rollout(1)["waves"]), 5)
        self.assertIn("--wave-time must be from 10s to 24h",
                      self.command("config", "set", "defaults", "idle_after_sec=30", "--rollout", "--wave-time", "5s", code=2))

    def test_two_administrators_at_one_scope(self):
        version = self.put(settings={"idle_after_sec": 40})["version"]
        answers = [None, None]

        def change(number):
            answers[number] = ask(self.ports[number], "PUT", "/api/configuration/defaults",
                                  {"settings": {"idle_after_sec": 50 + number}}, **{"If-Match": f'"{version}"'})

        people = [threading.Thread(target=change, args=(number,)) for number in range(2)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        self.assertEqual(sorted(status for status, _ in answers), [200, 412], answers)
        late, in_time = (0, 1) if answers[0][0] == 412 else (1, 0)
        self.assertEqual(answers[late][1]["current"], {"version": version + 1, "settings": {"idle_after_sec": 50 + in_time}})
        self.wait_for_agents(AGENTS, idle_after_sec=50 + in_time)


if __name__ == "__main__":
    unittest.main()
