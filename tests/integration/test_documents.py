"""What README.md and docs/ show is pasted into a terminal, and does what the text beside it says.

Here the programs are the build's, in a home of the test's own. tests/bare_machine pastes README.md whole, with what installs,
into a new Debian, and names that in ACTIVITYTRACK_BARE_MACHINE."""

import configparser
import json
import os
import re
import shutil
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

from documents import ROOT, all_blocks, read_blocks
from fake_s3 import FakeS3
from postgres_support import Cluster, programs as postgres_programs
from support import ProgramTest, program, wait_until
from terminal import Shell
from tls_support import Authority

from rigs import XvncRig
from rigs.process import free_port

PASSWORD = "correct horse battery"
READ_AS_THEY_STAND = {"json", "text", "sql", "ini"}
BARE_MACHINE = os.environ.get("ACTIVITYTRACK_BARE_MACHINE")
BUILD_SECONDS = 3600


class PastingTest(ProgramTest):
    """In a block sudo can only be the last: it takes what is typed while it runs.
    `places` are what stands in a document and what is pasted instead."""

    def setUp(self):
        super().setUp()
        self.places = {}

    def paste(self, shell, block, **how):
        """What a block shows; each of its lines must succeed."""
        text = block.text
        for written, meant in self.places.items():
            text = text.replace(written, meant)
        codes, output = shell.paste(text, **how)
        self.assertFalse(any(codes), f"{block}: exit codes {codes}:\n{output}")
        return output


class BuiltTest(PastingTest):
    """A home with the build's programs in its PATH, in a folder as a clone is."""

    def setUp(self):
        super().setUp()
        port = str(free_port())
        self.places["8100"] = port
        binaries = self.folder / "bin"
        binaries.mkdir()
        for name in ("agent", "server", "report"):
            (binaries / f"activitytrack-{name}").symlink_to(program(name))
        self.clone = self.folder / "clone"
        self.clone.mkdir()
        (self.clone / "examples").symlink_to(ROOT / "examples")
        self.variables = {"PATH": f"{binaries}:{os.environ['PATH']}", "TERM": "dumb", "LC_ALL": "C.UTF-8",
                          "ACTIVITYTRACK_LISTEN": f"127.0.0.1:{port}",
                          "ACTIVITYTRACK_SERVER": f"http://127.0.0.1:{port}"}
        if os.geteuid() == 0:  # whose server's data is not in the home
            self.variables["ACTIVITYTRACK_DATA_DIR"] = str(self.folder / ".local/share/activity-tracker/server")

    def open_shell(self, **variables):
        shell = Shell(["bash", "--norc"], self.environment(**self.variables | variables), self.clone)
        self.addCleanup(shell.close)
        return shell

    def paste_server(self, shell, block):
        """A block that starts a server, which is stopped when it listens."""
        return self.paste(shell, block, interrupt_after=lambda seen: "listening address=" in seen)

    def shell_blocks(self, name, count):
        blocks = [block for block in read_blocks(ROOT / name) if block.language == "sh"]
        self.assertEqual(len(blocks), count, f"{name}: this test knows other blocks: {[str(b) for b in blocks]}")
        return blocks


class ReadmeSteps(PastingTest):
    """Each step is named for the first words of its block. A block that no step knows fails the test.
    What derives says how `shell` is opened, where the `home` is, and which blocks `are_left_out`."""

    are_left_out = ()

    def setUp(self):
        super().setUp()
        if XvncRig.missing():
            self.skipTest(XvncRig.missing())
        self.display = self.enterContext(XvncRig())
        self.start_window_manager(self.display.display)
        self.steps = {
            "activitytrack-server serve": self.start_a_server,
            "activitytrack-agent enroll": self.start_an_agent,
            "activitytrack-server user add": self.add_a_user,
            "export ACTIVITYTRACK_TOKEN": self.read_a_report,
            "mkdir -p ~/.config/autostart": self.start_at_login,
            "activitytrack-report keygen": self.make_keys,
            "features:": self.switch_screenshots_on,
            "activitytrack-agent replay": self.judge_a_trace,
        }

    def paste_each_block(self):
        for block in read_blocks(ROOT / "README.md"):
            if block.language in ("sh", "yaml") and not block.text.startswith(self.are_left_out):
                found = [step for words, step in self.steps.items() if block.text.startswith(words)]
                self.assertEqual(len(found), 1, f"{block}: no step of this test knows it")
                begin = time.monotonic()
                found[0](block)
                print(f"{time.monotonic() - begin:7.1f} s  {block}", flush=True)

    def start_a_server(self, block):
        self.paste(self.shell, block)

    def start_an_agent(self, block):
        output = self.paste(self.shell, block)
        self.assertNotIn("NOT OK", output)

    def add_a_user(self, block):
        self.paste(self.shell, block, answers=[PASSWORD, PASSWORD])

    def read_a_report(self, block):
        self.display.input.keys(20, 20)

        def works():
            codes, output = self.shell.paste(block.text)
            return not any(codes) and output

        self.assertIn("keys", wait_until(works, "the report of the agent's first event"))

    def start_at_login(self, block):
        self.paste(self.shell, block)
        entry = configparser.ConfigParser()
        entry.read_string(self.home(".config/autostart/activitytrack-agent.desktop").read_text())
        self.assertEqual(entry["Desktop Entry"]["Exec"], "activitytrack-agent run")

    def make_keys(self, block):
        output = self.paste(self.shell, block)
        self.public_key = re.search(r"atpub_[\w-]+", output).group()
        self.assertTrue(self.home(".config/activity-tracker/screenshots.key").exists())

    def switch_screenshots_on(self, block):
        """Added to what enroll has written, it is in force at once."""
        addition = block.text.replace("atpub_...", self.public_key)
        with self.home(".config/activity-tracker/config.yaml").open("a") as configuration:
            configuration.write("\n" + addition)

        def in_force():
            _, output = self.shell.paste("activitytrack-agent status --json 2>&1 | tr -d '\\n'")
            status = json.loads(re.search(r"\{.*\}", output).group())
            return status["configuration"]["values"]["features.screenshots"] == "true"

        wait_until(in_force, "the agent with screenshots")

    def judge_a_trace(self, block):
        shown = next(b for b in read_blocks(ROOT / "README.md") if b.language == "text").text
        output = self.paste(self.shell, block)
        self.assertIn("".join(shown.split()), "".join(output.split()))


class Readme(ReadmeSteps, BuiltTest):
    are_left_out = ("scripts/quickstart", "sudo meson install", "c++ ", "kill", "systemctl --user")

    def setUp(self):
        super().setUp()
        self.shell = self.open_shell(DISPLAY=self.display.display)

    def home(self, path):
        return self.folder / path

    def test_each_block(self):
        self.paste_each_block()


class BareReadme(ReadmeSteps):
    """On a machine with nothing prepared, from the first block to the last."""

    are_left_out = ("systemctl --user",)  # no systemd runs in a changed root

    def setUp(self):
        if not BARE_MACHINE:
            self.skipTest("ACTIVITYTRACK_BARE_MACHINE names none: tests/bare_machine makes one and tries it")
        super().setUp()
        self.shell = Shell(["chroot", BARE_MACHINE, "su", "-", "newcomer"], {**os.environ, "TERM": "dumb"})
        self.addCleanup(self.shell.close)
        self.paste_line(f"cd activitytrack && export DISPLAY={self.display.display}")
        self.steps |= {
            "scripts/quickstart": self.run_quickstart,
            "sudo meson install": self.install,
            "c++ ": self.embed,
            "kill": self.uninstall,
        }

    def home(self, path):
        return Path(BARE_MACHINE) / "home/newcomer" / path

    def paste_line(self, line):
        codes, output = self.shell.paste(line, seconds=BUILD_SECONDS)
        self.assertEqual(codes, [0], output)
        return output

    def run_quickstart(self, block):
        """Until it shows what is typed when it watches."""
        def shows_what_is_typed(seen):
            if "Ctrl-C ends it" in seen:
                self.display.input.keys(1, 1)
            return re.search(r"Input +[1-9]\S* keys", seen)

        output = self.paste(self.shell, block, seconds=BUILD_SECONDS, interrupt_after=shows_what_is_typed)
        self.assertIn("Watching your display", output)

    def install(self, block):
        self.paste(self.shell, block, seconds=BUILD_SECONDS)
        self.paste_line("activitytrack-agent --version")

    def embed(self, block):
        self.paste(self.shell, block, seconds=BUILD_SECONDS)
        self.assertIn("/usr/local/lib/libactivitytrack.so", self.paste_line("ldd ./embed"))

    def uninstall(self, block):
        self.paste(self.shell, block, seconds=BUILD_SECONDS)
        left = self.paste_line("find ~/.config ~/.local /usr/local ! -type d | cat")
        self.assertNotIn("activity", left.partition("\n")[2])

    def test_each_block(self):
        self.paste_each_block()


class Docs(BuiltTest):
    def test_blocks_name_their_language(self):
        """So that the tests here know which are pasted. Those of JSON are that."""
        for block in all_blocks():
            known = READ_AS_THEY_STAND | {"sh", "yaml", "haproxy", "nginx", "caddy", "python"}
            self.assertIn(block.language, known, str(block))
            if block.language == "json":
                with self.subTest(str(block)):
                    json.loads(block.text)

    def test_security(self):
        shell = self.open_shell()
        tokens, user = self.shell_blocks("docs/security.md", 2)
        self.assertRegex(self.paste(shell, tokens), "ate_")
        self.paste(shell, user, answers=[PASSWORD, PASSWORD])
        self.assertRegex(shell.paste("activitytrack-server user list")[1], "ann +manager +.*vm-1, vm-2")

    def test_configuration(self):
        shell = self.open_shell()
        block, rollout = self.shell_blocks("docs/configuration.md", 2)
        shell.paste("activitytrack-server enroll-token create")  # what makes the database
        self.assertRegex(self.paste(shell, block), r"group/office +send_interval_sec +- +-> +60")
        self.assertIn("wave", self.paste(shell, rollout))

    def test_api(self):
        (block,) = [block for block in read_blocks(ROOT / "docs/api.md") if "--role monitor" in block.text]
        self.assertRegex(self.paste(self.open_shell(), block), "atp_")

    def test_tls(self):
        certificate, key = Authority(self.folder).issue("box", 1)
        self.places |= {"8443": str(free_port()), "/etc/ssl/box.pem": str(certificate), "/etc/ssl/box.key": str(key)}
        shell = self.open_shell()
        for block in self.shell_blocks("docs/tls.md", 2):
            self.paste_server(shell, block)

    def test_data(self):
        shell = self.open_shell()
        self.assertEqual(shell.paste("activitytrack-server enroll-token create")[0], [0])
        backup, restore = self.shell_blocks("docs/data.md", 2)
        self.paste(shell, backup)
        self.assertEqual(len(list(self.folder.glob("server-*.db"))), 1)
        self.paste(shell, restore)

    def test_s3(self):
        s3 = FakeS3()
        self.addCleanup(s3.close)
        event = {"machine_id": "vm-1", "timestamp": datetime.now(timezone.utc).isoformat(), "key_count": 7}
        s3.objects["prefix/events/vm-1/today.jsonl"] = json.dumps(event).encode()
        self.places |= {"BUCKET": "bucket", "PREFIX": "prefix"}
        places = {"ENDPOINT": s3.url, "REGION": "us-east-1", "PATH_STYLE": "yes"}
        shell = self.open_shell(AWS_ACCESS_KEY_ID="AKFAKE", AWS_SECRET_ACCESS_KEY="s3cr3t+/key",
                                **{f"ACTIVITYTRACK_S3_{name}": value for name, value in places.items()})
        serve, read = self.shell_blocks("docs/s3.md", 2)
        self.paste_server(shell, serve)
        self.assertIn("1 events accepted", self.paste(shell, read))

    def test_scaling(self):
        cluster = Cluster(self)
        self.places |= {"db.example.org": f"127.0.0.1:{cluster.port}", "verify-full": "disable"}
        shell = self.open_shell(PGHOST="127.0.0.1", PGPORT=str(cluster.port), PGUSER="postgres",
                                PATH=f"{postgres_programs()}:{self.variables['PATH']}")
        (block,) = self.shell_blocks("docs/scaling.md", 1)
        self.paste_server(shell, block)

    def test_haproxy(self):
        """haproxy's own check; a part of a file is put into one."""
        haproxy = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
        if not haproxy:
            self.skipTest("not installed: haproxy")
        certificate, key = Authority(self.folder).issue("box", 1)
        both = self.folder / "both.pem"
        both.write_text(certificate.read_text() + key.read_text())
        for block in all_blocks():
            if block.language != "haproxy":
                continue
            text = block.text.replace("/etc/haproxy/activity.pem", str(both))
            if not text.startswith("global"):
                text = "defaults\n mode http\n timeout client 1s\n timeout connect 1s\n timeout server 1s\n" \
                       f"frontend a\n bind 127.0.0.1:1 ssl crt {both}\n default_backend b\n{text}\nbackend b\n"
            file = self.folder / "haproxy.cfg"
            file.write_text(text)
            checked = subprocess.run([haproxy, "-c", "-f", file], capture_output=True, text=True, timeout=60)
            self.assertEqual(checked.returncode, 0, f"{block}: {checked.stderr}")
