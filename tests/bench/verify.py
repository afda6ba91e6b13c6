#!/usr/bin/env python3
"""Whether a server holds what `activitytrack-load --record` was told that it holds.

usage: verify.py --server URL [--token TOKEN] [--failed-may-be-stored] RECORD...
       verify.py --sqlite FILE [--failed-may-be-stored] RECORD...

Every event that was acknowledged is there, once; nothing is there that was not sent, or that the server said it had
not stored; each event is what was sent. Through the API also: the days' summaries, which come from hours kept beside the
events, equal what the events add up to. Several records are of several runs on the same machines.
"""

import argparse
import contextlib
import http.client
import json
import sqlite3
import sys
import urllib.parse
from collections import defaultdict
from datetime import datetime, timedelta, timezone

BEGIN = datetime(2024, 1, 15, tzinfo=timezone.utc)
ZONE = timedelta(hours=1)
PAGE = 10_000
ADDED_UP = ("key_count", "mouse_clicks", "mouse_distance_px", "scroll_count", "disk_read_bytes", "disk_write_bytes",
            "active_sec")


class Wrong(Exception):
    """What was found not to be so."""


class Machine:
    """What the records say of a machine's events, by their numbers."""

    def __init__(self, index):
        self.index = index
        self.fates = {"acknowledged": set(), "failed": set(), "unknown": set()}

    def key_count(self, number):
        """As in load/texts.cpp."""
        kind = (number + self.index) % 64
        return 0 if kind % 8 == 7 else 100 + 7 * kind


def read_records(paths):
    machines = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line in file:
                fate, index, name, first, count = line.split()
                machine = machines.setdefault(name, Machine(int(index)))
                machine.fates[fate].update(range(int(first), int(first) + int(count)))
    return machines


class Server:
    """Reads through the API, on one connection."""

    def __init__(self, url, token):
        parts = urllib.parse.urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(parts.hostname, parts.port, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path):
        """The JSON, or None for 404."""
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise Wrong(f"{path}: {answer.status} {body[:300]}")
        return json.loads(body)

    def events(self, name):
        cursor = ""
        while True:
            page = self.get(f"/api/activity/{name}/events?limit={PAGE}{cursor}")
            if page is None:
                return
            yield from page["events"]
            if page["next_cursor"] is None:
                return
            cursor = "&cursor=" + page["next_cursor"]

    def check_days(self, name, events):
        """Summaries and timelines against events of the same days on the machine's clock."""
        days = defaultdict(list)
        for event in events:
            shown = datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00")) + ZONE
            days[shown.date()].append(event)
        for day, members in days.items():
            summary = self.get(f"/api/activity/{name}/summary?date={day}")
            compare(f"{name}, summary of {day}", summary, members)
            hours = self.get(f"/api/activity/{name}/timeline?date={day}")["hours"]
            for field in ("events", *ADDED_UP):
                if abs(sum(hour[field] for hour in hours) - summary[field]) > 0.01:
                    raise Wrong(f"{name}, {day}: the hours' {field} do not add up to the summary's")
        return len(days)


def compare(what, totals, events):
    if totals["events"] != len(events):
        raise Wrong(f"{what}: {totals['events']} events instead of {len(events)}")
    for field in ADDED_UP:
        expected = sum(event.get(field, 0) for event in events)
        if abs(totals[field] - expected) > 0.01:
            raise Wrong(f"{what}: {field} is {totals[field]} instead of {expected}")


class File:
    """Reads a SQLite database beside the server, events alone: for millions of them."""

    def __init__(self, path):
        self.database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.keys = dict(self.database.execute(
            "SELECT machine_id, " + ("machine" if self.has_column("machines", "machine") else "id") + " FROM machines"))

    def has_column(self, table, column):
        rows = self.database.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column))
        return rows.fetchone() is not None

    def events(self, name):
        rows = self.database.execute("SELECT timestamp, key_count FROM events WHERE machine = ? ORDER BY timestamp",
                                     (self.keys.get(name),))
        for micros, key_count in rows:
            yield {"timestamp": BEGIN + timedelta(microseconds=micros - BEGIN.timestamp() * 1_000_000),
                   "key_count": key_count}

    def check_days(self, _name, _events):
        return 0


def number_of(event):
    stamp = event["timestamp"]
    time = stamp if isinstance(stamp, datetime) else datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    number, rest = divmod(time - BEGIN, timedelta(minutes=1))
    if rest:
        raise Wrong(f"an event of {stamp}, which was never sent")
    return number


def few(numbers):
    return f"{len(numbers)} events, such as {sorted(numbers)[:3]}"


def check_machine(store, name, machine, failed_may_be_stored):
    events = list(store.events(name))
    stored = set()
    for event in events:
        number = number_of(event)
        if number in stored:
            raise Wrong(f"{name}: event {number} is stored twice")
        stored.add(number)
        if event["key_count"] != machine.key_count(number):
            raise Wrong(f"{name}: event {number} is not as it was sent")
    lost = machine.fates["acknowledged"] - stored
    if lost:
        raise Wrong(f"{name}: acknowledged, and not stored: {few(lost)}")
    possible = machine.fates["acknowledged"] | machine.fates["unknown"]
    if failed_may_be_stored:
        possible |= machine.fates["failed"]
    if stored - possible:
        raise Wrong(f"{name}: stored, though never sent or answered with an error: {few(stored - possible)}")
    return len(stored), store.check_days(name, events)


def verify(store, paths, failed_may_be_stored=False):
    """Counts of what was found right; raises Wrong."""
    found = {"machines": 0, "acknowledged": 0, "stored": 0, "days": 0}
    for name, machine in read_records(paths).items():
        stored, days = check_machine(store, name, machine, failed_may_be_stored)
        found["machines"] += 1
        found["acknowledged"] += len(machine.fates["acknowledged"])
        found["stored"] += stored
        found["days"] += days
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--server", metavar="URL")
    place.add_argument("--sqlite", metavar="FILE")
    parser.add_argument("--token", help="a token that may read")
    parser.add_argument("--failed-may-be-stored", action="store_true",
                        help="events answered 5xx by something before the server")
    parser.add_argument("records", metavar="RECORD", nargs="+")
    arguments = parser.parse_args()
    store = Server(arguments.server, arguments.token) if arguments.server else File(arguments.sqlite)
    with contextlib.suppress(BrokenPipeError):
        try:
            found = verify(store, arguments.records, arguments.failed_may_be_stored)
        except Wrong as wrong:
            print(f"verify.py: {wrong}", file=sys.stderr)
            return 1
        print(", ".join(f"{count} {what}" for what, count in found.items()) + ": all as recorded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
