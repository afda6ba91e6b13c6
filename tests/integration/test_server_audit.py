"""The audit log of the real server: what was read stands in it before anybody has the answer, also if the server is killed."""

import contextlib
import http.client
import json
import threading
import unittest

from postgres_support import Cluster
from server_support import ServerTest, batch, event
from support import wait_until

from test_auth import PASSWORD, AuthTest

READERS = 6


class AuditedReads(AuthTest):
    """With SQLite; with PostgreSQL below."""

    DATABASE = ()

    def start_server(self, *options, **others):
        return super().start_server(*self.DATABASE, *options, **others)

    def command(self, *arguments, **others):
        return super().command(*arguments, *self.DATABASE, **others)

    def read_without_end(self, token, answered, begun):
        """Counts what was asked for and what was answered 200, until the connection ends."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            while True:
                begun.append(None)
                connection.request("GET", "/api/machines/vm-1", headers={"Authorization": f"Bearer {token}"})
                response = connection.getresponse()
                response.read()
                if response.status == 200:
                    answered.append(None)

    def entries(self, token):
        found, cursor = [], ""
        while cursor is not None:
            page = self.ask("GET", f"/api/audit?machine=vm-1&limit=10000{cursor}", token=token)[2]
            found += page["entries"]
            cursor = page["next_cursor"] and "&cursor=" + page["next_cursor"]
        return [entry for entry in found if entry["action"] == "GET /api/machines/{id}" and entry["status"] == 200]

    def test_no_answered_read_is_missing_after_a_kill(self):
        self.add_user("root", "admin")
        token = self.api_token("root")
        credential = self.enrol("vm-1")
        self.assertEqual(self.status_of("POST", "/api/events", batch([event(1, "vm-1")]), credential), 200)
        answered, begun = [], []
        for _ in range(3):
            goal = len(answered) + 300
            readers = [threading.Thread(target=self.read_without_end, args=(token, answered, begun))
                       for _ in range(READERS)]
            for reader in readers:
                reader.start()
            wait_until(lambda: len(answered) >= goal, "300 reads")
            self.server.process.kill()
            self.server.process.wait()
            for reader in readers:
                reader.join()
            self.server = self.start_server()
            written = len(self.entries(token))
            self.assertGreaterEqual(written, len(answered), "somebody has read what is not written down")
            self.assertLessEqual(written, len(begun))


class AuditedReadsInPostgres(AuditedReads):
    def setUp(self):
        # The server is started by the base's setUp, and needs the database before.
        ServerTest.setUp(self)
        cluster = Cluster(self)
        self.DATABASE = ("--database", cluster.url(cluster.new_database("audit")))
        self.server = self.start_server()


class Commands(AuthTest):
    def test_a_new_password_ends_what_was_good_and_sessions_are_seen(self):
        self.add_user("root", "admin")
        token = self.api_token("root", "--label", "script")
        cookie = {"Cookie": f"session={self.login('root')[1]['session']}"}
        listed = json.loads(self.command("user", "sessions", "root", "--json"))
        self.assertEqual([row["client"] for row in listed], ["127.0.0.1"])
        self.assertIn("1 session, 0 tokens", self.command("user", "sign-out", "root"))
        self.assertEqual(self.status_of("GET", "/api/me", **cookie), 401)
        self.assertEqual(json.loads(self.command("user", "sessions", "root", "--json")), [])

        self.command("user", "passwd", "root", "--keep-tokens", stdin="another password\n")
        self.assertEqual(self.status_of("GET", "/api/me", token=token), 200)
        reset = self.run_program("server", "user", "passwd", "root", "--data-dir", self.folder / "data", stdin=PASSWORD)
        self.assertIn("--keep-tokens", reset.stderr, "said before it is done")
        self.assertIn("0 sessions, 1 token ", reset.stdout)
        self.assertEqual(self.status_of("GET", "/api/me", token=token), 401)
        self.command("user", "passwd", "Root", stdin=PASSWORD)
        entries = self.ask("GET", "/api/audit?target=root", token=self.api_token("root"))[2]["entries"]
        self.assertEqual([entry["action"] for entry in entries].count("user passwd"), 3, "by the name as it is kept")

    def test_commands_write_down_what_they_changed(self):
        self.add_user("root", "admin")
        self.add_user("ann", "viewer", "vm-1")
        made = json.loads(self.command("token", "create", "ann", "--label", "script", "--write", "--json"))
        self.command("token", "revoke", made["id"])
        self.command("enroll-token", "create", "--uses", "3", "--label", "lab")
        self.command("user", "remove", "ann")
        entries = self.ask("GET", "/api/audit", token=self.api_token("root"))[2]["entries"]
        told = [(entry["action"], entry["target"], entry["details"]) for entry in reversed(entries)
                if entry["kind"] == "command"][1:6]
        ann = {"kind": "person", "id": "ann", "label": None}
        token = {"kind": "token", "id": made["id"], "label": "script"}
        self.assertEqual(told[0], ("user add", ann, {"role": {"from": None, "to": "viewer"},
                                                     "machines": {"given": ["vm-1"], "taken": []}}))
        self.assertEqual(told[1], ("token create", token, {"user": "ann", "may_write": True,
                                                           "expires_at": made["expires_at"]}))
        self.assertEqual(told[2], ("token revoke", token, {"user": "ann", "may_write": True}))
        self.assertEqual((told[3][1]["label"], told[3][2]["uses"]), ("lab", 3))
        self.assertEqual(told[4], ("user remove", ann, {"role": {"from": "viewer", "to": None},
                                                        "machines": {"given": [], "taken": ["vm-1"]}}))


if __name__ == "__main__":
    unittest.main()
