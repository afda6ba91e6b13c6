"""Maintenance of data with a real server: backups while events come in, restore, check, retention, erasure, export."""

import json
import sqlite3
import threading
import unittest

from server_support import ServerTest, event
from support import wait_until


class MaintenanceTest(ServerTest):
    def command(self, *arguments, code=0):
        """Runs a command on the test's database; gives what it said on standard output and standard error."""
        ended = super().command(*arguments, code=code, timeout=120)
        return ended.stdout, ended.stderr

    def send_minutes(self, machine, first, count):
        for start in range(first, first + count, 500):
            self.post([event(i, machine) for i in range(start, min(start + 500, first + count))])

    def count(self, database, machine="load"):
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT count(*) FROM events JOIN machines ON machines.id = machine"
                                      " WHERE machine_id = ?", (machine,)).fetchone()[0]

    def test_a_backup_under_load_is_whole_and_comes_back(self):
        server = self.start_server()
        self.send_minutes("load", 0, 2000)
        stop, sent = threading.Event(), [2000]

        def load():
            while not stop.is_set():
                self.post([event(sent[0], "load")])
                sent[0] += 1

        thread = threading.Thread(target=load)
        thread.start()
        try:
            wait_until(lambda: sent[0] > 2010, "events to come in")
            before = sent[0]
            self.command("backup", self.folder / "one.db")
            after = sent[0]
        finally:
            stop.set()
            thread.join()
        self.assertTrue(before <= self.count(self.folder / "one.db") <= after + 1)
        self.assertEqual((self.folder / "one.db").stat().st_mode & 0o777, 0o600)
        self.assertIn("is there already", self.command("backup", self.folder / "one.db", code=1)[1])

        self.send_minutes("later", 0, 10)
        self.assertIn("in use", self.command("restore", self.folder / "one.db", code=75)[1])
        self.stop(server)
        aside = self.command("restore", self.folder / "one.db")[0].split()[-1]
        self.assertEqual(self.count(aside, "later"), 10)
        self.assertIn("ok", self.command("check")[0])
        server = self.start_server()
        self.assertEqual(len(self.stored("load")), self.count(self.folder / "one.db"))
        self.assertEqual(self.stored("later"), [])
        self.send_minutes("later", 0, 10)
        self.stop(server)
        self.assertEqual(sorted(p.name for p in (self.folder / "data").glob("*.rest*")), [])

    def test_damage_is_found_and_is_not_restored_or_backed_up(self):
        server = self.start_server()
        self.send_minutes("load", 0, 3000)
        self.command("backup", self.folder / "good.db")
        self.stop(server)
        database = self.folder / "data" / "server.db"
        for path in (database, self.folder / "bad.db"):
            damaged = bytearray((self.folder / "good.db").read_bytes())
            damaged[8192:24576] = bytes(16384)
            path.write_bytes(damaged)
        self.command("check", code=1)
        self.assertIn("bad.db", self.command("restore", self.folder / "bad.db", code=1)[1])
        self.command("backup", self.folder / "copy.db", code=1)
        self.assertEqual(list(self.folder.glob("copy*")), [])
        (self.folder / "other").write_text("no database at all, but a text of some length" * 100)
        self.command("restore", self.folder / "other", code=1)
        self.command("restore", self.folder / "none", code=1)
        self.command("restore", self.folder / "good.db")
        self.assertIn("events    3000", self.command("check")[0])

    def test_wrong_hours_are_found_and_rebuilt_while_the_server_runs(self):
        self.start_server()
        self.send_minutes("load", 0, 180)
        with sqlite3.connect(self.folder / "data" / "server.db") as connection:
            connection.execute("DELETE FROM hours WHERE start = (SELECT min(start) FROM hours)")
        connection.close()
        self.assertIn("hours of load", self.command("check", code=1)[0])
        self.command("rebuild-hours", "load")
        self.assertIn("hours     3 ok", self.command("check")[0])
        summary = json.loads(self.request("GET", "/api/activity/load/summary?date=2024-01-01")[2])
        self.assertEqual(summary["events"], 180)

    def test_old_events_go_and_their_summaries_stay(self):
        server = self.start_server()
        self.send_minutes("load", 0, 3000)
        self.stop(server)
        self.start_server("--retention-days", "30")
        wait_until(lambda: not self.stored("load"), "the old events to go")
        summary = json.loads(self.request("GET", "/api/activity/load/summary?date=2024-01-02")[2])
        self.assertEqual(summary["events"], 1440)
        self.assertIn("ok", self.command("check")[0])
        self.command("rebuild-hours")
        summary = json.loads(self.request("GET", "/api/activity/load/summary?date=2024-01-01")[2])
        self.assertEqual(summary["key_count"], sum(range(1440)))

    def test_a_machine_is_exported_and_erased(self):
        server = self.start_server()
        for machine in ("load", "other", "third"):
            self.send_minutes(machine, 0, 1200)
        exported = self.command("export", "load")[0].splitlines()
        kinds = [next(iter(json.loads(line))) for line in exported]
        self.assertEqual({kind: kinds.count(kind) for kind in kinds}, {"machine": 1, "event": 1200, "hour": 20, "audit": 1})
        self.command("export", "other", self.folder / "other.jsonl")
        self.assertEqual(len((self.folder / "other.jsonl").read_text().splitlines()), 1222)
        self.command("export", "nobody", code=1)

        self.command("erase", "load", "--yes")
        self.assertEqual(self.request("GET", "/api/machines/load")[0], 404)
        self.assertEqual(self.request("DELETE", "/api/machines/other")[0], 202)
        self.assertEqual(self.request("DELETE", "/api/machines/other")[0], 404)
        self.assertEqual(self.request("GET", "/api/activity/other/events")[0], 404)
        database = self.folder / "data" / "server.db"

        def left(table):
            with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
                return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

        wait_until(lambda: (left("events"), left("hours"), left("machines"), left("erasures")) == (1200, 20, 1, 0),
                   "the rows of the erased machines to go")
        self.assertEqual(len(self.stored("third")), 1200)
        self.command("erase", "load", "--yes", code=1)
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            actions = {row[0] for row in connection.execute("SELECT action FROM audit WHERE machine_id = 'load'")}
        self.assertEqual(actions, {"erase", "export"})
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
