"""PostgreSQL restarted, crashed and cut off under load: the server says 503 meanwhile and goes on by itself; what it
acknowledged is there, once, and its hours are what its events add up to. ROUNDS and SEED in the environment choose a
longer or another run."""

import os
import random
import signal
import time
import unittest

from load_support import LoadTest
from postgres_support import Cluster, Forwarder
from server_support import batch, event
from support import wait_until

from bench.verify import Server, Wrong, verify

ROUNDS = int(os.environ.get("ROUNDS", "6"))
SEED = int(os.environ.get("SEED", "20240115"))
JSON = {"Content-Type": "application/json"}


class PostgresTest(LoadTest):
    def setUp(self):
        super().setUp()
        print(f"seed {SEED}, {ROUNDS} rounds", flush=True)
        self.chance = random.Random(SEED)
        self.cluster = Cluster(self)
        self.database = self.cluster.new_database("activity")

    def start_loads(self):
        return [self.load("again", "flat-out", "--machines", 40, "--connections", 16, "--retry-wait", 50),
                self.load("once", "flat-out", "--machines", 20, "--connections", 4, "--retry-wait", 50, "--abandon"),
                self.load("large", "flat-out", "--machines", 4, "--connections", 2, "--retry-wait", 50, "--events", 400)]

    def probe_until(self, status):
        """The headers of an answer of this status to an event of our own."""
        answers = []

        def asked():
            answers[:] = self.request("POST", "/api/events", batch([event(0, "probe")]), JSON, timeout=90)
            self.assertIn(answers[0], (200, 503), answers[2])
            return answers[0] == status

        wait_until(asked, f"an answer {status}", 90)
        return answers[1]

    def await_outage(self):
        self.assertGreater(int(self.probe_until(503)["Retry-After"]), 0)
        self.assertEqual(self.request("GET", "/healthz")[0], 200)

    def check(self, server, loads):
        figures = [load.stop() for load in loads]
        self.assertEqual({status for f in figures for status in f["statuses"]}, {"200", "503"})
        # A commit whose answer is lost is answered 503, and may have been kept.
        try:
            found = verify(Server(f"http://127.0.0.1:{self.port}", None), [load.record for load in loads],
                           failed_may_be_stored=True)
        except Wrong as wrong:
            raise AssertionError(str(wrong)) from wrong
        self.assertGreater(found["acknowledged"], 100 * ROUNDS)
        refused = sum(f["statuses"].get("503", 0) for f in figures)
        print(f"{ROUNDS} outages, {refused} answers 503, {found}", flush=True)
        self.stop(server)

    def test_restarts_and_crashes(self):
        server = self.start_server("--database", self.cluster.url(self.database))
        loads = self.start_loads()
        self.wait_for_stored("again-00000")
        for number in range(ROUNDS):
            time.sleep(self.chance.uniform(0.1, 0.5))  # the moment of the fault, not a wait for anything
            self.cluster.stop(signal.SIGQUIT if number % 2 else signal.SIGINT)
            self.await_outage()
            self.cluster.start()
            self.probe_until(200)
        self.check(server, loads)

    def test_cut_off_by_the_network(self):
        network = Forwarder(self, self.cluster.port)
        server = self.start_server("--database", self.cluster.url(self.database, network.port,
                                                                   options="-cstatement_timeout%3D1000"))
        loads = self.start_loads()
        self.wait_for_stored("again-00000")
        for number in range(ROUNDS):
            time.sleep(self.chance.uniform(0.1, 0.5))
            network.stall() if number % 3 == 2 else network.cut()
            self.await_outage()
            network.mend()
            self.probe_until(200)
        self.check(server, loads)

    def test_a_password_is_in_no_log(self):
        url = self.cluster.url(self.database).replace("postgres@", "postgres:geheim@")
        server = self.start_server("--database", url, "--log-level", "debug")
        self.probe_until(200)
        self.cluster.stop()
        self.await_outage()
        self.stop(server)
        self.assertNotIn("geheim", server.log_end(10_000))


if __name__ == "__main__":
    unittest.main()
