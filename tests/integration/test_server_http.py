"""The server's HTTP edge over raw sockets: malformed requests, slow and many clients, limits, a clean stop."""

import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

from server_support import ServerTest, batch, event
from support import program, wait_until

JSON = {"Content-Type": "application/json"}
GOOD = batch([event(1)])
HOST = b"Host: localhost\r\n"


def post(headers, body=b""):
    return b"POST /api/events HTTP/1.1\r\n" + HOST + headers + b"\r\n" + body


def chunked(*parts):
    return post(b"Transfer-Encoding: chunked\r\n", b"".join(parts))


LENGTH = b"Content-Length: %d\r\n" % len(GOOD)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNK = b"%x\r\n%s\r\n" % (len(GOOD), GOOD)

# What must never be served: the bytes, and the statuses that are right.
MALFORMED = {
    "not HTTP": (b"hello\r\n\r\n", {400}),
    "TLS hello": (bytes.fromhex("16030100c8010000c40303") + b"x" * 100 + b"\r\n\r\n", {400}),
    "length and chunked": (post(LENGTH + CHUNKED, CHUNK + b"0\r\n\r\n"), {400}),
    "chunked and length": (post(CHUNKED + LENGTH, CHUNK + b"0\r\n\r\n"), {400}),
    "two lengths": (post(LENGTH + b"Content-Length: 1\r\n", GOOD), {400}),
    "one length twice": (post(LENGTH + LENGTH, GOOD), {400}),
    "a list of lengths": (post(b"Content-Length: 5, 5\r\n", GOOD), {400}),
    "a signed length": (post(b"Content-Length: +5\r\n", GOOD), {400}),
    "a negative length": (post(b"Content-Length: -1\r\n", GOOD), {400}),
    "a hexadecimal length": (post(b"Content-Length: 0x10\r\n", GOOD), {400}),
    "a length beyond 64 bits": (post(b"Content-Length: 99999999999999999999\r\n"), {400}),
    "a length with a space": (post(b"Content-Length: 1 1\r\n", GOOD), {400}),
    "a length with a point": (post(b"Content-Length: 5.0\r\n", GOOD), {400}),
    "a length with a comma": (post(b"Content-Length: ,5\r\n", GOOD), {400}),
    "an empty length": (post(b"Content-Length: \r\n", GOOD), {400}),
    "chunked twice": (post(CHUNKED + CHUNKED, CHUNK + b"0\r\n\r\n"), {400}),
    "another coding": (post(b"Transfer-Encoding: gzip, chunked\r\n", CHUNK), {400}),
    "chunked and then another": (post(b"Transfer-Encoding: chunked, identity\r\n", CHUNK), {400}),
    "chunked in a list": (post(b"Transfer-Encoding: identity, chunked\r\n", CHUNK), {400}),
    "chunked with a parameter": (post(b"Transfer-Encoding: chunked;a=b\r\n", CHUNK), {400}),
    "chunked in quotes": (post(b'Transfer-Encoding: "chunked"\r\n', CHUNK), {400}),
    "chunked after a vertical tab": (post(b"Transfer-Encoding: \x0bchunked\r\n", CHUNK), {400}),
    "no coding": (post(b"Transfer-Encoding: \r\n" + LENGTH, GOOD), {400}),
    "the coding on a folded line": (post(b"Transfer-Encoding:\r\n chunked\r\n", CHUNK), {400}),
    "nearly chunked": (post(b"Transfer-Encoding: xchunked\r\n", CHUNK), {400}),
    "chunked in HTTP/1.0": (b"POST /api/events HTTP/1.0\r\n" + CHUNKED + b"\r\n" + CHUNK + b"0\r\n\r\n", {400}),
    "space before the colon": (post(b"Content-Length : 5\r\n", GOOD), {400}),
    "a name with a tab": (post(b"Content-Length\t: 5\r\n", GOOD), {400}),
    "a name with a NUL": (post(b"Content-Length\0: 5\r\n", GOOD), {400}),
    "a field without a name": (post(b": 5\r\n" + LENGTH, GOOD), {400}),
    "a field without a colon": (post(b"Content-Length 5\r\n", GOOD), {400}),
    "a space before the first field": (b"GET /healthz HTTP/1.1\r\n " + HOST + b"\r\n", {400}),
    "a folded field": (post(b"X: a\r\n b\r\n" + LENGTH, GOOD), {400}),
    "a folded header": (post(b"X: a\r\n b\r\nTransfer-Encoding:\r\n chunked\r\n" + LENGTH, GOOD), {400}),
    "a bare line feed": (b"GET /healthz HTTP/1.1\n" + b"Host: localhost\n\n", {400, 505}),
    "a bare carriage return": (post(b"X: a\rContent-Length: 5\r\n", GOOD), {400}),
    "a bare line feed in the header": (post(b"X: a\n" + LENGTH, GOOD), {400}),
    "a bare line feed at the end": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\n", {400}),
    "a NUL in a header": (post(b"X: a\0b\r\n" + LENGTH, GOOD), {400}),
    "no Host": (b"GET /healthz HTTP/1.1\r\n\r\n", {400}),
    "two Hosts": (b"GET /healthz HTTP/1.1\r\n" + HOST + HOST + b"\r\n", {400}),
    "credentials twice": (post(b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n" + LENGTH, GOOD), {400}),
    "a type twice": (post(b"Content-Type: application/json\r\nContent-Type: text/plain\r\n" + LENGTH, GOOD), {400}),
    "HTTP/1.2": (b"GET /healthz HTTP/1.2\r\n" + HOST + b"\r\n", {505}),
    "HTTP/11": (b"GET /healthz HTTP/11\r\n" + HOST + b"\r\n", {400, 505}),
    "http/1.1": (b"GET /healthz http/1.1\r\n" + HOST + b"\r\n", {400, 505}),
    "two empty lines first": (b"\r\n\r\nGET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "a tab for a space": (b"GET\t/healthz\tHTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "two spaces": (b"GET  /healthz HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "a word behind the version": (b"GET /healthz HTTP/1.1 x\r\n" + HOST + b"\r\n", {400, 505}),
    "an asterisk": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "an authority": (b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "another scheme": (b"GET ftp://localhost/healthz HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "an escape cut short": (b"GET /healthz% HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "an overlong slash": (b"GET /api%C0%AFmachines HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "a byte above 127": (b"GET /api/\xff HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "a parameter twice": (b"GET /api/machines?limit=1&limit=2 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    "HTTP/0.9": (b"GET /healthz\r\n\r\n", {400}),
    "no path": (b"GET  HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "a wrong escape": (b"GET /api/machines/%zz HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "a path not UTF-8": (b"GET /api/machines/%C3%28 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "a NUL in the path": (b"GET /api/machines/%00 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "no length": (post(b""), {411}),
    "a body too large": (post(b"Content-Length: 16777217\r\n"), {413}),
    "a chunk too large": (chunked(b"1000001\r\n"), {413}),
    "a chunk beyond 64 bits": (chunked(b"fffffffffffffffff\r\n"), {400, 413}),
    "a negative chunk": (chunked(b"-5\r\n"), {400}),
    "a chunk with 0x": (chunked(b"0x5\r\nhello\r\n0\r\n\r\n"), {400}),
    "a chunk with a plus": (chunked(b"+5\r\nhello\r\n0\r\n\r\n"), {400}),
    "a chunk after a space": (chunked(b" 5\r\nhello\r\n0\r\n\r\n"), {400}),
    "a chunk without a size": (chunked(b"\r\nhello\r\n0\r\n\r\n"), {400}),
    "a chunk's line ended by a line feed": (chunked(b"5\nhello\r\n0\r\n\r\n"), {400}),
    "a chunk ended by a line feed": (chunked(b"5\r\nhello\n0\r\n\r\n"), {400}),
    "a chunk extension without a name": (chunked(b"5;=a\r\nhello\r\n0\r\n\r\n"), {400}),
    "a chunk extension that breaks the line": (chunked(b"5;a\nb\r\nhello\r\n0\r\n\r\n"), {400}),
    "a chunk extension without an end": (chunked(b"5;a=" + b"b" * 20000), {400}),
    "a length in the trailer": (chunked(CHUNK, b"0\r\nContent-Length: 5\r\n\r\n"), {400}),
    "a coding in the trailer": (chunked(CHUNK, b"0\r\nTransfer-Encoding: chunked\r\n\r\n"), {400}),
    "a folded trailer": (chunked(CHUNK, b"0\r\nX: a\r\n b\r\n\r\n"), {400}),
    "a trailer without an end": (chunked(CHUNK, b"0\r\nX: " + b"a" * 20000), {400}),
    "a chunk longer than it says": (chunked(b"5\r\nhello world\r\n0\r\n\r\n"), {400}),
    "a target too long": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {414}),
    "a target beyond the header's limit": (b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {414}),
    "a header too large": (post(b"X: " + b"a" * 20000 + b"\r\n" + LENGTH, GOOD), {431}),
    "many headers": (post(b"X: a\r\n" * 4000 + LENGTH, GOOD), {431}),
    "an unknown expectation": (post(b"Expect: 200-ok\r\n" + LENGTH, GOOD), {417}),
}


class MalformedTest(ServerTest):
    def test_malformed_requests_are_refused_and_never_served(self):
        server = self.start_server()
        for what, (raw, statuses) in MALFORMED.items():
            with self.subTest(what):
                # What follows must not be taken for a request: the connection ends with the refusal.
                answer = self.exchange(raw + b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
                self.assertRegex(answer, rb"^HTTP/1\.[01] \d{3} ")
                self.assertIn(int(answer[9:12]), statuses, answer)
                self.assertEqual(len(re.findall(rb"HTTP/1\.[01] \d{3} ", answer)), 1, answer)
                self.assertIn(b"Content-Type: application/problem+json", answer)
                head, _, body = answer.partition(b"\r\n\r\n")
                self.assertEqual(json.loads(body)["status"], int(answer[9:12]))
                self.assertTrue(b"Connection: close" in head or head.startswith(b"HTTP/1.0"), head)
        self.assertEqual(self.stored("load"), [])
        self.stop(server)

    def test_another_site_is_refused_with_its_body(self):
        server = self.start_server()
        foreign = post(LENGTH, GOOD).replace(HOST, b"Host: evil.example\r\n")
        answer = self.exchange(foreign + b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d{3}) ", answer), [b"403", b"200"], answer)
        # A body that is still to come is not waited for, and what follows is not taken for a request.
        answer = self.exchange(foreign.replace(LENGTH, b"Content-Length: 16000000\r\n"))
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d{3}) ", answer), [b"403"], answer)
        self.assertIn(b"Connection: close", answer)
        self.assertEqual(self.stored("load"), [])
        self.stop(server)

    def test_what_may_look_odd_and_is_right_is_served(self):
        server = self.start_server()
        for what, raw in {
            "the absolute form": b"GET http://localhost/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
            "spaces around values": post(b"Content-Length: \t%d \t\r\n" % len(GOOD), GOOD),
            "names in any case": post(b"CONTENT-LENGTH: %d\r\n" % len(GOOD), GOOD),
            "an empty value": post(b"X:\r\n" + LENGTH, GOOD),
            "a chunk extension": chunked(b"%x;a=\"b;c\" ; d\r\n%s\r\n" % (len(GOOD), GOOD), b"0\r\n\r\n"),
            "zeros before a chunk's size": chunked(b"000%x\r\n%s\r\n" % (len(GOOD), GOOD), b"000\r\n\r\n"),
            "a body of chunks of one byte": chunked(*(b"1\r\n%c\r\n" % byte for byte in GOOD), b"0\r\n\r\n"),
            "many headers": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 2000 + b"\r\n",
            "an empty body": b"GET /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n",
        }.items():
            with self.subTest(what):
                answer = self.exchange(raw + b"GET /none HTTP/1.1\r\n" + HOST + b"\r\n")
                self.assertEqual(re.findall(rb"HTTP/1\.1 (\d{3}) ", answer), [b"200", b"404"], answer)
        self.stop(server)

    def test_a_body_cut_short_stores_nothing(self):
        server = self.start_server()
        for raw in (post(LENGTH, GOOD[:-1]), chunked(CHUNK), chunked(CHUNK[:-4]), post(LENGTH)):
            self.assertEqual(self.exchange(raw), b"")
        self.assertEqual(self.stored("load"), [])
        self.stop(server)


class ConnectionTest(ServerTest):
    def test_pipelined_requests_are_answered_in_order(self):
        server = self.start_server()
        answer = self.exchange(
            b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n" + post(LENGTH, GOOD) +
            b"HEAD /api/machines HTTP/1.1\r\n" + HOST + b"\r\n" +
            b"DELETE /api/machines HTTP/1.1\r\n" + HOST + b"\r\n" + chunked(CHUNK, b"0\r\nX-Trailer: a\r\n\r\n") +
            b"GET /none HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)
        self.assertEqual(statuses, [b"200", b"200", b"200", b"405", b"200", b"404"], answer)
        self.assertLess(answer.index(b'"accepted":1'), answer.index(b'"duplicates":1'))
        self.stop(server)

    def test_an_empty_line_behind_a_body_is_passed_over(self):
        """Old clients send one (RFC 9112, 2.2)."""
        server = self.start_server()
        head = b"POST /api/events HTTP/1.1\r\nHost: box\r\nContent-Length: 13\r\n\r\n"
        get = b"GET /healthz HTTP/1.1\r\nHost: box\r\n\r\n"
        body = b'{"events":[]}'
        for raw, statuses in (((head + body + b"\r\n") * 3 + get, [b"200"] * 4), (b"\r\n" + get, [b"200"]),
                              (b"\r\n\r\n" + get, [b"400"])):
            self.assertEqual(re.findall(rb"HTTP/1\.1 (\d+)", self.exchange(raw)), statuses)
        connection = self.connect()
        for piece in (head + body, b"\r", b"\n", get[:1], get[1:]):
            connection.sendall(piece)
            if piece.endswith((body, get[1:])):
                self.assertIn(b" 200 ", connection.recv(4096))
        self.stop(server)

    def test_a_connection_serves_many_requests(self):
        server = self.start_server()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for number in range(50):
            connection.request("POST", "/api/events", batch([event(number)]), JSON)
            self.assertEqual(json.loads(connection.getresponse().read())["accepted"], 1)
        connection.close()
        self.assertEqual(len(self.stored("load")), 50)
        self.stop(server)

    def test_http_1_0_and_close_are_honoured(self):
        server = self.start_server()
        answer = self.exchange(b"GET /healthz HTTP/1.0\r\n\r\n" * 2)
        self.assertEqual(answer.count(b'{"status":"ok"}'), 1)
        self.stop(server)

    def test_a_client_may_wait_for_permission_to_send(self):
        server = self.start_server()
        connection = self.connect()
        connection.sendall(post(b"Expect: 100-continue\r\n" + LENGTH))
        self.assertEqual(connection.recv(4096), b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(GOOD)
        self.assertIn(b'"accepted":1', connection.recv(4096))
        refused = self.exchange(post(b"Expect: 100-continue\r\nContent-Length: 99999999\r\n"))
        self.assertTrue(refused.startswith(b"HTTP/1.1 413"), refused)
        self.stop(server)

    def test_a_large_body_is_refused_with_an_answer_that_arrives(self):
        server = self.start_server()
        status, _, _ = self.request("POST", "/api/events", b" " * (17 << 20), JSON)
        self.assertEqual(status, 413)
        status, _, _ = self.request("POST", "/api/events", gzip.compress(b" " * (17 << 20)),
                                    {**JSON, "Content-Encoding": "gzip"})
        self.assertEqual(status, 413)
        status, _, body = self.request("POST", "/api/events", GOOD[:-1] + b" " * (10 << 20) + b"}", JSON)
        self.assertEqual((status, json.loads(body)["accepted"]), (200, 1))
        self.stop(server)

    def test_no_body_takes_the_place_of_its_head(self):
        """A long body passes through the memory that the head was read into: the answer has a body all the same."""
        self.start_server()
        for begin in range(4):
            body = b'{"events":[],"x":"%s"}' % (b"A" * begin + b"HEAD" * 20_000)
            for request in (chunked(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
                            post(b"Content-Length: %d\r\n" % len(body), body)):
                head, _, rest = self.exchange(request).partition(b"\r\n\r\n")
                self.assertIn(b" 200 ", head)
                self.assertEqual(json.loads(rest)["accepted"], 0)

    def test_only_events_have_large_bodies(self):
        server = self.start_server()
        line = b"POST /api/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        allowed, beyond = b" " * (256 << 10), b" " * ((256 << 10) + 1)
        self.assertNotIn(b" 413 ", self.exchange(line + b"Content-Length: %d\r\n\r\n" % len(allowed) + allowed)[:20])
        self.assertIn(b" 413 ", self.exchange(line + b"Content-Length: %d\r\n\r\n" % len(beyond))[:20])
        for body, refused in ((allowed, False), (beyond, True)):
            answer = self.exchange(line + CHUNKED + b"\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
            self.assertEqual(b" 413 " in answer[:20], refused, answer[:200])
        self.stop(server)

    def test_two_addresses_one_of_them_ipv6(self):
        server = self.start_server("--listen", "[::1]:0")
        wait_until(lambda: "address=[::1]:" in server.log_end(), "the second address")
        port = int(server.log_end().split("address=[::1]:")[1].split()[0])
        with socket.create_connection(("::1", port), timeout=30) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: [::1]\r\n\r\n")
            self.assertIn(b"200 OK", connection.recv(4096))
        self.stop(server)


class SlowAndManyTest(ServerTest):
    def test_slow_senders_are_cut_off_while_others_are_served(self):
        server = self.start_server("--header-timeout-sec", "2", "--body-timeout-sec", "2")
        raw = {"header": post(b"X: " + b"a" * 1000), "body": post(LENGTH, GOOD)}
        cut = {}

        def drip(name, data):
            """One byte each 0.1 s, after the head of what is not slow itself."""
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                at_once = 0 if name == "header" else len(data) - len(GOOD)
                connection.sendall(data[:at_once])
                try:
                    for byte in data[at_once:]:
                        connection.sendall(bytes([byte]))
                        connection.settimeout(0.1)
                        try:
                            cut[name] = connection.recv(100)
                            return
                        except TimeoutError:
                            pass
                except OSError:
                    cut[name] = b""

        slow = [threading.Thread(target=drip, args=item) for item in raw.items() for _ in range(20)]
        for thread in slow:
            thread.start()
        served = 0
        while any(thread.is_alive() for thread in slow):
            self.post([event(served)])
            served += 1
        for thread in slow:
            thread.join()
        self.assertEqual(set(cut), {"header", "body"})
        self.assertTrue(all(answer == b"" for answer in cut.values()), cut)
        self.assertGreater(served, 10)
        self.assertEqual(len(self.stored("load")), served)
        self.stop(server)

    def test_idle_connections_are_closed(self):
        server = self.start_server("--idle-timeout-sec", "1")
        connection = self.connect()
        connection.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        self.assertIn(b"200", connection.recv(4096))
        self.assertEqual(connection.recv(4096), b"")
        self.assertEqual(self.connect().recv(1), b"")
        self.stop(server)

    def test_connections_beyond_the_limit_are_told_to_come_back(self):
        server = self.start_server("--max-connections", "3", "--max-connections-per-address", "3")
        held = [self.connect() for _ in range(3)]
        for connection in held:
            connection.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
            self.assertIn(b"200 OK", connection.recv(4096))
        status, headers, body = self.request("GET", "/healthz")
        self.assertEqual((status, headers["Retry-After"]), (503, "5"))
        self.assertEqual(json.loads(body)["status"], 503)
        held.pop().close()

        def served():
            return self.request("GET", "/healthz")[0] == 200

        wait_until(served, "a place to be free again")
        self.stop(server)

    def test_one_address_has_half_of_the_connections(self):
        server = self.start_server("--auth", "required", "--max-connections", "8", "--trusted-proxy", "127.0.0.3")

        def serves(source):
            connection = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(source, 0))
            self.addCleanup(connection.close)
            connection.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
            return connection.recv(4096).startswith(b"HTTP/1.1 200")

        self.assertEqual([serves("127.0.0.2") for _ in range(6)], [True] * 4 + [False] * 2)
        self.assertTrue(serves("127.0.0.1"))
        self.assertEqual([serves("127.0.0.3") for _ in range(4)], [True] * 3 + [False])  # a proxy has what is left
        self.assertIn("max_connections_per_address=4", server.log_end())
        self.stop(server)

    def test_bodies_beyond_their_memory_are_told_to_come_back(self):
        server = self.start_server("--max-bodies-mib", "8")
        large = GOOD[:-1] + b" " * (6 << 20) + b"}"
        head = post(b"Content-Length: %d\r\n" % len(large))
        held = self.connect()
        held.sendall(head + large[:5 << 20])
        # Whether the first's bytes have been read is seen by what the others are answered.

        def refused():
            status, headers, _ = self.request("POST", "/api/events", large, JSON)
            self.assertEqual(headers["Retry-After"], "5" if status == 503 else None)
            return status == 503

        wait_until(refused, "the memory to be taken")
        self.post([event(2)])
        held.sendall(large[5 << 20:])
        self.assertIn(b"200 OK", held.recv(4096))
        status, _, _ = self.request("POST", "/api/events", large, JSON)
        self.assertEqual(status, 200)
        self.stop(server)


class LifeTest(ServerTest):
    def test_a_stop_finishes_what_is_under_way(self):
        server = self.start_server()
        idle, slow = self.connect(), self.connect()
        slow.sendall(post(LENGTH, GOOD[:10]))
        self.post([event(7)])
        server.process.send_signal(signal.SIGTERM)
        self.assertEqual(idle.recv(1), b"")
        slow.sendall(GOOD[10:])
        answer = slow.recv(4096)
        self.assertIn(b'"accepted":1', answer)
        self.assertIn(b"Connection: close", answer)
        self.assertEqual(server.process.wait(30), 0)
        server = self.start_server()
        self.assertEqual(len(self.stored("load")), 2)
        self.stop(server)

    def test_hangup_reads_the_configuration_again(self):
        config = self.folder / "server.yaml"
        config.write_text("idle_timeout_sec: 100\n")
        server = self.start_server("--config", config)
        config.write_text("idle_timeout_sec: 1\nlog_format: json\n")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "configuration read again" in server.log_end(), "the configuration to be read")
        self.assertIn("takes a restart key=log_format", server.log_end())
        self.assertEqual(self.connect().recv(1), b"", "the new time-out is not in force")
        config.write_text("idle_timeout_sec: soon\n")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "configuration refused" in server.log_end(), "the refusal")
        self.assertIn("server.yaml:1: idle_timeout_sec", server.log_end())
        self.stop(server)

    def test_hangup_takes_nothing_that_does_not_fit_what_stays_until_a_restart(self):
        config = self.folder / "server.yaml"
        config.write_text("auth: none\n")
        self.AUTH = ()
        server = self.start_server("--config", config)
        self.post([event(1)])
        config.write_text("trusted_proxy: 127.0.0.1\n")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "configuration refused" in server.log_end(), "the refusal")
        self.assertIn("auth: none", server.log_end())
        self.post([event(1)])
        self.stop(server)

    def run_server(self, *arguments):
        done = subprocess.run([program("server"), *map(str, arguments)], env=self.environment(), timeout=30,
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def test_exit_codes_and_one_line_errors(self):
        server = self.start_server()
        cases = [
            (75, ["--listen", "127.0.0.1:0", "--data-dir", self.folder / "data"], str(server.process.pid)),
            (1, ["--listen", f"127.0.0.1:{self.port}", "--data-dir", self.folder / "other"], f":{self.port}"),
            (2, ["--listen", "0.0.0.0:0", "--data-dir", self.folder / "other"], "127.0.0.1"),
            (2, ["--no-such-option"], "--no-such-option"),
            (2, ["--config", self.folder / "none.yaml"], "none.yaml"),
            (1, ["--listen", "127.0.0.1:0", "--data-dir", "/proc/none"], "/proc/none"),
        ]
        for code, arguments, part in cases:
            with self.subTest(arguments=arguments):
                returned, errors = self.run_server(*arguments)
                self.assertEqual(returned, code, errors)
                self.assertIn(part, errors)
                self.assertEqual(errors.rstrip("\n").count("\n"), 0, errors)
        self.stop(server)

    def test_files_are_the_owners_alone(self):
        server = self.start_server()
        self.post([event(1)])
        for path in [self.folder / "data", *(self.folder / "data").iterdir()]:
            self.assertEqual(os.stat(path).st_mode & 0o077, 0, path)
        self.stop(server)

    def test_titles_stay_out_of_the_log(self):
        server = self.start_server("--log-level", "debug")
        self.post([event(1, active_window="Very private"), event(2, active_window="Very private", key_count=-1)])
        self.request("GET", "/api/activity/load/events?secret=hidden")
        self.stop(server)
        self.assertIn("route=/api/events", server.log_end(100))
        self.assertNotIn("private", server.log_end(100))
        self.assertNotIn("hidden", server.log_end(100))


if __name__ == "__main__":
    unittest.main()
