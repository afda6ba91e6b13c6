"""Three servers on one PostgreSQL behind haproxy, killed (SIGKILL) and started again under load: what any of them
acknowledged is there, once, whichever answers. ROUNDS and SEED in the environment choose a longer or another run."""

import os
import random
import time
import unittest

from load_support import LoadTest
from postgres_support import Cluster
from support import find_program, wait_until

from bench.verify import Server, Wrong, verify
from rigs.process import Child, free_port

ROUNDS = int(os.environ.get("ROUNDS", "15"))
SEED = int(os.environ.get("SEED", "20240115"))
SERVERS = 3

# As in docs/scaling.md, with shorter times.
HAPROXY = """
global
    maxconn 2000
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    retries 3
    option redispatch
    retry-on conn-failure
frontend agents
    bind 127.0.0.1:{port}
    default_backend servers
backend servers
    balance leastconn
    option httpchk GET /healthz
    default-server check inter 100ms fall 1 rise 1
{servers}
"""


class ThreeServers(LoadTest):
    def setUp(self):
        super().setUp()
        self.haproxy = find_program("haproxy")
        if not self.haproxy:
            self.skipTest("haproxy is not installed: apt-get install haproxy")
        print(f"seed {SEED}, {ROUNDS} kills", flush=True)
        self.cluster = Cluster(self)
        self.url = self.cluster.url(self.cluster.new_database("activity"))
        self.ports = [free_port() for _ in range(SERVERS)]
        self.servers = [self.start_one(number) for number in range(SERVERS)]

    def start_one(self, number):
        server = self.start("server", "serve", "--listen", f"127.0.0.1:{self.ports[number]}", "--data-dir",
                            self.folder / f"data-{number}", "--database", self.url, "--auth", "none")
        wait_until(lambda: "listening" in server.log_end(100) or server.ended(), "the server to listen")
        self.assertFalse(server.ended(), server.log_end(20))
        return server

    def start_haproxy(self):
        self.port = free_port()
        lines = "".join(f"    server s{number} 127.0.0.1:{port}\n" for number, port in enumerate(self.ports))
        config = self.folder / "haproxy.cfg"
        config.write_text(HAPROXY.format(port=self.port, servers=lines))
        haproxy = Child([self.haproxy, "-db", "-f", str(config)], self.folder / "haproxy.log")
        self.addCleanup(haproxy.stop)
        wait_until(self.answers, "haproxy")

    def answers(self):
        try:
            return self.request("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def test_kills_under_load(self):
        chance = random.Random(SEED)
        self.start_haproxy()
        loads = [self.load("again", "flat-out", "--machines", 40, "--connections", 24, "--retry-wait", 10),
                 self.load("once", "flat-out", "--machines", 20, "--connections", 8, "--retry-wait", 10, "--abandon"),
                 self.load("large", "flat-out", "--machines", 4, "--connections", 3, "--retry-wait", 10, "--events", 400)]
        self.wait_for_stored("again-00000")
        for _ in range(ROUNDS):
            time.sleep(chance.uniform(0.05, 0.5))  # the moment of the kill, not a wait for anything
            number = chance.randrange(SERVERS)
            self.assertFalse(self.servers[number].ended(), self.servers[number].log_end(20))
            self.servers[number].process.kill()
            self.servers[number].process.wait()
            self.servers[number] = self.start_one(number)
        figures = [load.stop() for load in loads]
        cut_off = sum(f["lost"] + sum(n for status, n in f["statuses"].items() if status != "200") for f in figures)
        self.assertGreater(cut_off, ROUNDS, "the kills met few requests")
        try:
            # haproxy answers 502 for a server that was killed over a request, which it may have stored.
            found = verify(Server(f"http://127.0.0.1:{self.port}", None), [load.record for load in loads],
                           failed_may_be_stored=True)
        except Wrong as wrong:
            raise AssertionError(str(wrong)) from wrong
        self.assertGreater(found["acknowledged"], 100 * ROUNDS)
        self.assertEqual(int(self.cluster.value("activity", "SELECT count(*) FROM events")), found["stored"])
        print(f"{ROUNDS} kills of {SERVERS} servers, {cut_off} requests cut off, {found}", flush=True)
        for server in self.servers:
            self.stop(server)


if __name__ == "__main__":
    unittest.main()
