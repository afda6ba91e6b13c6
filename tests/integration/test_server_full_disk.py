"""A disk that fills up under the server, and has room again: 503 meanwhile, nothing acknowledged is lost."""

import json
import os
import subprocess
import unittest

from server_support import ServerTest, batch, event

JSON = {"Content-Type": "application/json"}


class FullDiskTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", self.disk],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode:
            self.skipTest(f"cannot mount a small disk: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)

    def send(self, number):
        return self.request("POST", "/api/events", batch([event(number, active_window="w" * 500)]), JSON)

    def test_a_full_disk_is_told_and_survived(self):
        server = self.start_server("--database", f"sqlite:{self.disk}/server.db")
        ballast = self.disk / "ballast"
        acknowledged = 0
        self.assertEqual(self.send(acknowledged)[0], 200)
        acknowledged += 1
        for _ in range(3):
            with open(ballast, "wb") as file:
                space = os.statvfs(self.disk)
                file.write(b"x" * (space.f_bavail * space.f_bsize - (64 << 10)))
            status = 200
            while status == 200:
                status, headers, body = self.send(acknowledged)
                acknowledged += status == 200
            self.assertEqual(status, 503, body)
            self.assertGreater(int(headers["Retry-After"]), 0)
            self.assertIn("full", json.loads(body)["detail"])
            self.assertEqual(self.request("GET", "/healthz")[0], 200)
            self.assertEqual(len(self.stored("load")), acknowledged)
            ballast.unlink()
            self.assertEqual(self.send(acknowledged)[0], 200, "it does not go on")
            acknowledged += 1
        self.assertEqual(len(self.stored("load")), acknowledged)
        self.assertEqual(server.log_end(1000).count(" error "), 3, server.log_end(50))
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
