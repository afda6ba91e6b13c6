"""Screenshots from the screen to the eye that may see them: agent, server, bucket and reporter together; and nobody else's
disk or wire holds a picture that is not sealed."""

import json
import os
import struct
import subprocess
from datetime import date, timedelta
from unittest import mock

from desk_support import DeskTest
from fake_s3 import FakeS3
from support import program, wait_until

JPEG = b"\xff\xd8\xff"
SEALED = "application/vnd.activitytrack.sealed"
MACHINE = "test-machine"


def jpeg_size(picture):
    """Width and height in px, from the frame's header."""
    at = 2
    while picture[at + 1] not in (0xC0, 0xC2):
        at += 2 + struct.unpack(">H", picture[at + 2:at + 4])[0]
    height, width = struct.unpack(">HH", picture[at + 5:at + 9])
    return width, height


class Screenshots(DeskTest):
    def report(self, *arguments, code=0):
        ended = subprocess.run([program("report"), *map(str, arguments)], text=True, capture_output=True, timeout=60,
                               env=self.environment(LC_ALL="C.UTF-8"))
        self.assertEqual(ended.returncode, code, ended.stderr)
        return ended.stdout

    def make_key(self):
        """The private key's file, and the public key."""
        file = self.folder / "private.key"
        printed = self.report("keygen", "--output", file)
        return file, next(word for word in printed.split() if word.startswith("atpub_"))

    def files_with(self, bytes_):
        """The files of agent and server that hold these bytes."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        self.assertGreater(len(files), 5)
        return sorted(str(path.relative_to(self.folder)) for path in files if bytes_ in path.read_bytes())

    def test_only_the_holder_of_the_key_sees_a_sealed_screenshot(self):
        key, public = self.make_key()
        self.start_server()
        agent = self.start_photographing_agent(**{"screenshots.public_key": public})
        shots = self.screenshots(2)
        self.stop(agent)
        self.assertEqual({(shot["machine_id"], shot["format"]) for shot in shots}, {(MACHINE, "sealed")})
        sealed = self.folder / "downloaded"
        sealed.mkdir()
        for shot in shots:
            headers, body = self.content(shot)
            self.assertEqual(headers["Content-Type"], SEALED)
            (sealed / f"{shot['id']}.jpg.sealed").write_bytes(body)
        status, _, _ = self.request("GET", f"/api/screenshots/{MACHINE}/{shots[0]['id']}/thumbnail")
        self.assertEqual(status, 409)
        self.assertEqual(self.files_with(JPEG), [], "nothing unsealed is on any disk")

        opened = self.folder / "opened"
        self.report("open", *sorted(sealed.iterdir()), "--key", key, "--output", opened)
        width, height = self.rig.width, self.rig.height
        for shot in shots:
            picture = (opened / f"{shot['id']}.jpg").read_bytes()
            self.assertTrue(picture.startswith(JPEG))
            self.assertEqual(jpeg_size(picture), ((width + 3) // 4, (height + 3) // 4))
            self.assertEqual(jpeg_size(picture), (shot["width"], shot["height"]))
            self.assertIn(MACHINE.encode(), picture[:2000], "its EXIF tells the machine")
        self.assertTrue(self.files_with(JPEG), "a search that finds nothing proves nothing")

    def test_without_a_key_the_server_shows_pictures_and_the_agents_disk_does_not(self):
        self.start_server()
        agent = self.start_photographing_agent(server_url="http://127.0.0.1:9")  # nobody listens there
        wait_until(lambda: self.work() or self.status()["screenshots"]["pending"] >= 2, "two screenshots to wait")
        self.assertEqual(self.files_with(JPEG), [], "what waits is sealed for the machine")
        config = self.folder / "config.yaml"
        config.write_text(config.read_text().replace("http://127.0.0.1:9", f"http://127.0.0.1:{self.port}"))
        shots = self.screenshots(3)
        self.stop(agent)
        self.assertEqual({shot["format"] for shot in shots}, {"jpeg"})
        headers, picture = self.content(shots[0])
        self.assertEqual(headers["Content-Type"], "image/jpeg")
        self.assertEqual(jpeg_size(picture), (shots[0]["width"], shots[0]["height"]))
        status, headers, small = self.request("GET", f"/api/screenshots/{MACHINE}/{shots[0]['id']}/thumbnail?width=100")
        self.assertEqual((status, headers["Content-Type"]), (200, "image/jpeg"))
        self.assertLessEqual(jpeg_size(small)[0], 100)
        self.assertTrue(all(name.startswith("data/") for name in self.files_with(JPEG)), self.files_with(JPEG))

    def start_bucket(self):
        bucket = FakeS3()
        self.addCleanup(bucket.close)
        return bucket

    @staticmethod
    def bucket_key():
        """Whose processes have the key to the bucket."""
        return mock.patch.dict(os.environ, {"AWS_ACCESS_KEY_ID": "AKFAKE", "AWS_SECRET_ACCESS_KEY": "s3cr3t+/key"})

    def test_an_agent_without_a_key_to_the_bucket_uploads_into_it_by_leave_of_the_server(self):
        _, public = self.make_key()
        bucket = self.start_bucket()
        with self.bucket_key():
            self.start_server("--screenshots", "s3://bucket/shots", "--s3-endpoint", bucket.url)
        agent = self.start_photographing_agent(**{"screenshots.public_key": public})
        shots = self.screenshots(2)
        self.stop(agent)
        self.assertEqual({status for method, status in bucket.requests if method == "PUT"}, {200})
        self.assertTrue(all(key.startswith(f"shots/{MACHINE}/") and key.endswith(".jpg.sealed") for key in bucket.objects))
        self.assertEqual(set(bucket.stored.values()), {1}, "each is stored once")
        for shot in shots:
            _, body = self.content(shot)
            self.assertIn(body, bucket.objects.values())
        self.assertFalse([key for key, body in bucket.objects.items() if JPEG in body])
        self.assertEqual(self.files_with(self.content(shots[0])[1]), [], "the server keeps no copy")

    def test_without_a_server_events_and_screenshots_go_to_the_bucket_and_come_back_from_there(self):
        key, public = self.make_key()
        bucket = self.start_bucket()
        place = {"s3.bucket": "bucket", "s3.prefix": "team", "s3.endpoint": bucket.url, "s3.access_key": "AKFAKE",
                 "s3.secret_key": "s3cr3t+/key"}
        agent = self.start_agent(self.rig.display, send_interval_sec=1, **self.PHOTOGRAPHING, **place, **{
            "screenshots.public_key": public, "s3.seal_events": True})

        def both():
            self.work()
            kinds = {name.split("/")[1] for name in bucket.objects}
            return kinds == {"events", "screenshots"}
        wait_until(both, "events and screenshots in the bucket")
        self.stop(agent)
        self.assertTrue(all(name.endswith(".sealed") for name in bucket.objects), list(bucket.objects))
        self.assertEqual(set(bucket.stored.values()), {1})

        with self.bucket_key():
            read = ("--s3", "s3://bucket/team", "--s3-endpoint", bucket.url, "--key", key)
            machines = json.loads(self.report("machines", "--format", "json", *read))["machines"]
            self.assertEqual([machine["machine_id"] for machine in machines], [MACHINE])
            days = ("--from", date.today() - timedelta(1), "--to", date.today() + timedelta(1))
            told = json.loads(self.report("events", "--format", "json", *days, *read))["events"]
            self.start_server()
            imported = subprocess.run([program("server"), "import", "s3://bucket/team", "--s3-endpoint", bucket.url, "--key",
                                       key, "--data-dir", self.folder / "data"], text=True, capture_output=True,
                                      timeout=60, env=self.environment())
            self.assertEqual(imported.returncode, 0, imported.stderr)
        self.assertGreater(sum(event["key_count"] for event in told), 0)
        self.assertEqual(sorted(event["timestamp"] for event in told),
                         sorted(event["timestamp"] for event in self.stored(MACHINE)))

    def test_nothing_is_taken_while_paused_or_switched_off_or_while_an_excluded_application_is_seen(self):
        self.start_server()
        agent = self.start_photographing_agent(**{"screenshots.excluded_apps": ["XTerm"]})
        wait_until(lambda: self.work() or self.status()["screenshots"]["skipped"] >= 2, "two captures to be skipped")
        self.assertEqual(self.status()["screenshots"]["last_skip"], "excluded")
        self.assertEqual(self.listed(), [])
        config = self.folder / "config.yaml"
        config.write_text(config.read_text().replace('["XTerm"]', "[]"))
        count = len(self.screenshots(1))
        self.ask_agent("pause")
        before = self.status()["screenshots"]["taken"]
        for _ in range(5):
            self.work()
        self.assertEqual(self.status()["screenshots"]["taken"], before)
        self.ask_agent("resume")
        self.screenshots(count + 1)
        self.stop(agent)


if __name__ == "__main__":
    import unittest
    unittest.main()
