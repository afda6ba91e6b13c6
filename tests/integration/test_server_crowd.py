"""Thousands of connections that rest, and clients that send a byte now and then, while agents are served. IDLE in the
environment chooses how many rest."""

import contextlib
import os
import resource
import threading
import unittest

from load_support import LoadTest
from support import wait_until

IDLE = int(os.environ.get("IDLE", "5000"))
SLOW = 50
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


class SlowSenders(threading.Thread):
    """Each sends a byte of a request each second until the server has enough of it."""

    def __init__(self, connections):
        super().__init__(daemon=True)
        self.left = list(connections)
        self.answers = []
        self._over = threading.Event()
        self.start()

    def run(self):
        sent = 0
        while self.left and not self._over.wait(1):
            for connection in list(self.left):
                self._send(connection, HEALTH[sent:sent + 1] if sent < 20 else b"x")
            sent += 1

    def _send(self, connection, byte):
        with contextlib.suppress(BlockingIOError):
            try:
                connection.sendall(byte)
                self.answers.append(connection.recv(4096))
            except ConnectionError:
                self.answers.append(b"")
            self.left.remove(connection)

    def stop(self):
        self._over.set()
        self.join(30)


class CrowdTest(LoadTest):
    def setUp(self):
        super().setUp()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if hard != resource.RLIM_INFINITY and hard < IDLE + 500:
            self.skipTest(f"{hard} open files are allowed, and {IDLE + 500} are needed")

    def assert_served(self, connection):
        connection.sendall(HEALTH)
        self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200"))

    def test_agents_are_served_beside_a_crowd(self):
        server = self.start_server("--max-connections", IDLE + 500, "--idle-timeout-sec", 3600, "--header-timeout-sec", 8)
        idle = [self.connect() for _ in range(IDLE)]
        for connection in idle:
            self.assert_served(connection)
        slow = [self.connect() for _ in range(SLOW)]
        for connection in slow:
            connection.setblocking(False)
        senders = SlowSenders(slow)
        self.addCleanup(senders.stop)

        load = self.load("crowd", "rate", "--rate", 1000, "--machines", 100)
        wait_until(lambda: not senders.left, "the server to have enough of slow senders")
        figures = load.stop()
        self.assertEqual((set(figures["statuses"]), figures["lost"], figures["unreached"]), ({"200"}, 0, 0))
        self.assertEqual([a for a in senders.answers if a.startswith(b"HTTP/1.1 2")], [], "served without a whole request")
        for connection in idle:
            self.assert_served(connection)
        found = self.verify(load)
        self.assertGreater(found["acknowledged"], 1000)
        print(f"{IDLE} idle, {SLOW} slow, {found}", flush=True)
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
