#!/usr/bin/env python3
"""How fast the server stores and reads, beside what the databases can do at most and beside another server, in one run.

usage: ingest.py BUILD [--only PART,...] [--peer COMMAND] [--rounds 3] [--seconds 5] [--rows N,...] [--folder DIR]

BUILD is a release build's folder after `ninja bench`. PARTs, by default all but growth:

  sqlite5      5 events a request on 64 connections: the server, the raw limit, the peer
  sqlite500    500 events a request
  credentials  5 events a request, each machine with a credential of its own
  postgres5    5 events a request, PostgreSQL; a cluster is made for it (as root, by the user postgres)
  latency      at half of what sqlite5 gave
  reading      a day's and a year's summary and timeline of a machine with 525,600 events
  memory       with 1,000 machines, and of 5,000 idle connections
  growth       bytes a row, and the rate with --rows (10000000,...) events stored against that when empty

COMMAND starts the peer: it is given a folder and a port. Servers, load generator and database share the machine. What
differs is run in turns, round after round, and the medians are told. "us CPU" is processor time for each event; where
"others" used more than a little, wall times say little. Databases are on the disk of --folder: not on a tmpfs.
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import socket
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from lab import Lab, Postgres, memory_kib, milliseconds_of
from table import Series, Table

YEAR_EVENTS = 525_600
IDLE_CONNECTIONS = 5000


class Bench:
    def __init__(self, lab, options):
        self.lab, self.options, self.table = lab, options, Table()
        self.flat_out_rate = None
        self.loads = 0

    def run_load(self, service, events, shape="agent", **more):
        self.loads += 1  # each load has machines of its own
        return self.lab.load(service, "flat-out", events=events, seconds=self.options.seconds, shape=shape,
                             prefix=f"b{os.getpid()}-{self.loads}", **more)

    @contextlib.contextmanager
    def fresh_server(self, *options, keep=False):
        folder = self.lab.new_folder("server")
        with self.lab.server(folder, *options) as server:
            server.folder = folder
            yield server
        if not keep:
            shutil.rmtree(folder)

    @contextlib.contextmanager
    def running_peer(self):
        """The peer, or None without one."""
        if not self.options.peer:
            yield None
            return
        folder = self.lab.new_folder("peer")
        with self.lab.peer(folder) as peer:
            yield peer
        shutil.rmtree(folder)

    # SQLite

    def sqlite(self, events, raw_group, targets):
        ours, same_fields, raw, theirs = (Series("events_per_sec"), Series("events_per_sec"), Series("rows_per_sec"),
                                          Series("events_per_sec"))
        with self.running_peer() as peer:
            for _ in range(self.options.rounds):
                with self.fresh_server(keep=True) as server:
                    ours.add(self.run_load(server, events))
                raw.add(self.raw_sqlite(server.folder / "server.db", raw_group, events))
                shutil.rmtree(server.folder)
                if peer:
                    with self.fresh_server() as server:
                        same_fields.add(self.run_load(server, events, "peer"))
                    theirs.add(self.run_load(peer, events, "peer"))
        name = f"SQLite, {events} events a request"
        self.table.add(name, targets["rate"], f"{ours.median():,.0f} events/s", ours.note())
        self.table.add(f"  raw inserts in groups of {raw_group}", "", f"{raw.median():,.0f} rows/s", raw.note())
        self.table.add("  of the raw limit", targets["raw"], f"{ours.median() / raw.median():.2f}")
        if theirs.runs:
            self.table.add("  the peer's fields alone", "", f"{same_fields.median():,.0f} events/s", same_fields.note())
            self.table.add("  the peer", "", f"{theirs.median():,.0f} events/s", theirs.note())
            self.table.add("  of the peer", targets["peer"], f"{same_fields.median() / theirs.median():.0f} times")
        return ours.median()

    def raw_sqlite(self, like, group, events):
        folder = self.lab.new_folder("raw")
        figures = self.lab.run_raw("sqlite", like, folder / "raw.db", self.options.seconds, group, events)
        shutil.rmtree(folder)
        return figures

    def sqlite5(self):
        self.flat_out_rate = self.sqlite(5, 320, {"rate": "140,000", "raw": "0.8 or more", "peer": "60 or more"})

    def sqlite500(self):
        self.sqlite(500, 32_000, {"rate": "350,000", "raw": "", "peer": "40 or more"})

    def credentials(self):
        anyone, enrolled = Series("events_per_sec"), Series("events_per_sec")
        for _ in range(self.options.rounds):
            with self.fresh_server() as server:
                anyone.add(self.run_load(server, 5))
            with self.fresh_server("--auth", "required") as server:
                auth_file = self.lab.enroll(server, server.folder, 2000)
                enrolled.add(self.run_load(server, 5, auth_file=auth_file))
        self.table.add("SQLite, 5 events a request, with credentials", "", f"{enrolled.median():,.0f} events/s",
                       enrolled.note())
        self.table.add("  without", "", f"{anyone.median():,.0f} events/s", anyone.note())

    # PostgreSQL

    def postgres5(self):
        ours, raw = Series("events_per_sec"), Series("rows_per_sec")
        with Postgres(self.lab.new_folder("postgres")) as cluster:
            for number in range(self.options.rounds):
                url = cluster.create(f"bench{number}")
                with self.fresh_server("--database", url) as server:
                    # Of the server alone: its sessions' time is in "others".
                    ours.add(self.run_load(server, 5))
                raw.add(self.lab.run_raw("postgres", url, "raw_events", self.options.seconds, 320, 5))
            name = f"bench{self.options.rounds - 1}"
            stored = int(cluster.value(name, "SELECT count(*) FROM events"))
            size = int(cluster.value(name, "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind IN"
                                           " ('r') AND (relname LIKE 'events%' OR relname LIKE 'hours%')"))
        self.table.add("PostgreSQL, 5 events a request", "60,000", f"{ours.median():,.0f} events/s", ours.note())
        self.table.add("  raw grouped unnest", "", f"{raw.median():,.0f} rows/s", raw.note())
        self.table.add("  of the raw limit", "0.65 or more", f"{ours.median() / raw.median():.2f}")
        self.table.add("  bytes a row, with indexes and hours", "", f"{size / stored:.0f}")

    # Latency

    def latency(self):
        if self.flat_out_rate is None:
            with self.fresh_server() as server:
                self.flat_out_rate = self.run_load(server, 5)["events_per_sec"]
        rate = int(self.flat_out_rate / 2)
        runs = []
        for _ in range(self.options.rounds):
            with self.fresh_server() as server:
                runs.append(self.lab.load(server, "rate", rate=rate, seconds=self.options.seconds))
        for name in ("p50", "p99", "p99.9"):
            values = [run["latency_us"][name] / 1000 for run in runs]
            self.table.add(f"{name} at {rate:,} events/s", "20 ms or less" if name == "p99" else "",
                           f"{statistics.median(values):.2f} ms", f"[{min(values):.2f} .. {max(values):.2f}]")

    # Reading

    def reading(self):
        with self.fresh_server() as server:
            self.fill_year(server, "agent")
            path = "/api/activity/year-00000/"
            self.time_of(server, "a day's summary", "under 0.5 ms", path + "summary?date=2024-06-03", 1440)
            self.time_of(server, "a day's timeline", "under 0.5 ms", path + "timeline?date=2024-06-03")
            year = "?from=2024-01-15&to=2025-01-14"
            self.time_of(server, "a year's summary", "under 5 ms", path + "summary" + year, YEAR_EVENTS)
            self.time_of(server, "a year's timeline", "under 5 ms", path + "timeline" + year)
        with self.running_peer() as peer:
            if peer:
                self.fill_year(peer, "peer")
                self.time_of(peer, "  the peer's day", "", path + "summary?date=2024-06-03", 1440, 50)
                self.time_of(peer, "  the peer's year", "", path + "summary?date=2024-01-15&days=365", YEAR_EVENTS, 10)

    def fill_year(self, service, shape):
        self.lab.load(service, "flat-out", machines=1, prefix="year", events=480, connections=4, total=YEAR_EVENTS,
                      seconds=600, shape=shape)

    def time_of(self, service, name, target, path, events=None, times=200):
        try:
            milliseconds, answer = milliseconds_of(service, path, times)
        except RuntimeError as error:
            self.table.add(name, target, "not measured", str(error)[:90])
            return
        # The machine's own day begins an hour before the first event: a year lacks its last hour.
        whole = events is None or abs(answer["events"] - events) <= 60
        self.table.add(name, target, f"{milliseconds:.3f} ms", "" if whole else f"of {answer['events']} events only!")

    # Memory

    def memory(self):
        with self.fresh_server() as server:
            self.lab.load(server, "rhythm", machines=1000, period=1, seconds=10)
            self.table.add("resident, 1,000 machines in their rhythm", "under 64 MB",
                           f"{memory_kib(server.pid) / 1024:.1f} MB")
            self.lab.load(server, "flat-out", machines=1000, seconds=5, prefix="flat")
            self.table.add("  after 5 s flat out", "", f"{memory_kib(server.pid) / 1024:.1f} MB",
                           f"peak {memory_kib(server.pid, 'VmHWM') / 1024:.1f} MB")
        with self.fresh_server("--max-connections", "10000", "--idle-timeout-sec", "600") as server:
            self.idle_connections(server)

    def idle_connections(self, server):
        """Each asks once, and then rests."""
        request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with contextlib.ExitStack() as open_connections:
            def open_one():
                connection = open_connections.enter_context(socket.create_connection(("127.0.0.1", server.port), 30))
                connection.sendall(request)
                if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
                    raise RuntimeError("an idle connection was refused")
            for _ in range(100):
                open_one()
            before = memory_kib(server.pid)
            for _ in range(IDLE_CONNECTIONS):
                open_one()
            time.sleep(1)  # what is freed after the answer is freed by now
            each = (memory_kib(server.pid) - before) * 1024 / IDLE_CONNECTIONS
            self.table.add(f"bytes of each of {IDLE_CONNECTIONS} idle connections", "under 4096", f"{each:,.0f}")

    # Growth

    def growth(self):
        with self.fresh_server() as server:
            empty = self.rate_now(server)
            self.table.add("SQLite when empty", "", f"{empty.median():,.0f} events/s", empty.note())
            minute = 0
            for goal in self.options.rows:
                while (stored := self.stored_rows(server)) < goal:
                    batch = min(goal - stored, 10_000_000)
                    filled = self.lab.load(server, "flat-out", events=500, total=batch, seconds=36_000, first=minute,
                                           prefix="fill")
                    minute += -(-batch // (500 * 2000)) * 500
                size = sum(f.stat().st_size for f in server.folder.glob("server.db*"))
                rate = self.rate_now(server)
                self.table.add(f"  with {stored:,} events", "", f"{rate.median():,.0f} events/s", rate.note())
                self.table.add("  of the rate when empty", "0.7 or more at 100,000,000", f"{rate.median() / empty.median():.2f}")
                self.table.add("  bytes a row on disk", "", f"{size / stored:.0f}",
                               f"filled at {filled['events_per_sec']:,.0f}/s")

    def rate_now(self, server):
        series = Series("events_per_sec")
        for _ in range(self.options.rounds):
            series.add(self.run_load(server, 5))
        return series

    @staticmethod
    def stored_rows(server):
        with contextlib.closing(sqlite3.connect(f"file:{server.folder}/server.db?mode=ro", uri=True)) as database:
            return database.execute("SELECT max(rowid) FROM events").fetchone()[0] or 0


PARTS = ("sqlite5", "sqlite500", "credentials", "postgres5", "latency", "reading", "memory", "growth")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("build")
    parser.add_argument("--only", default=",".join(PARTS[:-1]))
    parser.add_argument("--peer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rows", type=lambda text: [int(n) for n in text.split(",")], default=[10_000_000])
    parser.add_argument("--folder", help="where databases are made; the system's folder for temporary files otherwise")
    parser.add_argument("--json", help="writes the table to this file, too")
    options = parser.parse_args()
    parts = options.only.split(",")
    if set(parts) - set(PARTS):
        sys.exit(f"parts are {', '.join(PARTS)}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory(prefix="activitytrack-bench-", dir=options.folder) as folder:
        Path(folder).chmod(0o755)
        bench = Bench(Lab(options.build, folder, options.peer), options)
        print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors", flush=True)
        for part in parts:
            getattr(bench, part)()
    if options.json:
        Path(options.json).write_text(json.dumps(bench.table.rows, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
