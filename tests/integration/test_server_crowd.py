"""Thousands of connections that rest, clients that send a byte now and then, and readers who ask for much at once, while
others are served. IDLE in the environment chooses how many rest."""

import collections
import contextlib
import http.client
import json
import os
import resource
import select
import socket
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from load_support import LoadTest
from server_support import ServerTest, event
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
        server = self.start_server("--max-connections", IDLE + 500, "--max-connections-per-address", IDLE + 500,
                                   "--idle-timeout-sec", 3600, "--header-timeout-sec", 8)
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


class ReadersTest(ServerTest):
    """Without accounts each address is an asker: 127.0.0.2 is the one who asks for much."""

    PAGE = "/api/activity/long/events?limit=10000"

    def start_with_long_events(self, *options):
        server = self.start_server(*options)
        for first in range(0, 2400, 800):  # of 4 KiB each: more than a page of 8 MiB
            self.post([event(first + i, "long", scripted_reasons=["r" * 256] * 16) for i in range(800)])
        return server

    def get_from(self, source, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120, source_address=(source, 0))
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def begin_unread(self, path):
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.bind(("127.0.0.2", 0))
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return connection

    @staticmethod
    def wait_for_answers(connections):
        wait_until(lambda: len(select.select(connections, [], [], 0)[0]) == len(connections), "all to have an answer")

    def test_who_asks_for_many_pages_keeps_nobody_waiting(self):
        server = self.start_with_long_events()
        with ThreadPoolExecutor(200) as readers:
            pages = [readers.submit(self.get_from, "127.0.0.2", self.PAGE) for _ in range(200)]
            wait_until(lambda: any(page.done() and page.result()[0] == 200 for page in pages), "the first page")
            self.assertEqual(self.request("GET", "/api/machines")[0], 200)
            self.post([event(0, "short")])
            still_waiting = sum(not page.done() for page in pages)
            answers = [page.result() for page in pages]
        self.assertGreater(still_waiting, 50)  # of the 130 that may wait, and all were here first
        by_status = collections.Counter(status for status, _, _ in answers)
        self.assertLessEqual(set(by_status), {200, 429, 503})
        self.assertGreaterEqual(by_status[429], 200 - 130 - by_status[200])
        for status, headers, _ in answers:
            self.assertEqual("Retry-After" in headers, status != 200)
            if status == 429:
                self.assertEqual(headers["RateLimit-Policy"], '"waiting";q=128;qu="concurrent-requests"')
                self.assertEqual(headers["RateLimit"], '"waiting";r=0;t=2')
        self.stop(server)

    def test_answers_that_nobody_takes_have_so_much_memory(self):
        server = self.start_with_long_events("--max-answers-mib", 80, "--turn-timeout-sec", 3600)  # an asker has two pages
        unread = [self.begin_unread(self.PAGE) for _ in range(20)]
        self.wait_for_answers(unread)
        statuses = [connection.recv(12)[-3:] for connection in unread]
        self.assertEqual(collections.Counter(statuses), {b"200": 2, b"429": 18})
        exports = [self.begin_unread("/api/activity/long/export") for _ in range(20)]
        self.wait_for_answers(exports)
        statuses = {connection.recv(12)[-3:] for connection in exports}
        self.assertEqual(statuses, {b"200", b"429"})  # each counts for 1 MiB
        _, _, metrics = self.request("GET", "/metrics")
        bytes_held = next(int(line.split()[1]) for line in metrics.decode().splitlines()
                          if line.startswith("activitytrack_http_answer_bytes "))
        self.assertLessEqual(bytes_held, 20 << 20)
        status, _, body = self.request("GET", self.PAGE)  # others have a share of their own
        self.assertEqual(status, 200)
        page = json.loads(body)
        self.assertLess(len(body), (8 << 20) + 8192)
        self.assertIsNotNone(page["next_cursor"])
        self.assertEqual(len(self.stored("long")), 2400)

        status, headers, _ = self.get_from("127.0.0.2", self.PAGE)
        self.assertEqual((status, headers["Retry-After"]), (429, "5"))
        self.assertEqual(headers["RateLimit-Policy"], f'"unread";q={20 << 20};qu="content-bytes"')
        for connection in unread + exports:
            connection.close()
        wait_until(lambda: self.get_from("127.0.0.2", self.PAGE)[0] == 200, "the memory to be given back")
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
