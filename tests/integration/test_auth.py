"""Accounts with the real programs: who gets in by what, and nobody else."""

import base64
import concurrent.futures
import contextlib
import hmac
import http.client
import json
import re
import sqlite3
import struct
import subprocess
import threading
import time
import unittest

from server_support import ServerTest, batch, event
from support import program, quiet_display, wait_until

PASSWORD = "correct horse battery"


class AuthTest(ServerTest):
    AUTH = ()

    def setUp(self):
        super().setUp()
        self.server = self.start_server()

    def run_program(self, name, *arguments, stdin="", code=0):
        ended = subprocess.run([program(name), *map(str, arguments)], input=stdin, text=True, capture_output=True,
                               timeout=60, env=self.environment())
        self.assertEqual(ended.returncode, code, ended.stderr)
        return ended

    def command(self, *arguments, stdin="", code=0):
        """What a command of the server's program prints, while the server runs on the same database."""
        return self.run_program("server", *arguments, "--data-dir", self.folder / "data", stdin=stdin, code=code).stdout

    def add_user(self, name, role, *machines):
        given = [word for machine in machines for word in ("--machine", machine)]
        self.command("user", "add", name, "--role", role, *given, stdin=PASSWORD + "\n")

    def api_token(self, user, *options):
        return self.command("token", "create", user, *options).strip()

    def ask(self, method, path, body=None, token=None, source="127.0.0.1", **headers):
        """Status, headers and parsed body."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120, source_address=(source, 0))
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read()
            kind = response.headers.get("Content-Type", "")
            return response.status, response.headers, json.loads(text) if "json" in kind else text
        finally:
            connection.close()

    def status_of(self, *arguments, **options):
        return self.ask(*arguments, **options)[0]

    def enrol(self, machine, *options):
        token = self.command("enroll-token", "create", *options).strip()
        status, _, answer = self.ask("POST", "/api/enroll", {"machine_id": machine}, token)
        self.assertEqual(status, 200, answer)
        return answer["credential"]

    def login(self, user="ann", password=PASSWORD, source="127.0.0.1", cookies=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())} if cookies else {}
        status, answer, _ = self.ask("POST", "/api/login", {"user": user, "password": password}, source=source, **headers)
        found = dict(cookie.split(";")[0].split("=", 1) for cookie in answer.get_all("Set-Cookie") or [])
        return status, found

    def stored_events(self):
        path = f"file:{self.folder}/data/server.db?mode=ro"
        with contextlib.closing(sqlite3.connect(path, uri=True)) as database:
            return database.execute("SELECT count(*) FROM events").fetchone()[0]


class Machines(AuthTest):
    def test_an_agent_enrols_sends_and_is_read_by_roles(self):
        config = self.folder / "config.yaml"
        config.write_text(f"# kept\nmachine_id: vm-1\ncollect_interval_sec: 1\nsend_interval_sec: 1\n"
                          f"buffer_path: {self.folder}/buffer.db\n")
        token = self.command("enroll-token", "create", "--label", "lab").strip()
        url = f"http://127.0.0.1:{self.port}"
        self.run_program("agent", "enroll", url, token, "--config", config)
        self.assertIn("# kept\n", config.read_text())
        self.assertEqual(config.stat().st_mode & 0o777, 0o600)
        refused = self.run_program("agent", "enroll", url, token, "--config", config, code=1)
        self.assertIn("401", refused.stderr)
        self.assertNotIn(token, refused.stderr)

        self.start("agent", "run", "--config", config, env=self.environment(DISPLAY=quiet_display()))
        for name, role, machines in (("root", "admin", ()), ("boss", "manager", ("vm-1",)), ("me", "self", ("vm-1",)),
                                     ("other", "viewer", ("vm-2",))):
            self.add_user(name, role, *machines)
        reader = self.api_token("boss")
        wait_until(lambda: self.status_of("GET", "/api/machines/vm-1", token=reader) == 200, "the agent's first events")
        for name, expected in (("root", 200), ("me", 200), ("other", 403)):
            self.assertEqual(self.status_of("GET", "/api/activity/vm-1/events", token=self.api_token(name)), expected)
        _, _, list_of_other = self.ask("GET", "/api/machines", token=self.api_token("other"))
        self.assertEqual(list_of_other["machines"], [])

        environment = self.environment(ACTIVITYTRACK_TOKEN=reader)
        report = subprocess.run([program("report"), "machines", "--server", url], env=environment, text=True,
                                capture_output=True, timeout=60)
        self.assertEqual(report.returncode, 0, report.stderr)
        self.assertIn("vm-1", report.stdout)

        def who_read():
            entries = self.ask("GET", "/api/audit?machine=vm-1", token=self.api_token("me"))[2]["entries"]
            return {entry["name"] for entry in entries}
        wait_until(lambda: {"boss", "root", "other"} <= who_read(), "the audit log")

    def test_an_agent_without_a_configuration_is_given_one(self):
        token = self.command("enroll-token", "create").strip()
        for url, part in ((f"ftp://127.0.0.1:{self.port}", "http"), (f"http://127.0.0.1:{self.port}/other", "404")):
            ended = subprocess.run([program("agent"), "enroll", url, token], env=self.environment(), text=True,
                                   capture_output=True, timeout=60)
            self.assertIn(part, ended.stderr)
            self.assertNotEqual(ended.returncode, 0)
        self.run_program("agent", "enroll", f"http://127.0.0.1:{self.port}", token)
        config = self.folder / ".config/activity-tracker/config.yaml"
        self.assertEqual(config.stat().st_mode & 0o777, 0o600)
        self.assertIn("credential: \"atm_", config.read_text())

    def test_events_of_an_earlier_machine_id_do_not_block_the_agent(self):
        buffer = self.folder / "buffer.db"
        config = self.folder / "config.yaml"
        settings = f"collect_interval_sec: 1\nsend_interval_sec: 1\nbuffer_path: {buffer}\n"
        config.write_text("machine_id: old\n" + settings)
        agent = self.start("agent", "run", "--config", config, env=self.environment(DISPLAY=quiet_display()))

        def pending(machine):
            with contextlib.suppress(sqlite3.OperationalError):  # not made yet
                with contextlib.closing(sqlite3.connect(f"file:{buffer}?mode=ro", uri=True)) as database:
                    rows = database.execute("SELECT event FROM pending").fetchall()
                return [row for row in rows if json.loads(row[0])["machine_id"] == machine]
            return []
        wait_until(lambda: pending("old"), "an event of the old id")
        self.stop(agent)
        config.write_text("machine_id: new\n" + settings)
        token = self.command("enroll-token", "create").strip()
        self.run_program("agent", "enroll", f"http://127.0.0.1:{self.port}", token, "--config", config)
        agent = self.start("agent", "run", "--config", config, env=self.environment(DISPLAY=quiet_display()))
        wait_until(lambda: not pending("old"), "the old id's events to be put aside")
        wait_until(lambda: self.stored_events() > 0, "the new id's events")
        self.assertIn("for which the credential is not good", agent.log_end(50))

    def test_an_enrolment_token_is_used_up_and_takes_over_no_machine(self):
        self.enrol("vm-1")
        token = self.command("enroll-token", "create", "--uses", "2").strip()
        self.assertEqual(self.status_of("POST", "/api/enroll", {"machine_id": "vm-1"}, token), 409)
        self.assertEqual(self.status_of("POST", "/api/enroll", {"machine_id": "vm-2"}, token), 200)
        self.assertEqual(self.status_of("POST", "/api/enroll", {"machine_id": "vm-3"}, token), 200)
        self.assertEqual(self.status_of("POST", "/api/enroll", {"machine_id": "vm-4"}, token), 401)
        self.enrol("vm-1", "--replace")

        listed = json.loads(self.command("enroll-token", "list", "--json"))
        self.assertEqual(sorted(row["uses_left"] for row in listed), [0, 0, 0])
        last = self.command("enroll-token", "create", "--json")
        self.command("enroll-token", "revoke", json.loads(last)["id"])
        self.assertEqual(self.status_of("POST", "/api/enroll", {"machine_id": "vm-4"}, json.loads(last)["token"]), 401)

    def test_foreign_and_replaced_credentials_store_nothing(self):
        first = self.enrol("vm-1")
        self.assertEqual(self.status_of("POST", "/api/events", batch([event(1, "vm-2")]), first), 403)
        self.assertEqual(self.status_of("POST", "/api/events", batch([event(1, "vm-1"), event(1, "vm-2")]), first), 403)
        self.assertEqual(self.stored_events(), 0)
        self.assertEqual(self.status_of("POST", "/api/events", batch([event(1, "vm-1")]), first), 200)
        self.enrol("vm-1", "--replace")
        self.assertEqual(self.status_of("POST", "/api/events", batch([event(2, "vm-1")]), first), 401)
        self.assertEqual(self.stored_events(), 1)

    def test_nothing_is_stored_after_a_revocation_returned(self):
        credential = self.enrol("vm-1")
        answers, stop = [], threading.Event()

        def load(thread):
            for number in range(thread, 1_000_000, 4):
                if stop.is_set():
                    return
                answers.append(self.status_of("POST", "/api/events", batch([event(number, "vm-1")]), credential))
        threads = [threading.Thread(target=load, args=(thread,)) for thread in range(4)]
        for thread in threads:
            thread.start()
        wait_until(lambda: answers.count(200) > 100, "some load")
        self.command("machine", "revoke", "vm-1")
        stored = self.stored_events()
        begin = len(answers)
        wait_until(lambda: len(answers) > begin + 100, "load after the revocation")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(self.stored_events(), stored)
        self.assertEqual(answers.count(200), stored, "each acknowledged event is there")
        self.assertEqual(set(answers), {200, 401})
        self.assertEqual(json.loads(self.command("machine", "list", "--json")), [])
        refused = self.run_program("server", "machine", "revoke", "vm-1", "--data-dir", self.folder / "data", code=1)
        self.assertIn("no credential", refused.stderr)


class People(AuthTest):
    def test_the_first_user_is_made_by_the_printed_link(self):
        link = wait_until(lambda: re.search(r"http://[^/]+(/setup\?token=(\S+))", self.server.log_end(50)), "the link")
        status, headers, page = self.ask("GET", link.group(1))
        self.assertEqual(status, 200)
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertIn(b"<!doctype html>", page)
        root = {"token": link.group(2), "user": "root", "password": PASSWORD}
        self.assertEqual(self.status_of("POST", "/api/setup", root, Origin="http://evil.example"), 403)
        self.assertEqual(self.status_of("POST", "/api/setup", root), 200)
        self.assertEqual(self.status_of("POST", "/api/setup", root), 404)
        self.assertEqual(self.login("root")[0], 200)
        self.assertTrue(self.login("root")[1]["session"].startswith("ats_"))

    def test_a_session_ends_with_signing_out_and_with_a_new_password(self):
        self.add_user("ann", "viewer")
        _, cookies = self.login()
        by_cookie = {"Cookie": f"session={cookies['session']}"}
        own = {**by_cookie, "Origin": f"http://127.0.0.1:{self.port}"}
        self.assertEqual(self.status_of("GET", "/api/me", **by_cookie), 200)
        self.assertEqual(self.status_of("GET", "/api/me", Cookie=f"session={cookies['session'][:-1]}"), 401)
        self.assertEqual(self.status_of("GET", "/api/me", Cookie=f"device={cookies['session']}"), 401)
        self.assertEqual(self.status_of("GET", "/api/me", token=cookies["session"]), 401)
        self.assertEqual(self.status_of("POST", "/api/logout", {}, **by_cookie), 403, "no Origin")
        self.assertEqual(self.status_of("POST", "/api/logout", {}, **by_cookie, Origin="http://evil.example"), 403)
        self.assertEqual(self.status_of("POST", "/api/logout", b"x=1", **own, **{"Content-Type": "text/plain"}), 415)
        self.assertEqual(self.status_of("POST", "/api/logout", {}, **own), 200)
        self.assertEqual(self.status_of("GET", "/api/me", **by_cookie), 401)

        _, cookies = self.login()
        self.command("user", "passwd", "ann", stdin="another password\n")
        self.assertEqual(self.status_of("GET", "/api/me", Cookie=f"session={cookies['session']}"), 401)
        self.assertEqual(self.login()[0], 401)
        self.assertEqual(self.login(password="another password")[0], 200)

    def test_who_guesses_is_locked_out_and_nobody_else(self):
        self.add_user("ann", "viewer")
        _, cookies = self.login(source="127.0.0.2")
        for source in ("127.0.0.2", "127.0.0.3"):
            for _ in range(5):
                self.assertEqual(self.login(password="guess", source=source)[0], 401)
            self.assertEqual(self.login(source=source)[0], 429)
        self.assertEqual(self.login("bob", source="127.0.0.3")[0], 401, "another name")
        self.assertEqual(self.login(source="127.0.0.4")[0], 200, "another address")
        self.assertEqual(self.login(source="127.0.0.2", cookies={"device": cookies["device"]})[0], 200, "a known browser")
        self.assertEqual(self.login(source="127.0.0.3", cookies={"device": cookies["device"][:-1] + "_"})[0], 429)

    def test_a_second_factor_is_asked_for_and_reset_by_a_command(self):
        self.add_user("ann", "viewer")
        person = {"user": "ann", "password": PASSWORD}
        secret = self.ask("POST", "/api/login/second-factor", person)[2]["secret"]

        def code():
            step = struct.pack(">Q", int(time.time()) // 30)
            digest = hmac.digest(base64.b32decode(secret), step, "sha1")
            at = digest[-1] & 15
            return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7fffffff) % 10**6:06}"
        status, _, answer = self.ask("POST", "/api/login", {**person, "code": code()})
        self.assertEqual((status, len(answer["recovery_codes"])), (200, 10), answer)
        status, _, answer = self.ask("POST", "/api/login", person)
        self.assertEqual((status, answer["second_factor"]), (401, "code"))
        self.command("user", "reset-second-factor", "ann")
        self.assertEqual(self.login()[0], 200)

    def test_many_who_sign_in_at_once_all_get_in(self):
        self.add_user("ann", "viewer")
        with concurrent.futures.ThreadPoolExecutor(60) as people:
            answers = list(people.map(lambda i: self.login(source=f"127.0.1.{i}")[0], range(1, 61)))
        self.assertEqual(answers, [200] * 60)

    def test_commands_say_what_is_wrong(self):
        wrong = [(("user", "add", "ann", "--role", "king"), PASSWORD, "admin, manager, viewer, self or monitor"),
                 (("user", "add", "a b", "--role", "self"), PASSWORD, "a-z 0-9"),
                 (("user", "add", "ann", "--role", "self"), "short", "at least 10"),
                 (("user", "add", "ann", "--role", "self"), "", "no password"),
                 (("enroll-token", "create", "--uses", "0"), "", "--uses"),
                 (("enroll-token", "create", "--expires", "soon"), "", "--expires"),
                 (("enroll-token", "revoke", "x"), "", "ID"),
                 (("serve", "--listen", "0.0.0.0:0", "--insecure-listen", "yes", "--auth", "none"), "", "auth: none")]
        for arguments, stdin, part in wrong:
            with self.subTest(arguments):
                ended = self.run_program("server", *arguments, "--data-dir", self.folder / "data", stdin=stdin, code=2)
                self.assertIn(part, ended.stderr)
        self.add_user("ann", "admin")
        for arguments in (("user", "add", "ann", "--role", "self"), ("user", "remove", "bob"), ("user", "remove", "ann"),
                          ("token", "create", "bob")):
            with self.subTest(arguments):
                self.command(*arguments, stdin=PASSWORD, code=1)

    def test_a_token_reads_and_is_revoked(self):
        self.add_user("ann", "admin")
        made = json.loads(self.command("token", "create", "ann", "--label", "script", "--json"))
        self.assertEqual(self.status_of("GET", "/api/users", token=made["token"]), 200)
        self.assertEqual(self.status_of("DELETE", "/api/users/ann", token=made["token"]), 403)
        self.assertEqual([row["label"] for row in json.loads(self.command("token", "list", "--json"))], ["script"])
        self.command("token", "revoke", made["id"])
        self.assertEqual(self.status_of("GET", "/api/users", token=made["token"]), 401)


if __name__ == "__main__":
    unittest.main()
