"""The server's commands as people type them: on the right database, with words before and after, and at a terminal."""

import os
import pwd
import shutil
import socket
import subprocess
import unittest

from server_support import ServerTest, event
from support import program, wait_until

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
        owners = {file.name: file.stat().st_uid for file in (self.folder / "home").iterdir()}
        self.assertEqual(set(owners.values()), {NOBODY.pw_uid}, owners)
        self.assertIn("server.lock", owners)
        self.assertIn("ann", self.run_server("user", "list", data="home", **nobody).stdout)


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
        wait_until(lambda: "listening" in server.log_end(100) or server.ended(), "the server to listen")
        self.assertIn("screenshots cannot be kept yet", server.log_end(100))
        self.assertIn("AWS_ACCESS_KEY_ID", server.log_end(100))
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
