"""A server whose pictures are in a bucket: put there by itself, or by the machines with addresses that it signed."""

import http.client
import json
import unittest
from urllib.parse import urlsplit

from fake_s3 import FakeS3
from s3_support import Swift
from screenshot_support import JSON, MACHINE, ScreenshotTest, picture, shot
from support import wait_until


class InBucket(ScreenshotTest):
    bucket = "bucket"
    options = ()
    refuses_others = True  # bytes that are not those of the address

    def setUp(self):
        super().setUp()
        self.start_s3()

    def start_s3(self):
        self.s3 = FakeS3(self.bucket)
        self.addCleanup(self.s3.close)
        self.url, self.keys = self.s3.url, {"AWS_ACCESS_KEY_ID": "AKFAKE", "AWS_SECRET_ACCESS_KEY": "s3cr3t+/key"}

    def environment(self, **extra):
        kept = {k: v for k, v in super().environment(**extra).items()
                if not k.lower().endswith("_proxy") and (not k.startswith("AWS_") or k in extra)}
        return {**kept, "AWS_EC2_METADATA_DISABLED": "true", **self.keys}

    def start_with_bucket(self, *options, port=0):
        self.place = ("--screenshots", f"s3://{self.bucket}/shots", "--s3-endpoint", self.url, "--s3-path-style", "true", *self.options)
        return self.start_server(*self.place, *options, port=port)

    def put_to_bucket(self, answer, content, status=200):
        url = urlsplit(answer["put"]["url"])
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("PUT", f"{url.path}?{url.query}", content, answer["put"]["fields"])
        response = connection.getresponse()
        self.assertEqual(response.status, status, response.read())
        response.read()

    def check_flows(self):
        server = self.start_with_bucket()
        content = picture(200_000)
        about = shot(content)
        answer = self.announce(about)
        self.assertEqual((answer["state"], answer["offset"]), ("wanted", 0))
        self.assertTrue(answer["put"]["url"].startswith(self.url))
        self.assertEqual(self.announce(about)["state"], "wanted")  # nothing has come
        self.put_to_bucket(answer, content[:-1] + b"!", 400 if self.refuses_others else 200)
        self.assertEqual(self.announce(about)["state"], "wanted")
        self.put_to_bucket(answer, content)
        self.ask("GET", self.path(about), status=404)  # not before the machine says so
        self.assertEqual(self.announce(about), {"state": "stored"})
        self.assertEqual(self.content(about), content)
        second = shot(picture(300, 2), 1)
        self.announce(second)
        self.assertEqual(self.put(second, picture(300, 2)), {"state": "stored"})  # by the server too
        self.stop(server)

        server = self.start_with_bucket("--screenshots-presigned", "false")
        long = picture(9 << 20)
        self.send(shot(long, 2), long)
        self.assertEqual(self.content(shot(long, 2)), long)
        self.assertEqual(self.uploads(), [])
        self.assertIn("3 ok", self.command("check", *self.place))
        self.ask("DELETE", self.path(about))
        self.ask("GET", self.path(about) + "/content", status=404)
        self.assertIn("2 ok", self.command("check", *self.place))
        self.post([{"machine_id": MACHINE, "timestamp": "2024-01-15T00:00:00Z"}])
        self.ask("DELETE", f"/api/machines/{MACHINE}", status=202)
        wait_until(lambda: "0 ok" in self.command("check", *self.place), "the pictures to be erased")
        self.assertNotIn("s3cr3t", server.log_end(10_000))
        self.stop(server)

    def test_pictures_go_to_the_bucket_and_come_back(self):
        self.check_flows()


class WithFaults(InBucket):
    def test_a_service_that_is_down_is_told_and_nothing_is_lost(self):
        server = self.start_with_bucket("--screenshots-presigned", "false")
        content = picture(50_000)
        about = shot(content)
        self.announce(about)
        port = self.s3.port
        self.s3.close()
        fields, _ = self.ask("PUT", self.path(about) + "/content", content, 503)
        self.assertGreater(int(fields["Retry-After"]), 0)
        self.s3 = FakeS3(self.bucket, port=port)
        self.addCleanup(self.s3.close)

        def announced():  # a bucket that failed is left alone for a moment
            status, _, body = self.request("POST", "/api/screenshots", json.dumps(about), JSON)
            return json.loads(body) if status == 200 else None

        answer = wait_until(announced, "the bucket to be asked again")
        self.assertEqual((answer["state"], answer["offset"]), ("wanted", len(content)))
        self.assertEqual(self.put(about, b"", len(content)), {"state": "stored"})
        self.assertEqual(self.content(about), content)
        self.assertEqual(list(self.s3.objects.values()), [content])
        self.stop(server)

    def test_pictures_are_read_in_pieces_and_no_more_of_them_than_was_announced(self):
        server = self.start_with_bucket("--screenshots-presigned", "false")
        content = picture((3 << 20) + 5)
        about = shot(content)
        self.send(about, content)
        self.s3.requests.clear()
        self.assertEqual(self.content(about), content)
        self.assertEqual([r for r in self.s3.requests if r[0] == "GET"], [("GET", 206)] * 4)
        [key] = self.s3.objects
        self.s3.objects[key] += b"more"
        self.s3.requests.clear()
        self.ask("GET", self.path(about) + "/content", status=500)
        self.assertEqual(self.s3.requests, [("HEAD", 200)])
        self.stop(server)

    def test_a_kill_after_the_bucket_has_it_is_made_whole(self):
        server = self.start_with_bucket()
        content = picture(50_000)
        about = shot(content)
        self.put_to_bucket(self.announce(about), content)
        server.process.kill()
        server.process.wait()
        server = self.start_with_bucket(port=self.port)
        self.assertEqual(self.announce(about), {"state": "stored"})
        status, _, body = self.request("POST", "/api/screenshots", json.dumps({**about, "sha256": "0" * 64}), JSON)
        self.assertEqual(status, 409, body)
        self.stop(server)


class InSwift(InBucket):
    """The same in a service that is not ours, and knows no hash in an address: the server looks itself."""

    options = ("--s3-presign-hash", "false")
    refuses_others = False

    def start_s3(self):
        self.swift = Swift(self)
        self.swift.make_bucket(self.bucket)
        self.url = self.swift.url
        self.keys = {"AWS_ACCESS_KEY_ID": self.swift.access_key, "AWS_SECRET_ACCESS_KEY": self.swift.secret_key}


if __name__ == "__main__":
    unittest.main()
