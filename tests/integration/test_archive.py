"""Events that agents uploaded to S3 without a server: reported from there, and taken in by a server, each once."""

import json
import subprocess
import threading
import unittest

from fake_s3 import PASSING_FAULTS, FakeS3
from s3_support import Swift
from server_support import ServerTest, event
from support import program, wait_until

KEYS = {"AWS_ACCESS_KEY_ID": "AKFAKE", "AWS_SECRET_ACCESS_KEY": "s3cr3t+/key"}


def lines(events):
    return "".join(json.dumps(each) + "\n" for each in events)


def busy(number, machine="one"):
    """An event of a machine in Berlin that has something for every column."""
    return event(number, machine, mouse_clicks=number % 7, interval_sec=60, active_sec=30.5, active_app=f"app{number % 5}",
                 timezone="Europe/Berlin", utc_offset_min=60, input_verdict="genuine")


class ArchiveTest(ServerTest):
    bucket = "bucket"

    def setUp(self):
        super().setUp()
        self.start_s3()
        self.place = f"s3://{self.bucket}/team a"

    def start_s3(self):
        self.s3 = FakeS3(self.bucket)
        self.addCleanup(self.s3.close)
        self.url, self.keys = self.s3.url, KEYS

    def environment(self, **extra):
        kept = {k: v for k, v in super().environment(**extra).items()
                if not k.lower().endswith("_proxy") and (not k.startswith("AWS_") or k in extra)}
        return {**kept, "AWS_EC2_METADATA_DISABLED": "true", **self.keys}

    def run_program(self, name, *words, code=0, text=None):
        ended = subprocess.run([program(name), *map(str, words)], env=self.environment(), capture_output=True, text=True,
                               timeout=120, input=text)
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        return ended.stdout, ended.stderr

    def upload(self, events, count=100, key=None):
        self.run_program("tests/support/upload_events", self.url, self.place, count, *([key] if key else []),
                         text=lines(events))

    def make_key(self):
        said, _ = self.run_program("report", "keygen", "--output", self.folder / "own.key")
        return said.split("public_key: ")[1].strip()

    def report(self, command, *words, code=0):
        return self.run_program("report", command, "--s3", self.place, "--s3-endpoint", self.url, *words, code=code)

    def reported(self, machine, *words):
        said, _ = self.report("export", "--machine", machine, "--from", "2024-01-01", "--to", "2024-01-09", "--format",
                              "json", *words)
        return json.loads(said)["events"]

    def take_in(self, *places, code=0):
        """Counts as the command told them, and what it complained of."""
        said, complaints = self.run_program("server", "import", *places, "--data-dir", self.folder / "data",
                                            "--s3-endpoint", self.url, code=code)
        words = said.replace(",", "").split()
        return {words[i + 1].rstrip(":"): int(words[i]) for i in (0, 5, 7)} | {"accepted": int(words[2])}, complaints


class Reported(ArchiveTest):
    def test_each_event_once_and_in_order_however_it_was_uploaded(self):
        events = [busy(i) for i in range(0, 3000, 7)]
        self.upload(events, 50)
        self.upload(events[20:200], 33)
        self.upload([busy(i, "other:1") for i in range(30)])
        self.assertEqual([{k: e[k] for k in events[0]} for e in self.reported("one")], events)
        self.assertEqual(len(self.reported("other:1")), 30)
        machines, _ = self.report("machines", "--format", "json")
        self.assertEqual({m["machine_id"]: (m["first_seen"], m["last_seen"], m["timezone"])
                          for m in json.loads(machines)["machines"]},
                         {"one": (events[0]["timestamp"], events[-1]["timestamp"], "Europe/Berlin"),
                          "other:1": ("2024-01-01T00:00:00Z", "2024-01-01T00:29:00Z", "Europe/Berlin")})
        for command in ("summary", "timeline", "apps", "events"):
            self.assertIn("2024", self.report(command, "--machine", "one", "--date", "2024-01-02")[0])

    def test_sealed_uploads_need_their_key(self):
        self.upload([busy(i) for i in range(10)], 5, self.make_key())
        self.upload([busy(i) for i in range(10, 20)])
        self.assertFalse(any(b"key_count" in body for key, body in self.s3.objects.items() if "sealed" in key))
        self.assertEqual(len(self.reported("one", "--key", self.folder / "own.key")), 20)
        _, said = self.report("machines", code=1)
        self.assertIn("is sealed: give the private key that opens it with --key FILE", said)

    def test_what_is_wrong_with_the_bucket_is_told_in_one_line(self):
        for place in (self.place, "s3://other/x"):
            _, said = self.run_program("report", "machines", "--s3", place, "--s3-endpoint", self.url,
                                       code=1 if place != self.place else 0)
            self.assertEqual(said.count("\n"), 1 if place != self.place else 0, said)
        _, said = self.report("summary", code=1)
        self.assertIn("no events below " + self.place, said)
        _, said = self.report("summary", "--buffer", "x", code=2)
        self.assertIn("--buffer or --s3", said)


class TakenIn(ArchiveTest):
    def test_a_bucket_beside_the_running_server_and_again(self):
        server = self.start_server()
        events = [busy(i) for i in range(1500)] + [busy(i, "two") for i in range(40)]
        self.upload(events, 200)
        self.upload(events[100:400], 77, self.make_key())
        stop, sent = threading.Event(), []

        def load():
            while not stop.is_set():
                self.post([event(len(sent), "live")])
                sent.append(1)

        thread = threading.Thread(target=load)
        thread.start()
        try:
            wait_until(lambda: len(sent) > 5, "events to come in")
            key = ("--key", self.folder / "own.key")
            counts, _ = self.take_in(self.place, *key)
            self.assertEqual((counts["accepted"], counts["duplicates"], counts["rejected"]), (1540, 300, 0))
            again, _ = self.take_in(self.place, *key)
            self.assertEqual((again["accepted"], again["duplicates"]), (0, 1840))
        finally:
            stop.set()
            thread.join()
        self.assertEqual(len(self.stored("live")), len(sent))
        self.assertEqual([e["timestamp"] for e in self.stored("one")], [e["timestamp"] for e in events[:1500]])
        self.assertEqual(len(self.stored("two")), 40)
        for date in ("2024-01-01", "2024-01-02"):
            status, _, told = self.request("GET", f"/api/activity/one/summary?date={date}")
            self.assertEqual(status, 200)
            reported, _ = self.report("summary", "--machine", "one", "--date", date, "--format", "json", *key)
            self.assertEqual(json.loads(told), json.loads(reported))
        self.stop(server)
        self.assertIn("ok", self.run_program("server", "check", "--data-dir", self.folder / "data")[0])
        audit = self.run_program("server", "export", "one", "--data-dir", self.folder / "data")[0]
        self.assertEqual(audit.count('"event"'), 1500)

    def test_files_and_folders_and_what_is_wrong_with_them(self):
        (self.folder / "in/deep").mkdir(parents=True)
        (self.folder / "in/a.jsonl").write_text(lines([busy(1), busy(2)]) + "no event\n\n" + lines([busy(3)]) +
                                                '{"machine_id":"one","timestamp":"2024-01-01T00:09:00Z","key_count":-1}\n')
        (self.folder / "in/deep/b.jsonl").write_text(lines([busy(3), busy(4)]))
        (self.folder / "in/notes.txt").write_text("no event\n")
        counts, said = self.take_in(self.folder / "in", code=1)
        self.assertEqual(counts, {"files": 2, "accepted": 4, "duplicates": 1, "rejected": 2})
        self.assertIn("a.jsonl:3: ", said)
        self.assertIn("a.jsonl:6: ", said)
        self.assertIn("key_count", said)
        self.assertEqual(len([line for line in said.splitlines() if ": note: " not in line]), 2)

        named = self.folder / "in/notes.txt"
        named.write_text(lines([busy(5)]))
        self.assertEqual(self.take_in(named)[0]["accepted"], 1)
        damaged = self.folder / "in/c.jsonl.zst"
        damaged.write_bytes(b"\x28\xb5\x2f\xfd damaged")
        counts, said = self.take_in(self.folder / "in/deep", damaged, code=1)
        self.assertEqual(counts["duplicates"], 2)
        self.assertIn("c.jsonl.zst: is damaged", said)
        self.assertIn("no such file", self.take_in(self.folder / "none", code=1)[1])
        (self.folder / "empty").mkdir()
        self.assertIn("holds no files of events", self.take_in(self.folder / "empty", code=1)[1])
        self.run_program("server", "import", "--data-dir", self.folder / "data", code=2)

    def test_a_service_that_fails_now_and_then_and_one_that_is_gone(self):
        events = [busy(i) for i in range(400)]
        self.upload(events, 20)
        first = len(self.s3.requests)
        self.s3.faults = {first + 3 * i: fault for i, fault in enumerate(PASSING_FAULTS[:-1])}
        self.assertEqual(self.take_in(self.place)[0]["accepted"], 400)
        self.s3.faults = {n: "forbidden" for n in range(len(self.s3.requests), 10_000)}
        _, said = self.take_in(self.place, code=1)
        self.assertIn("AccessDenied", said)

    def test_one_object_of_a_bucket(self):
        self.upload([busy(i) for i in range(20)], 10)
        name = sorted(self.s3.objects)[0].removeprefix("team a/")
        self.assertEqual(self.take_in(f"{self.place}/{name}")[0], {"files": 1, "accepted": 10, "duplicates": 0, "rejected": 0})

    def test_what_is_sealed_needs_its_key_and_the_rest_is_taken(self):
        self.upload([busy(i) for i in range(10)], 10, self.make_key())
        self.upload([busy(i) for i in range(10, 20)], 10)
        counts, said = self.take_in(self.place, code=1)
        self.assertEqual(counts["accepted"], 10)
        self.assertIn(".sealed: is sealed: give the private key", said)


class OnSwift(ArchiveTest):
    """The same against a real service."""

    def start_s3(self):
        swift = Swift(self)
        swift.make_bucket(self.bucket)
        self.url = swift.url
        self.keys = {"AWS_ACCESS_KEY_ID": swift.access_key, "AWS_SECRET_ACCESS_KEY": swift.secret_key}

    def test_reported_and_taken_in(self):
        key = self.make_key()
        self.upload([busy(i) for i in range(0, 3000, 10)], 30, key)
        self.upload([busy(i) for i in range(0, 1000, 10)], 7)
        self.assertEqual(len(self.reported("one", "--key", self.folder / "own.key")), 300)
        counts, _ = self.take_in(self.place, "--key", self.folder / "own.key")
        self.assertEqual((counts["accepted"], counts["duplicates"]), (300, 100))


if __name__ == "__main__":
    unittest.main()
