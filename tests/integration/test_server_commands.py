"""The server's commands as people type them: on the right database, with words before and after, and at a terminal."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import unittest

from server_support import ServerTest, event
from support import program, wait_until
from terminal import Terminal

PASSWORD = "correct horse battery"
NOBODY = pwd.getpwnam("nobody")


class CommandTest(ServerTest):
    def run_server(self, *arguments, stdin="", code=0, data="data", **options):
        """Runs a command on the test's database, or with data="" on the one that the program chooses."""
        place = ["--data-dir", self.folder / data] if data else []
        words = [program("server"), *map(str, arguments), *map(str, place)]
        ended = subprocess.run(words, input=stdin, text=True, capture_output=True, timeout=120, check=False,
                               **{"env": self.environment(), **options})
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        return ended

    def add_user(self, name, role, *options, **more):
        return self.run_server("user", "add", name, "--role", role, *options, stdin=PASSWORD + "\n", **more)


class WhichDatabase(CommandTest):
    def test_only_commands_that_may_come_first_make_one_and_say_so(self):
        database = self.folder / "data" / "server.db"
        for words in (("user", "list"), ("enroll-token", "list"), ("token", "create", "ann"), ("check",), ("erase", "m"),
                      ("export", "m"), ("backup", self.folder / "copy.db"), ("rebuild-hours",)):
            with self.subTest(words):
                self.assertIn(f"there is no database {database}", self.run_server(*words, code=2).stderr)
                self.assertFalse(database.exists())
        self.assertIn(f"made a new database, {database}", self.add_user("ann", "admin").stderr)
        self.assertEqual(database.stat().st_mode & 0o777, 0o600)
        self.assertNotIn("made a new database", self.run_server("enroll-token", "create").stderr)

    def test_commands_that_begin_at_once_all_find_the_database_that_one_of_them_makes(self):
        words = [program("server"), "enroll-token", "create", "--data-dir", self.folder / "data"]
        started = [subprocess.Popen(words, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    text=True) for _ in range(12)]
        for child in started:
            token, said = child.communicate(timeout=120)
            self.assertEqual(child.returncode, 0, said)
            self.assertRegex(token, "^ate_")

    def test_a_database_that_no_running_server_uses_is_not_taken_in_silence(self):
        self.start_server()
        used = f"add --data-dir {self.folder / 'data'}"
        self.assertNotIn(used, self.run_server("enroll-token", "create").stderr)
        link = self.folder / "link"
        link.symlink_to(self.folder / "data")
        self.assertNotIn(used, self.run_server("enroll-token", "create", data="link").stderr)
        self.assertIn(used, self.run_server("enroll-token", "create", data="other").stderr)
        self.assertIn(used, self.run_server("enroll-token", "list", data="other").stderr)
        self.assertIn(used, self.run_server("enroll-token", "list", data="third", code=2).stderr)

    def test_a_server_with_its_database_elsewhere_is_found_too(self):
        elsewhere = self.folder / "elsewhere.db"
        self.start_server("--database", f"sqlite:{elsewhere}")
        hint = f"--data-dir {self.folder / 'data'} --database sqlite:{elsewhere}"
        self.assertIn(hint, self.run_server("user", "list", code=2).stderr)
        self.assertNotIn(hint, self.run_server("user", "list", "--database", f"sqlite:{elsewhere}").stderr)

    def as_nobody(self):
        """Options of subprocess.run for a person who is not root, at home in a folder of their own."""
        if os.geteuid() != 0:
            self.skipTest("needs root, to be two users")
        self.folder.chmod(0o755)
        home = self.folder / "home"
        home.mkdir()
        os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
        copy = shutil.copy(program("server"), self.folder / "activitytrack-server")
        return {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": [], "executable": copy,
                "env": {**self.environment(), "HOME": str(home)}}

    def test_a_place_that_nobody_named_gets_no_database_beside_a_server(self):
        nobody = self.as_nobody()
        self.start_server()
        refused = self.run_server("enroll-token", "create", data="", code=2, **nobody)
        self.assertIn("sudo -u root activitytrack-server enroll-token create", refused.stderr)
        self.assertEqual(list((self.folder / "home").rglob("*.db")), [])
        self.assertIn("made a new database", self.add_user("ann", "admin", data="home/mine", **nobody).stderr)

    def test_what_root_makes_in_the_folder_of_the_servers_user_is_that_users(self):
        nobody = self.as_nobody()
        self.add_user("ann", "admin", data="home")
        self.run_server("backup", self.folder / "copy.db", data="home")
        self.run_server("restore", self.folder / "copy.db", data="home")
        self.add_user("ann", "admin", data="home/new/deep")
        owners = {file.name: file.stat().st_uid for file in (self.folder / "home").rglob("*")}
        self.assertEqual(set(owners.values()), {NOBODY.pw_uid}, owners)
        self.assertLessEqual({"server.lock", "new", "deep"}, set(owners))
        for data in ("home", "home/new/deep"):
            self.assertIn("ann", self.run_server("user", "list", data=data, **nobody).stdout)

    def test_a_lock_that_is_none_of_the_folders_is_left_alone(self):
        self.add_user("ann", "admin")
        self.run_server("backup", self.folder / "copy.db")
        other, lock = self.folder / "other", self.folder / "data" / "server.lock"
        other.write_text("precious")
        for put in (lock.hardlink_to, lock.symlink_to):
            put(other)
            self.run_server("restore", self.folder / "copy.db", code=1)
            self.assertEqual(other.read_text(), "precious")
            lock.unlink()
        self.run_server("restore", self.folder / "copy.db")
        self.as_nobody()
        os.chown(self.folder / "data", NOBODY.pw_uid, NOBODY.pw_gid)
        lock.write_text("root's")
        refused = self.run_server("restore", self.folder / "copy.db", code=1)
        self.assertIn(f"{lock}: is another user's than its folder", refused.stderr)
        self.assertEqual((lock.read_text(), lock.stat().st_uid), ("root's", 0))

    def test_a_server_with_a_capability_that_the_caller_lacks_is_found(self):
        nobody = self.as_nobody()
        raised = ["setpriv", "--ambient-caps", "+net_bind_service", "--inh-caps", "+net_bind_service",
                  "--reuid", str(NOBODY.pw_uid), "--regid", str(NOBODY.pw_gid), "--clear-groups"]
        if not shutil.which("setpriv") or subprocess.run([*raised, "true"], capture_output=True, check=False).returncode:
            self.skipTest("needs setpriv, and to give a process a capability")
        log, data = self.folder / "log", self.folder / "home" / "live"
        with open(log, "w") as output:
            server = subprocess.Popen([*raised, nobody["executable"], "--listen", "127.0.0.1:0", "--auth", "none",
                                       "--data-dir", data], stdout=output, stderr=output, env=nobody["env"])
        self.addCleanup(lambda: (server.poll() is None and server.kill(), server.wait()))
        wait_until(lambda: "listening" in log.read_text() or server.poll() is not None, "the server to listen")
        refused = self.run_server("enroll-token", "create", data="", code=2, **nobody)
        self.assertIn(f"process {server.pid} of nobody: add the --data-dir", refused.stderr)
        self.add_user("ann", "admin", data="home/other", **nobody)
        copy = self.folder / "home" / "copy.db"
        self.run_server("backup", copy, data="home/other", **nobody)
        before = (data / "server.db").stat().st_ino
        refused = self.run_server("restore", copy, "--database", f"sqlite:{data / 'server.db'}", data="home/other",
                                  code=75, **nobody)
        self.assertIn(f"in use by process {server.pid};", refused.stderr)
        self.assertEqual((data / "server.db").stat().st_ino, before)


class AtATerminal(CommandTest):
    def at_terminal(self, *arguments):
        terminal = Terminal([program("server"), *map(str, arguments), "--data-dir", str(self.folder / "data")],
                            self.environment())
        self.addCleanup(terminal.close)
        return terminal

    def test_a_password_is_asked_for_with_its_rule_and_not_shown(self):
        terminal = self.at_terminal("user", "add", "ann", "--role", "admin")
        terminal.wait_for("at least 10 characters")
        self.assertFalse(terminal.echoes())
        terminal.type(PASSWORD + "\n")
        terminal.wait_for("Again")
        terminal.type(PASSWORD + "\n")
        self.assertEqual(terminal.end(), 0, terminal.said)
        self.assertIn("added the user ann: admin", terminal.said)
        self.assertNotIn(PASSWORD, terminal.said)
        self.assertTrue(terminal.echoes())

    def test_a_short_password_and_a_taken_name_are_refused_before_more_is_typed(self):
        terminal = self.at_terminal("user", "add", "ann", "--role", "admin")
        terminal.wait_for("at least 10 characters: ")
        terminal.type("short\n")
        self.assertEqual(terminal.end(), 2, terminal.said)
        self.assertNotIn("Again", terminal.said)
        self.add_user("ann", "admin")
        for words in (("user", "add", "ann", "--role", "admin"), ("user", "passwd", "bob")):
            terminal = self.at_terminal(*words)
            self.assertEqual(terminal.end(), 1, terminal.said)
            self.assertNotIn("Password", terminal.said)

    def test_a_signal_at_the_prompt_gives_the_terminal_back(self):
        for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(end):
                terminal = self.at_terminal("user", "add", "ann", "--role", "admin")
                terminal.wait_for("characters: ")
                wait_until(lambda: not terminal.echoes(), "what is typed to be hidden")
                if end == signal.SIGINT:
                    terminal.type("some\x03")
                else:
                    terminal.process.send_signal(end)
                self.assertEqual(terminal.end(), -end, terminal.said)
                self.assertTrue(terminal.echoes())

    def test_a_stop_at_the_prompt_gives_the_terminal_back_until_it_goes_on(self):
        self.need("bash")
        words = f"'{program('server')}' user add ann --role admin --data-dir '{self.folder / 'data'}'"
        terminal = Terminal(["bash", "-mc", words + "; echo stopped; read -r; fg"], self.environment())
        self.addCleanup(terminal.close)
        terminal.wait_for("characters: ")
        wait_until(lambda: not terminal.echoes(), "what is typed to be hidden")
        terminal.type("some\x1a")
        terminal.wait_for("stopped\r\n")
        self.assertTrue(terminal.echoes())
        terminal.type("\n")
        wait_until(lambda: terminal.read().count("characters: ") == 2, "the question to be asked again")
        wait_until(lambda: not terminal.echoes(), "what is typed to be hidden")
        terminal.type(PASSWORD + "\n")
        terminal.wait_for("Again: ")
        terminal.type(PASSWORD + "\n")
        self.assertEqual(terminal.end(), 0, terminal.said)
        self.assertIn("added the user ann", terminal.said)

    def test_what_cannot_be_undone_is_asked(self):
        server = self.start_server()
        self.post([event(0, "vm-1"), event(5, "vm-1"), event(1, "vm-2")])
        what = "vm-1: 2 events from 2024-01-01T00:00:00Z to 2024-01-01T00:05:00Z, 0 screenshots"
        refused = self.run_server("erase", "vm-1", code=2)
        self.assertIn(what, refused.stderr)
        self.assertIn("--yes", refused.stderr)
        for answer in ("\n", "no\n", "vm-1\n", "\x04"):
            with self.subTest(answer):
                terminal = self.at_terminal("erase", "vm-1")
                terminal.wait_for("[y/N] ")
                self.assertIn(what, terminal.said)
                terminal.type(answer)
                self.assertIn(terminal.end(), (1, 2), terminal.said)
        self.assertEqual(len(self.stored("vm-1")), 2)
        terminal = self.at_terminal("erase", "vm-1")
        terminal.wait_for("[y/N] ")
        answered = time.time_ns() // 1000
        terminal.type("Yes\n")
        self.assertEqual(terminal.end(), 0, terminal.said)
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/data/server.db?mode=ro", uri=True)) as database:
            erased = database.execute("SELECT max(at) FROM audit WHERE action = 'erase'").fetchone()[0]
        self.assertGreaterEqual(erased, answered)
        self.assertIn(f"erased {what}", terminal.said)
        self.assertEqual(self.stored("vm-1"), [])
        self.assertIn("erased vm-2: 1 event ", self.run_server("erase", "vm-2", "--yes").stdout)
        self.stop(server)


class WhatWasDone(CommandTest):
    def test_every_change_says_what_it_did(self):
        self.assertIn("added the user ann: admin", self.add_user("ann", "admin").stdout)
        self.assertIn("added the user bob: viewer of vm-1, vm-2",
                      self.add_user("bob", "viewer", "--machine", "vm-1", "--machine", "vm-2").stdout)
        self.assertIn("set the password of bob", self.run_server("user", "passwd", "bob", stdin=PASSWORD).stdout)
        for kind, owner in (("token", ["bob"]), ("enroll-token", [])):
            made = json.loads(self.run_server(kind, "create", *owner, "--json").stdout)
            self.assertIn(f"revoked the token {made['id']}", self.run_server(kind, "revoke", made["id"]).stdout)
        self.assertIn("removed the user bob", self.run_server("user", "remove", "bob").stdout)
        self.assertIn("wrote ", self.run_server("backup", self.folder / "copy.db").stdout)
        self.assertIn("restored ", self.run_server("restore", self.folder / "copy.db").stdout)
        self.assertIn("hours of 0 machines", self.run_server("rebuild-hours").stdout)
        self.assertIn("there is no machine vm-1", self.run_server("rebuild-hours", "vm-1", code=1).stderr)

    def test_a_machine_that_is_not_known_may_be_mistyped(self):
        server = self.start_server()
        self.post([event(0, "vm-1")])
        self.assertNotIn("no machine", self.add_user("ann", "viewer", "--machine", "vm-1").stderr)
        meant = "there is no machine vm1 (did you mean vm-1?)"
        self.assertIn(meant + " yet", self.add_user("bob", "viewer", "--machine", "vm1").stderr)
        for command in ("erase", "export", "rebuild-hours"):
            self.assertIn(meant, self.run_server(command, "vm1", code=1).stderr)
        self.assertIn(meant, self.run_server("machine", "revoke", "vm1", code=1).stderr)
        self.assertIn("may see no machine", self.add_user("cid", "self").stderr)
        self.assertIn("--machine vm : must", self.add_user("dan", "viewer", "--machine", "vm ", code=2).stderr)
        self.assertNotIn("dan", self.run_server("user", "list").stdout)
        self.stop(server)

    def test_what_could_not_be_shown_is_taken_back(self):
        self.add_user("ann", "admin")
        for words in (("token", "create", "ann"), ("enroll-token", "create"), ("token", "create", "ann", "--json")):
            with self.subTest(words), open("/dev/full", "w") as full:
                ended = subprocess.run([program("server"), *words, "--data-dir", str(self.folder / "data")],
                                       stdout=full, stderr=subprocess.PIPE, text=True, env=self.environment(),
                                       timeout=60, check=False)
                self.assertEqual(ended.returncode, 1, ended.stderr)
                self.assertIn("taken back", ended.stderr)
                self.assertEqual(json.loads(self.run_server(words[0], "list", "--json").stdout), [])

    def test_a_link_that_could_not_be_shown_is_no_way_in(self):
        log = self.folder / "log"
        with open("/dev/full", "w") as full, open(log, "w") as errors:
            server = subprocess.Popen([program("server"), "--listen", "127.0.0.1:0", "--data-dir", self.folder / "data"],
                                      stdout=full, stderr=errors, env=self.environment())
        self.addCleanup(lambda: (server.poll() is None and server.kill(), server.wait()))
        wait_until(lambda: "no link" in log.read_text(), "the server to say that it could not show the link")
        self.assertIn(f"user add NAME --role admin --data-dir {self.folder / 'data'}", log.read_text())
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/data/server.db?mode=ro", uri=True)) as database:
            wait_until(lambda: database.execute("SELECT count(*) FROM setup_links").fetchone()[0] == 0,
                       "the link to be taken back")
        server.terminate()
        self.assertEqual(server.wait(60), 0)


    def test_the_command_that_makes_the_first_user_means_the_servers_database(self):
        said, data = self.folder / "said", self.folder / "da'ta dir"
        elsewhere = self.folder / "else where.db"
        with open(said, "w") as output:
            server = subprocess.Popen([program("server"), "--listen", "127.0.0.1:0", "--data-dir", data, "--database",
                                       f"sqlite:{elsewhere}"], stdout=output, stderr=subprocess.DEVNULL,
                                      env=self.environment())
        self.addCleanup(lambda: (server.poll() is None and server.kill(), server.wait()))
        wait_until(lambda: said.read_text().endswith("\n") or server.poll() is not None, "the link to be shown")
        command = said.read_text().split("or with: activitytrack-server ")[1].replace("NAME", "ann")
        hint = self.run_server("user", "list", data="other", code=2).stderr
        subprocess.run(["sh", "-c", f'"$0" {command}', program("server")], input=PASSWORD + "\n", text=True, check=True,
                       env=self.environment(), timeout=120)
        options = command.split("--role admin ")[1].strip()
        self.assertIn(f"add {options}", hint)
        with contextlib.closing(sqlite3.connect(f"file:{elsewhere}?mode=ro", uri=True)) as database:
            self.assertEqual(database.execute("SELECT name FROM users").fetchall(), [("ann",)])
        server.terminate()
        self.assertEqual(server.wait(60), 0)


class Misuse(CommandTest):
    """What people get wrong; no message may blame something else, and nothing may be harmed."""

    def test_each_message_names_what_is_wrong(self):
        self.add_user("ann", "admin")
        folder, junk = self.folder / "dir", self.folder / "junk"
        folder.mkdir()
        junk.write_text("no database" * 100)
        cases = [
            (("backup", folder / "none" / "copy.db"), 1, f"{folder}/none: there is no such folder"),
            (("backup", folder), 1, "is there already"),
            (("restore", folder), 1, f"{folder}: is not a file"),
            (("restore", junk), 1, "not a database"),
            (("restore", self.folder / "none"), 1, "none: there is no such file"),
            (("user", "add", "bob"), 2, "--role is missing"),
            (("user", "add", "bob", "--role", "king"), 2, "--role king"),
            (("token", "revoke", "atp_1"), 2, "16 digits"),
            (("serve", "--listen", "127.0.0.1"), 2, "its port is missing"),
            (("serve", "--tls-cert", folder, "--tls-key", folder), 2, f"tls_cert: {folder} is not a regular file"),
        ]
        for words, code, part in cases:
            with self.subTest(words):
                self.assertIn(part, self.run_server(*words, code=code).stderr)
        self.assertIn("is not a folder", self.run_server("serve", data="junk", code=2).stderr)
        self.assertIn("is empty", self.run_server("backup", "", code=2).stderr)
        self.assertIn("ann", self.run_server("user", "list").stdout)

    def test_an_export_leaves_other_files_and_half_ones_alone(self):
        server = self.start_server()
        self.post([event(0, "vm-1")])
        file = self.folder / "export.jsonl"
        self.run_server("export", "nobody", file, code=1)
        self.assertFalse(file.exists())
        self.assertIn(f"wrote {file}", self.run_server("export", "vm-1", file).stdout)
        before = file.read_bytes()
        self.assertIn("is there already", self.run_server("export", "vm-1", file, code=1).stderr)
        self.assertEqual(file.read_bytes(), before)
        self.run_server("export", "vm-1", "/dev/full", code=1)
        self.assertTrue(self.run_server("export", "vm-1", "/dev/stdout").stdout.endswith("}\nwrote /dev/stdout\n"))
        self.stop(server)

    def test_a_folder_that_cannot_be_made_says_why(self):
        nobody = WhichDatabase.as_nobody(self)
        refused = self.run_server("serve", data="not/there", code=1, **nobody)
        self.assertIn("Permission denied", refused.stderr)

    def test_a_place_that_cannot_be_looked_at_is_named_with_its_reason(self):
        server = self.start_server()
        self.post([event(0, "vm-1")])
        long = self.folder / ("x" * 300)
        for words in (("export", "vm-1", long), ("backup", long), ("restore", long, "--database", f"sqlite:{long}.db")):
            refused = self.run_server(*words, code=1, **({"data": "other"} if words[0] == "restore" else {}))
            self.assertIn("File name too long", refused.stderr)
            self.assertNotIn("filesystem error", refused.stderr)
        self.stop(server)
        (self.folder / "loop").symlink_to(self.folder / "loop")
        self.assertIn("is not a folder", self.run_server("serve", data="loop", code=2).stderr)

    def test_another_programs_database_is_refused_and_left_alone(self):
        other = self.folder / "other.db"
        with contextlib.closing(sqlite3.connect(other)) as database:
            database.execute("CREATE TABLE bookmarks(url)")
        before = other.read_bytes()
        for words in (("user", "list"), ("serve", "--listen", "127.0.0.1:0")):
            refused = self.run_server(*words, "--database", f"sqlite:{other}", code=1)
            self.assertIn("another program's", refused.stderr)
        self.assertIn("no database of activitytrack-server", self.run_server("restore", other, code=1).stderr)
        self.assertEqual(other.read_bytes(), before)

    def test_a_database_in_use_is_not_replaced_under_another_folder(self):
        server = self.start_server()
        self.run_server("backup", self.folder / "copy.db")
        refused = self.run_server("restore", self.folder / "copy.db", "--database",
                                  f"sqlite:{self.folder / 'data' / 'server.db'}", data="other", code=75)
        self.assertIn(f"in use by process {server.process.pid};", refused.stderr)
        self.stop(server)


class Starting(CommandTest):
    def refused_address(self, address):
        return self.run_server("serve", "--listen", address, "--insecure-listen", "yes", code=1).stderr

    def test_advice_fits_why_it_cannot_listen(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.assertIn("another program has this port", self.refused_address(f"127.0.0.1:{taken.getsockname()[1]}"))
        not_here = self.refused_address("192.0.2.1:0")
        self.assertIn("this machine has no such address", not_here)
        self.assertNotIn("stop", not_here)

    def test_a_bucket_without_credentials_is_named_in_the_log(self):
        env = self.environment(AWS_EC2_METADATA_DISABLED="true")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
                     "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
            env.pop(name, None)
        server = self.start("server", "serve", "--listen", "127.0.0.1:0", "--data-dir", self.folder / "data",
                            "--screenshots", "s3://bucket/prefix", env=env)
        wait_until(lambda: "screenshots cannot be kept yet" in server.log_end(100) or server.ended(), "the warning")
        self.assertIn("AWS_ACCESS_KEY_ID", server.log_end(100))
        # A service of credentials that does not answer keeps nobody else waiting.
        self.assertLess(server.log_end(100).index("listening"), server.log_end(100).index("cannot be kept yet"))
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
