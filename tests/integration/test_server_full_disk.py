"""A disk that fills up under the server, and has room again: 503 meanwhile, nothing acknowledged is lost. FILLS in the
environment chooses how often under load."""

import itertools
import json
import os
import re
import unittest

from load_support import LoadTest
from server_support import batch, event
from support import mount_small_disk, wait_until

JSON = {"Content-Type": "application/json"}
FILLS = int(os.environ.get("FILLS", "5"))
MIB = 1 << 20


class FullDiskTest(LoadTest):
    def mount_disk(self, mib):
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mount_small_disk(self, self.disk, mib)

    def start_on_disk(self):
        return self.start_server("--database", f"sqlite:{self.disk}/server.db")

    def send(self, number):
        return self.request("POST", "/api/events", batch([event(number, active_window="w" * 500)]), JSON)

    def test_a_full_disk_is_told_and_survived(self):
        self.mount_disk(2)
        server = self.start_on_disk()
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
            self.assertEqual(self.request("GET", "/readyz")[0], 503)
            self.assertEqual(len(self.stored("load")), acknowledged)
            ballast.unlink()
            self.assertEqual(self.send(acknowledged)[0], 200, "it does not go on")
            wait_until(lambda: self.request("GET", "/readyz")[0] == 200, "the server to be ready again")
            acknowledged += 1
        self.assertEqual(len(self.stored("load")), acknowledged)
        self.assertEqual(server.log_end(1000).count(" error "), 3, server.log_end(50))
        self.stop(server)

    def test_a_disk_fills_and_is_freed_under_load(self):
        """The load itself fills the disk; each time it is full, some of the ballast goes."""
        # Room for the log before it is first copied (32 MiB), and what it is copied to. A piece of ballast is more than
        # that copying takes, which comes first when there is room again.
        self.mount_disk(48 + 8 * FILLS)
        ballast = [self.disk / f"ballast-{i}" for i in range(FILLS)]
        for file in ballast:
            file.write_bytes(b"x" * (8 * MIB))
        self.numbers = itertools.count()
        server = self.start_on_disk()
        loads = [self.load("again", "rate", "--rate", 5000, "--machines", 50, "--retry-wait", 5),
                 self.load("once", "rate", "--rate", 1000, "--machines", 50, "--retry-wait", 5, "--abandon")]
        for file in ballast:
            headers, body = self.refused()
            self.assertGreater(int(headers["Retry-After"]), 0)
            self.assertIn("full", json.loads(body)["detail"])
            self.assertEqual(self.request("GET", "/healthz")[0], 200)
            before = self.accepted()
            file.unlink()
            # It may be full again before anyone asks: what it took in meanwhile tells.
            wait_until(lambda: self.accepted() > before + 500, "the server to go on")
        figures = [load.stop() for load in loads]
        self.assertTrue(all(f["statuses"].get("503", 0) > FILLS for f in figures), "the loads met no full disk")
        self.assertEqual({status for f in figures for status in f["statuses"]}, {"200", "503"})
        found = self.verify(*loads)
        print(f"{FILLS} times full, {sum(f['statuses']['503'] for f in figures)} answers 503, {found}", flush=True)
        self.stop(server)

    def accepted(self):
        """How many events the server has stored since it began."""
        return int(re.search(rb'^activitytrack_events_total{result="accepted"} (\d+)$', self.request("GET", "/metrics")[2],
                             re.MULTILINE).group(1))

    def refused(self):
        """Headers and body of the first answer 503 to an event of our own."""

        def asked():
            status, headers, body = self.send(next(self.numbers))
            self.assertIn(status, (200, 503))
            return (headers, body) if status == 503 else None

        return wait_until(asked, "an answer 503")


if __name__ == "__main__":
    unittest.main()
