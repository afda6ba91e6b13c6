"""A bucket that takes connections and never answers: pictures wait, and nothing else does."""

import json
import socket
import unittest

from screenshot_support import JSON, ScreenshotTest, picture, shot

CONNECTIONS = 50
MACHINES = 60
WAITING = 34  # as many of one asker are looked for at a time, and may wait behind these


class SilentBucket(ScreenshotTest):
    def setUp(self):
        super().setUp()
        self.silent = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self.addCleanup(self.silent.close)

    def environment(self, **extra):
        kept = {k: v for k, v in super().environment(**extra).items()
                if not k.lower().endswith("_proxy") and (not k.startswith("AWS_") or k in extra)}
        return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK"}

    def start_with_silence(self, *options):
        url = f"http://127.0.0.1:{self.silent.getsockname()[1]}"
        return self.start_server("--screenshots", "s3://bucket", "--s3-endpoint", url, "--s3-path-style", "true", *options)

    def begin_announcing(self, about):
        body = json.dumps(about).encode()
        connection = self.connect()
        connection.sendall(b"POST /api/screenshots HTTP/1.1\r\nHost: localhost\r\n"
                           b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        return connection

    def test_events_are_taken_while_announcements_wait(self):
        server = self.start_with_silence("--max-connections", CONNECTIONS, "--max-connections-per-address", CONNECTIONS)
        content = picture(1000)
        abouts = [shot(content, machine=f"vm-{i}") for i in range(MACHINES)]
        for about in abouts:
            self.assertEqual(self.announce(about)["state"], "wanted")  # a new one is not looked for in the bucket
        waiting = [self.begin_announcing(about) for about in abouts[:WAITING]]
        for about in abouts[WAITING:]:
            status, fields, _ = self.request("POST", "/api/screenshots", json.dumps(about), JSON)
            self.assertIn(status, (429, 503))
            self.assertGreater(int(fields["Retry-After"]), 0)
        self.post([{"machine_id": "vm-1", "timestamp": "2024-01-15T00:00:00Z"}])
        for connection in waiting:  # what is first in the row ends by its time limit, and the others by theirs
            answer = connection.recv(65536)
            self.assertIn(b" 503 ", answer.split(b"\r\n")[0])
            self.assertIn(b"\r\nRetry-After: ", answer)
        self.stop(server)

    def test_the_server_ends_while_a_picture_is_on_its_way_into_the_bucket(self):
        server = self.start_with_silence("--screenshots-presigned", "false")
        content = picture(1000)
        abouts = [shot(content, machine=f"vm-{i}") for i in range(4)]
        for about in abouts:
            self.announce(about)
        connections = [self.begin_put(about, len(content)) for about in abouts]
        for connection in connections:
            connection.sendall(content)
        self.silent.settimeout(30)
        for _ in range(2):  # as many as there are threads
            peer, _ = self.silent.accept()
            self.addCleanup(peer.close)
        self.stop(server)
        self.assertEqual([file.stat().st_size for file in self.uploads()], [len(content)] * 4)


if __name__ == "__main__":
    unittest.main()
