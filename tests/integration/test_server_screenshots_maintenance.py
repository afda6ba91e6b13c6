"""Screenshots of a real server when things go wrong, who may do what with them, and how they end."""

import base64
import hashlib
import http.client
import json
import os
import random
import re
import sqlite3
import subprocess
import threading
import time
import unittest
from unittest import mock

from screenshot_support import JPEG, JSON, MACHINE, ScreenshotTest, picture, shot
from support import mount_small_disk, program, wait_until

KILLS = int(os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("SEED", "20240115"))


class Faults(ScreenshotTest):
    def test_each_picture_that_was_acknowledged_is_there_after_kills(self):
        """Agents send while the server is killed again and again; each answer "stored" holds for ever."""
        chance = random.Random(SEED)
        server = self.start_server()
        acknowledged, stop = [], threading.Event()

        def agent(number):
            sizes, count = random.Random(number), 0
            while not stop.is_set():
                content = picture(sizes.randrange(1, 200_000), 10_000 * number + count)
                about = shot(content, count % 1440, f"vm-{number}-{count // 1440}")
                while not stop.is_set() and not self.try_once(about, content):
                    time.sleep(0.005)
                if not stop.is_set():
                    acknowledged.append((about, content))
                count += 1

        threads = [threading.Thread(target=agent, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(KILLS):
                seen = len(acknowledged)
                time.sleep(chance.uniform(0.01, 0.4))  # the moment of the kill, not a wait for anything
                wait_until(lambda: len(acknowledged) > seen, "a picture to be acknowledged")  # noqa: B023
                server.process.kill()
                server.process.wait()
                server = self.start_server(port=self.port)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertGreater(len(acknowledged), KILLS)
        for about, content in acknowledged:
            self.assertEqual(self.announce(about), {"state": "stored"})
            self.assertEqual(self.content(about), content)
        names = {f"{a['machine_id']}/2024-01-15/{a['id']}.jpg" for a, _ in acknowledged}
        self.assertEqual(len(names), len(acknowledged))
        self.assertLessEqual(names, set(self.kept()))
        self.assertIn(" ok", self.command("check"))
        print(f"{KILLS} kills, {len(names)} pictures acknowledged", flush=True)
        self.stop(server)

    def try_once(self, about, content):
        try:
            status, _, body = self.request("POST", "/api/screenshots", json.dumps(about), JSON)
            answer = json.loads(body)
            if status == 200 and answer["state"] == "wanted":
                status, _, body = self.request("PUT", answer["put"]["url"], content[answer["offset"]:])
                answer = json.loads(body)
            self.assertIn(status, (200, 409, 503), body)
            return status == 200 and answer["state"] == "stored"
        except (OSError, http.client.HTTPException, ValueError):
            return False  # cut off by a kill

    def test_a_full_disk_is_told_and_survived(self):
        disk = self.folder / "data"
        disk.mkdir()
        mount_small_disk(self, disk, 8)
        server = self.start_server("--database", f"sqlite:{self.folder}/elsewhere.db", "--screenshots-reserve-mib", 0)
        content = picture(6 << 20)
        about = shot(content)
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * (4 << 20))
        self.announce(about)
        connection = self.begin_put(about, len(content))
        try:
            connection.sendall(content)
        except OSError:
            pass  # it is refused before all is sent
        answer = connection.recv(65536)
        self.assertIn(b" 503 ", answer.split(b"\r\n")[0])
        self.assertIn(b"Retry-After", answer)
        ballast.unlink()
        self.assertGreater(self.announce(about)["offset"], 1 << 20)  # what had room stays
        self.send(about, content)
        self.assertEqual(self.content(about), content)
        self.stop(server)

    def test_pictures_leave_events_their_room(self):
        server = self.start_server()
        content = picture(50_000)
        stored, about = shot(content), shot(content, 1)
        self.send(stored, content)
        self.announce(about)
        self.stop(server)
        server = self.start_server("--screenshots-reserve-mib", 900_000_000)
        fields, _ = self.ask("POST", "/api/screenshots", json.dumps(shot(content, 2)), 503, JSON)
        self.assertGreater(int(fields["Retry-After"]), 0)
        self.ask("PUT", self.path(about) + "/content", content, 503)
        self.assertEqual(self.announce(stored), {"state": "stored"})
        self.assertEqual(self.content(stored), content)
        self.post([{"machine_id": MACHINE, "timestamp": "2024-01-15T00:00:00Z"}])
        self.stop(server)

    def test_a_long_picture_takes_little_memory(self):
        # A sanitizer keeps what was freed, unless it is told to keep little.
        options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
        with mock.patch.dict(os.environ, {"ASAN_OPTIONS": options}):
            server = self.start_server("--max-screenshot-mib", 128)
        content = picture(100 << 20)
        about = shot(content)

        def private_kib():
            with open(f"/proc/{server.process.pid}/smaps_rollup", encoding="ascii") as file:
                return int(re.search(r"Private_Dirty: +(\d+) kB", file.read())[1])

        self.send(shot(b"small", 1), b"small")
        before = private_kib()
        self.announce(about)
        connection = self.begin_put(about, len(content))
        most = 0
        for begin in range(0, len(content), 10 << 20):
            connection.sendall(content[begin:begin + (10 << 20)])
            most = max(most, private_kib())
        self.assertIn(b'{"state":"stored"}', connection.recv(65536))
        fields, got = self.ask("GET", self.path(about) + "/content")
        self.assertEqual(fields["Content-Length"], str(len(content)))
        self.assertEqual(hashlib.sha256(got).hexdigest(), about["sha256"])
        most = max(most, private_kib())
        print(f"100 MiB in and out: {most - before} KiB more than at rest", flush=True)
        self.assertLess(most - before, 8 << 10)
        self.stop(server)

    def test_a_damaged_or_missing_file_is_told(self):
        server = self.start_server()
        small, large = picture(1000), picture(3 << 20, 2)
        for number, content in enumerate((small, large)):
            self.send(shot(content, number), content)
        files = [self.folder / "data/screenshots" / name for name in self.kept()]
        for file in files:
            with open(file, "r+b") as changed:
                changed.seek(-1, os.SEEK_END)
                changed.write(b"!")
        self.ask("GET", self.path(shot(small)) + "/content", status=500)
        with self.assertRaises(http.client.IncompleteRead):
            self.content(shot(large, 1))
        files[0].unlink()
        self.ask("GET", self.path(shot(small)) + "/content", status=404)
        self.assertIn("a picture is missing", server.log_end(100))
        self.assertIn("a picture is damaged", server.log_end(100))
        self.assertIn("is missing", self.command("check", code=1))
        self.stop(server)

    def test_two_servers_of_one_database(self):
        """Each with its own uploads, and one folder of pictures."""
        common = ("--database", f"sqlite:{self.folder}/common.db", "--screenshots", f"file:{self.folder}/pictures")
        servers, ports = [], []
        for name in ("one", "two"):
            servers.append(self.start_server(*common, data=name))
            ports.append(self.port)
        content = picture(100_000)
        about = shot(content)
        self.announce(about)
        self.put(about, content[:50_000], status=409)  # to the second
        self.port = ports[0]
        self.assertEqual(self.announce(about)["offset"], 0)
        self.assertEqual(self.put(about, content[50_000:], 50_000, 409)["offset"], 0)
        self.send(about, content)
        self.port = ports[1]
        self.assertEqual(self.announce(about), {"state": "stored"})
        self.assertEqual(self.content(about), content)
        for server in servers:
            self.stop(server)


class Ends(ScreenshotTest):
    def test_limits_retention_erasure_export_and_check(self):
        server = self.start_server("--screenshots-max-mib-per-machine", 1)
        contents = [picture(400_000, n) for n in range(3)]
        for number in range(2):
            self.send(shot(contents[number], number), contents[number])
        fields, _ = self.ask("POST", "/api/screenshots", json.dumps(shot(contents[2], 2)), 507, JSON)
        self.assertGreater(int(fields["Retry-After"]), 0)
        self.send(shot(contents[2], 2, "vm-2"), contents[2])
        for number in range(100):
            status, _, _ = self.request("POST", "/api/screenshots", json.dumps(shot(b"x", number, "vm-3")), JSON)
            if status == 503:
                break
        self.assertEqual((status, number), (503, 16))
        stray = self.folder / "data/screenshots/vm-9/2024-01-15/x.jpg"
        stray.parent.mkdir(parents=True)
        stray.write_bytes(b"x")
        self.assertIn("vm-9/2024-01-15/x.jpg is not known", self.command("check"))
        stray.unlink()
        self.assertIn("3 ok", self.command("check"))
        self.post([{"machine_id": MACHINE, "timestamp": "2024-01-15T00:00:00Z"}])
        lines = [json.loads(line) for line in self.command("export", MACHINE).splitlines()]
        exported = [line["screenshot"] for line in lines if "screenshot" in line]
        self.assertEqual([e["path"] for e in exported], [n for n in self.kept() if n.startswith(MACHINE + "/")])
        half = shot(contents[0], 7, "vm-2")
        self.announce(half)
        self.put(half, contents[0][:1000], status=409)
        self.ask("DELETE", "/api/machines/vm-2", status=202)
        self.ask("GET", self.path(shot(contents[2], 2, "vm-2")) + "/content", status=404)
        wait_until(lambda: not [n for n in self.kept() if n.startswith("vm-2/")] and not self.uploads(),
                   "the pictures to be erased")
        self.command("erase", MACHINE, "--yes")
        self.assertEqual(self.kept(), [])
        self.stop(server)
        server = self.start_server()
        self.send(shot(contents[0]), contents[0])
        self.stop(server)
        with sqlite3.connect(self.folder / "data/server.db") as database:
            database.execute("UPDATE server_state SET value = 0 WHERE name = 'retention_at'")
        server = self.start_server("--screenshots-retention-days", 30)
        wait_until(lambda: not self.kept(), "what is too old to be removed")
        self.ask("GET", self.path(shot(contents[0])), status=404)
        self.stop(server)


class Places(ScreenshotTest):
    def test_commands_find_the_servers_pictures(self):
        self.command("enroll-token", "create")  # makes the database
        self.assertIn("0 ok", self.command("check"))
        self.assertFalse({"screenshots", "uploads"} & set(os.listdir(self.folder / "data")))
        place = self.folder / "elsewhere"
        server = self.start_server("--screenshots", f"file:{place}/")
        content = picture(1000)
        self.send(shot(content), content)
        self.stop(server)
        files = lambda: [name for _, _, names in os.walk(place) for name in names]
        self.assertEqual(len(files()), 1)
        for command in (("check",), ("erase", MACHINE, "--yes")):
            words = [program("server"), *command, "--data-dir", self.folder / "data"]
            other = subprocess.run([*words, "--screenshots", f"file:{self.folder}/other"], env=self.environment(),
                                   capture_output=True, text=True)
            self.assertEqual(other.returncode, 2, other)
            self.assertIn(f"file:{place}", other.stderr)
            place.rename(self.folder / "away")
            gone = subprocess.run(words, env=self.environment(), capture_output=True, text=True)
            self.assertEqual(gone.returncode, 1, gone)
            self.assertIn("is missing", gone.stderr)
            (self.folder / "away").rename(place)
        self.assertIn("1 ok", self.command("check"))
        self.assertIn("1 ok", self.command("check", "--screenshots", f"file:{place}"))
        self.command("erase", MACHINE, "--yes")
        self.assertEqual(files(), [])


class Rights(ScreenshotTest):
    AUTH = ()

    def test_who_may_send_see_and_remove(self):
        server = self.start_server()
        admin = self.token("admin")
        asker = {name: self.token(name, MACHINE) for name in ("self", "viewer", "manager")}
        asker["other"] = self.token("viewer", "vm-2", user="other")
        machine = self.enrol(MACHINE)
        content = base64.b64decode(JPEG)
        about = shot(content)
        self.post_as({}, about, 401)
        self.post_as(admin, about, 403)
        self.post_as(self.enrol("vm-2"), about, 403)
        self.ask("PUT", self.path(about) + "/content", content, 401)
        self.post_as(machine, about)
        self.ask("PUT", self.path(about) + "/content", content, 403, asker["manager"])
        self.ask("PUT", self.path(about) + "/content", content, 200, machine)
        for what in ("", "/content", "/thumbnail"):
            for name, headers in {**asker, "admin": admin}.items():
                self.ask("GET", self.path(about) + what, None, 403 if name == "other" else 200, headers)
            self.ask("GET", self.path(about) + what, None, 403, machine)
            self.ask("GET", self.path(about) + what, None, 401)
        self.look_at_thumbnails(about, machine, asker["self"])
        sealed = shot(b"sealed", 1, format="sealed")
        self.send_as(machine, sealed, b"sealed")
        self.ask("GET", self.path(sealed) + "/thumbnail", None, 409, admin)
        fields, _ = self.ask("GET", self.path(sealed) + "/content", None, 200, admin)
        self.assertEqual(fields["Content-Type"], "application/vnd.activitytrack.sealed")
        self.assertTrue(fields["Content-Disposition"].startswith("attachment"))
        for name in ("viewer", "manager", "other"):
            self.ask("DELETE", self.path(about), None, 403, asker[name])
        self.ask("DELETE", self.path(about), None, 200, asker["self"])
        self.ask("DELETE", self.path(sealed), None, 200, admin)

        def audited():
            entries = json.loads(self.ask("GET", f"/api/audit?machine={MACHINE}", None, 200, admin)[1])["entries"]
            return [(e["action"].replace("/api/screenshots/{id}/", ""), e["name"], e["status"]) for e in entries]

        one = about["id"]
        for entry in ((f"GET {one}/content", "self", 200), (f"GET {one}/thumbnail", "viewer", 200),
                      (f"GET {one}/thumbnail", "self", 304), (f"GET {one}/content", "other", 403), (f"DELETE {one}", "self", 200),
                      (f"GET {sealed['id']}/content", "admin", 200)):
            wait_until(lambda e=entry: e in audited(), f"{entry} in the audit log")
        self.shut_out_while_sending(machine, admin)
        self.stop(server)

    def look_at_thumbnails(self, about, machine, reader):
        content = base64.b64decode(JPEG)
        fields, small = self.ask("GET", self.path(about) + "/thumbnail?width=100", None, 200, reader)
        self.assertEqual(fields["Content-Type"], "image/jpeg")
        at = re.search(b"\xff\xc0..\x08(..)(..)", small, re.DOTALL)
        self.assertEqual((int.from_bytes(at[2], "big"), int.from_bytes(at[1], "big")), (100, 56))
        self.ask("GET", self.path(about) + "/thumbnail?width=100", None, 304, {"If-None-Match": fields["ETag"], **reader})
        self.ask("GET", self.path(about) + "/thumbnail?width=9999", None, 400, reader)
        self.assertIn(b"\x01\x68\x02\x80", content)
        hostile = (content[:300], b"\xff\xd8" + b"\xff" * 1000, content.replace(b"\x01\x68\x02\x80", b"\xff\xff\xff\xff", 1))
        for number, wrong in enumerate(hostile, 10):
            self.send_as(machine, shot(wrong, number), wrong)
            self.ask("GET", self.path(shot(wrong, number)) + "/thumbnail", None, 422, reader)

    def shut_out_while_sending(self, machine, admin):
        """Who is shut out while a picture is under way stores nothing."""
        content = picture(100_000)
        late = shot(content, 30)
        self.post_as(machine, late)
        field = b"Authorization: %s\r\n" % machine["Authorization"].encode()
        connection = self.begin_put(late, len(content), headers=field)
        connection.sendall(content[:50_000])
        self.command("machine", "revoke", MACHINE)
        connection.sendall(content[50_000:])
        self.assertIn(b" 503 ", connection.recv(65536).split(b"\r\n")[0])
        self.ask("GET", self.path(late), None, 404, admin)
        self.post_as(machine, late, 401)

    def post_as(self, who, about, status=200):
        self.ask("POST", "/api/screenshots", json.dumps(about), status, {**JSON, **who})

    def send_as(self, who, about, content):
        self.post_as(who, about)
        self.ask("PUT", self.path(about) + "/content", content, 200, who)

    def token(self, role, machine=None, user=None):
        user = user or role
        words = ["user", "add", user, "--role", role, *(["--machine", machine] if machine else [])]
        subprocess.run([program("server"), *words, "--data-dir", self.folder / "data"], env=self.environment(),
                       input="a long enough one\n", text=True, capture_output=True, check=True)
        return {"Authorization": "Bearer " + self.command("token", "create", user, "--write").strip()}

    def enrol(self, machine):
        token = self.command("enroll-token", "create").strip()
        answer = self.ask("POST", "/api/enroll", json.dumps({"machine_id": machine}), 200,
                          {**JSON, "Authorization": "Bearer " + token})[1]
        return {"Authorization": "Bearer " + json.loads(answer)["credential"]}


if __name__ == "__main__":
    unittest.main()
