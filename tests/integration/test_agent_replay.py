"""Traces through the program: what it prints is held to golden files, worked out by hand."""

import gzip
import json
import os
import subprocess
from pathlib import Path

from support import ProgramTest, program

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "replay"
HEADER = "t_us,kind,a,b\n"
COUNTED = "--features-judge-behaviour=no"  # what is counted is told here, not how it is judged: nobody made these traces


class Replay(ProgramTest):
    def replay(self, *arguments, judged=COUNTED, **env):
        return subprocess.run([program("agent"), "replay", judged, *map(str, arguments)], env=self.environment(**env),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def events(self, *arguments):
        ended = self.replay(*arguments)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        return [json.loads(line) for line in ended.stdout.splitlines()]

    def trace(self, name, rows):
        path = self.folder / name
        path.write_text(HEADER + rows)
        return path

    def test_golden_traces(self):
        traces = sorted(GOLDEN.glob("*.csv"))
        self.assertTrue(traces)
        for trace in traces:
            ended = self.replay(trace)
            self.assertEqual(ended.stdout, trace.with_suffix(".jsonl").read_text(), trace.name)

    def test_gzip_is_told_by_content(self):
        for name in ("small.csv.gz", "small.csv"):
            (self.folder / name).write_bytes(gzip.compress((GOLDEN / "small.csv").read_bytes()))
            self.assertEqual(self.replay(self.folder / name).stdout, (GOLDEN / "small.jsonl").read_text())

    def test_the_machines_own_settings_and_zone_do_not_matter(self):
        config = self.folder / ".config/activity-tracker/config.yaml"
        config.parent.mkdir(parents=True)
        config.write_text("machine_id: mine\nidle_after_sec: 1\n")
        ended = self.replay(GOLDEN / "small.csv", TZ="Asia/Kathmandu")
        self.assertEqual(ended.stdout, (GOLDEN / "small.jsonl").read_text())

    def test_interval_start_and_machine_id(self):
        events = self.events(GOLDEN / "small.csv", "--interval", "120", "--start", "2023-12-31T23:00:00+01:00",
                             "--machine-id", "m7")
        self.assertEqual([(e["machine_id"], e["timestamp"], e["key_count"], e["mouse_clicks"]) for e in events],
                         [("m7", "2023-12-31T22:00:00Z", 2, 2), ("m7", "2023-12-31T22:02:00Z", 0, 1)])

    def test_measures_are_those_of_intervals_with_input_and_reproducible(self):
        keys = self.trace("keys.csv", "".join(f"{i * 200_000},key{'down' if i % 2 else 'up'},{i // 2 % 9},0\n"
                                              for i in range(1, 601)) + "190000000,press,1,0\n")
        judged = "--features-judge-behaviour=yes"
        lines = self.replay(keys, "--features-input-measures=yes", judged=judged).stdout
        events = [json.loads(line) for line in lines.splitlines()]
        self.assertEqual(["input_measures" in event for event in events], [True, True, False, True])
        self.assertTrue(all(isinstance(value, (int, float)) for event in events
                            for value in event.get("input_measures", {}).values()))
        self.assertEqual(self.replay(keys, "--features-input-measures=yes", judged=judged).stdout, lines)
        for event in events:
            event.pop("input_measures", None)
        plain = [json.loads(line) for line in self.replay(keys, judged=judged).stdout.splitlines()]
        self.assertEqual(plain, events)

    def test_several_traces_each_start_anew_under_their_own_name(self):
        one, two = self.trace("one.csv", "0,press,1,0\n"), self.folder / "two.csv.gz"
        two.write_bytes(gzip.compress((HEADER + "60000000,keydown,0,0\n").encode()))
        events = self.events(one, two, "--machine-id", "unused")
        self.assertEqual([(e["machine_id"], e["timestamp"], e["mouse_clicks"], e["key_count"]) for e in events],
                         [("one", "2024-01-15T00:00:00Z", 1, 0), ("two", "2024-01-15T00:01:00Z", 0, 1)])

    def test_a_bad_trace_is_one_line_with_file_and_line(self):
        bad = self.trace("bad.csv", "5,press,1,0\n4,press,1,0\n")
        good = self.trace("good.csv", "0,press,1,0\n")
        ended = self.replay(good, bad)
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(len(ended.stdout.splitlines()), 1)  # what came before it stands
        self.assertEqual(ended.stderr.count("\n"), 1)
        self.assertIn(f"{bad}: line 3: ", ended.stderr)
        self.assertEqual(self.replay(self.folder / "missing.csv").returncode, 1)

    def test_a_reader_that_has_seen_enough_is_no_error(self):
        long = self.trace("long.csv", "0,press,1,0\n9000000000000,press,1,0\n")
        read, write = os.pipe()
        process = subprocess.Popen([program("agent"), "replay", "--interval", "1", str(long)], stdout=write,
                                   stderr=subprocess.PIPE, env=self.environment())
        os.close(write)
        self.assertTrue(os.read(read, 100))
        os.close(read)
        self.assertEqual((process.communicate(timeout=60)[1], process.returncode), (b"", 0))

    def test_a_full_disk_is_an_error(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        with open("/dev/full", "w") as full:
            ended = subprocess.run([program("agent"), "replay", str(GOLDEN / "small.csv")], stdout=full,
                                   stderr=subprocess.PIPE, env=self.environment(), text=True, timeout=60)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("standard output", ended.stderr)
