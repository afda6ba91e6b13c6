"""Nothing lost, nothing twice: agent, server and network are killed at random moments, many times; at the end the
server holds each event exactly once. ROUNDS and SEED in the environment choose a longer or another run."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
import urllib.request
from datetime import datetime, timedelta, timezone

from fault_proxy import FAULTS, FaultProxy
from support import ProgramTest, program, quiet_display, wait_until

from rigs.process import free_port

ROUNDS = int(os.environ.get("ROUNDS", "30"))
SEED = int(os.environ.get("SEED", "20240115"))
EVENTS_PER_ROUND = 120
FILLED_FROM = datetime(2024, 1, 1, tzinfo=timezone.utc)


class NothingLost(ProgramTest):
    def setUp(self):
        super().setUp()
        print(f"seed {SEED}, {ROUNDS} rounds", flush=True)
        self.random = random.Random(SEED)
        self.port = free_port()
        self.buffer = self.folder / "buffer.db"
        self.filled = 0
        self.proxy = FaultProxy(self.port, SEED)
        self.addCleanup(self.proxy.close)
        (self.folder / "config.yaml").write_text(
            f"server_url: http://127.0.0.1:{self.proxy.port}\nmachine_id: chaos\nbuffer_path: {self.buffer}\n"
            "collect_interval_sec: 1\nsend_interval_sec: 1\nbuffer_max_age_days: 3650\nlog_level: debug\n")

    def start_server(self):
        server = self.start("server", "serve", "--listen", f"127.0.0.1:{self.port}",
                            "--data-dir", self.folder / "server", "--auth", "none")
        wait_until(lambda: server.ended() or self.healthy(), "the server")
        self.assertFalse(server.ended(), server.log_end())
        return server

    def healthy(self):
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200
        return False

    def start_agent(self):
        return self.start("agent", "run", "--config", self.folder / "config.yaml",
                          env=self.environment(DISPLAY=quiet_display()))

    def fill(self):
        """More events go into the buffer through the library, as an agent that was busy would have left them."""
        result = subprocess.run([program("tests/support/fill_buffer"), self.buffer, "chaos", str(self.filled),
                                 str(EVENTS_PER_ROUND)], capture_output=True, text=True, check=True)
        self.filled += int(result.stdout)

    def kill(self, child):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def buffered(self):
        """(events ever appended, those still pending, those set aside)."""
        with contextlib.closing(sqlite3.connect(f"file:{self.buffer}?mode=ro", uri=True)) as database:
            appended = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'pending'").fetchone()[0]
            return (appended, database.execute("SELECT count(*) FROM pending").fetchone()[0],
                    database.execute("SELECT count(*) FROM aside").fetchone()[0])

    def stored(self):
        """Every event of the server, by its own API."""
        events, cursor = [], ""
        while cursor is not None:
            url = (f"http://127.0.0.1:{self.port}/api/activity/chaos/events?start=2024-01-01T00:00:00Z"
                   f"&end=2199-01-01T00:00:00Z&limit=1000" + (f"&cursor={cursor}" if cursor else ""))
            with urllib.request.urlopen(url, timeout=60) as answer:
                page = json.load(answer)
            events += page["events"]
            cursor = page["next_cursor"]
        return events

    def test_each_event_is_stored_exactly_once(self):
        server, agent = self.start_server(), None
        for _ in range(ROUNDS):
            if agent is None:
                self.fill()
                agent = self.start_agent()
            time.sleep(self.random.uniform(0.05, 1.5))  # the moment of the kill: any will do
            victim = self.random.choice(["agent", "server", "both"])
            if victim != "server":
                self.kill(agent)
                agent = None
            if victim != "agent":
                self.kill(server)
                time.sleep(self.random.uniform(0, 0.5))
                server = self.start_server()
        self.settle(agent)
        self.check()

    def settle(self, agent):
        """Calm weather: what is left goes through, and the agent ends cleanly."""
        self.proxy.calm = True
        if agent is not None:
            self.kill(agent)
        agent = self.start_agent()
        wait_until(lambda: "starting" in agent.log_end(), "the agent to run")
        wait_until(lambda: self.buffered()[1] <= 1, "the buffer to be sent", 120)
        self.stop(agent)

    def check(self):
        appended, pending, aside = self.buffered()
        events = self.stored()
        print(f"appended {appended}, stored {len(events)}, faults {self.proxy.met}", flush=True)
        self.assertEqual((pending, aside), (0, 0))
        timestamps = [event["timestamp"] for event in events]
        self.assertEqual(len(timestamps), len(set(timestamps)), "an event is stored twice")
        self.assertEqual(len(events), appended, "an event is lost")
        numbers = {event["timestamp"]: event["key_count"] for event in events}
        for n in range(self.filled):
            timestamp = (FILLED_FROM + timedelta(seconds=n)).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.assertEqual(numbers.get(timestamp), n, timestamp)
        unmet = [fault for fault in FAULTS if not self.proxy.met[fault]]
        self.assertEqual(unmet, [], "faults that never came: choose more rounds")
