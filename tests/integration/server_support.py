"""What tests of the server share: a real server process on a port of its own, and HTTP spoken by hand."""

import http.client
import json
import re
import socket
import subprocess

from support import ProgramTest, program, wait_until


def event(number, machine="load", **more):
    """The event of minute `number` of a machine."""
    day, minute = divmod(number, 1440)
    stamp = f"2024-{1 + day // 28:02}-{1 + day % 28:02}T{minute // 60:02}:{minute % 60:02}:00Z"
    return {"machine_id": machine, "timestamp": stamp, "key_count": number, **more}


def batch(events):
    return json.dumps({"events": events}).encode()


class ServerTest(ProgramTest):
    """`self.port` is the running server's."""

    AUTH = ("--auth", "none")  # of tests that are about something else

    def start_server(self, *options, port=0, data="data"):
        auth = () if "--auth" in options else self.AUTH
        server = self.start("server", "serve", "--listen", f"127.0.0.1:{port}", "--data-dir", self.folder / data,
                            *auth, *options)
        pattern = re.compile(r"listening address=127\.0\.0\.1:(\d+)")
        found = wait_until(lambda: pattern.search(server.log_end(100)) or server.ended(), "the server to listen")
        self.assertIsNot(found, True, server.log_end(20))
        self.port = int(found.group(1))
        return server

    def command(self, *words, code=0, data="data", timeout=60):
        """What a command of the server's program said, beside a server or without one."""
        ended = subprocess.run([program("server"), *map(str, words), "--data-dir", self.folder / data], text=True,
                               timeout=timeout, env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True)
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        return ended

    def request(self, method, path, body=None, headers=None, timeout=30):
        """Status, headers and body of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def post(self, events):
        status, _, body = self.request("POST", "/api/events", batch(events), {"Content-Type": "application/json"})
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def stored(self, machine):
        """Every event of a machine, page by page."""
        events, cursor = [], ""
        while True:
            status, _, body = self.request("GET", f"/api/activity/{machine}/events?limit=10000{cursor}")
            if status == 404:
                return events
            self.assertEqual(status, 200, body)
            page = json.loads(body)
            events += page["events"]
            if page["next_cursor"] is None:
                return events
            cursor = "&cursor=" + page["next_cursor"]

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.addCleanup(connection.close)
        return connection

    def exchange(self, raw):
        """Sends bytes, and gives all that comes back until the server closes, or rests after its answers."""
        connection = self.connect()
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer
