"""The agent's commands that speak with a server: enroll, which spends a token only when nothing is left to fail, and
doctor, which asks the server."""

import json
import os
import resource
import stat
import subprocess

from support import program, wait_until
from test_auth import AuthTest
from tls_support import Authority

from rigs import XvfbRig

DONE, FAILED, USAGE = 0, 1, 2
TOKEN = "ate_" + "1" * 16 + "_" + "x" * 43


class AgentServerTest(AuthTest):
    def setUp(self):
        super().setUp()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = self.folder / "config.yaml"

    def run_agent(self, *arguments, preexec_fn=None, **env):
        return subprocess.run([program("agent"), *map(str, arguments)], env=self.environment(**env), timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, preexec_fn=preexec_fn)

    def enroll(self, *arguments, config=None, **more):
        return self.run_agent("enroll", *arguments, "--config", config or self.config, **more)

    def token(self, *options):
        return self.command("enroll-token", "create", *options).strip()

    def uses_left(self):
        return [row["uses_left"] for row in json.loads(self.command("enroll-token", "list", "--json"))]

    def refused(self, ended, code, *parts):
        """Ended with the code, and one line that holds the parts, and no token."""
        self.assertEqual((ended.returncode, ended.stdout), (code, ""), ended.stderr)
        self.assertEqual(ended.stderr.count("\n"), 1, ended.stderr)
        for part in parts:
            self.assertIn(part, ended.stderr)
        self.assertNotIn("ate_1", ended.stderr)
        return ended.stderr


class Enroll(AgentServerTest):
    def test_a_configuration_that_is_not_there_is_made(self):
        new = self.folder / "deep/er/new.yaml"
        ended = self.enroll(self.url, self.token(), config=new)
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        self.assertIn(str(new), ended.stdout)
        self.assertEqual(stat.S_IMODE(new.stat().st_mode), 0o600)
        self.assertIn("atm_", new.read_text())
        self.assertEqual([path.name for path in new.parent.iterdir()], ["new.yaml"])
        ini = self.folder / "new.ini"
        self.assertEqual(self.enroll(self.url, self.token("--replace"), config=ini).returncode, DONE)
        self.assertTrue(ini.read_text().startswith("[settings]\n"))

    def test_words_on_the_line_are_not_blamed_on_the_file(self):
        self.config.write_text("idle_after_sec: 10\n")
        for url, token, part in (("nonsense", TOKEN, "URL: must begin with http:// or https://"),
                                 (TOKEN, self.url, "URL: must begin with"),
                                 ("http://host:99999", TOKEN, "URL: names a bad port"),
                                 ("http://ann:secret@host", TOKEN, "URL: must hold no user or password"),
                                 (self.url + "/?x=1", TOKEN, "URL: must hold no query"),
                                 (self.url, "nonsense", "TOKEN is no enrolment token"),
                                 (self.url, TOKEN + "\r\nX: y", "TOKEN is no enrolment token")):
            said = self.refused(self.enroll(url, token), USAGE, part)
            self.assertNotIn("config.yaml", said)
            self.assertNotIn("secret", said)
        self.assertEqual(self.config.read_text(), "idle_after_sec: 10\n")

    def test_what_would_win_over_the_file_is_said_before_a_token_is_spent(self):
        token = self.token()
        for name, value in (("CREDENTIAL", "atm_old"), ("SERVER_URL", "http://elsewhere")):
            self.refused(self.enroll(self.url, token, **{f"ACTIVITYTRACK_{name}": value}), USAGE,
                         f"environment variable ACTIVITYTRACK_{name} would win over what enroll writes")
        self.refused(self.enroll(self.url, token, "--credential", "atm_old"), USAGE, "option --credential would win")
        self.assertEqual(self.uses_left(), [1])
        self.assertEqual(self.enroll(self.url, token, ACTIVITYTRACK_SERVER_URL=self.url + "/").returncode, DONE)

    def test_a_token_that_is_refused_is_named_for_what_it_is(self):
        token = self.token()
        self.assertEqual(self.enroll(self.url, token).returncode, DONE)
        self.refused(self.enroll(self.url, token), FAILED, "this enrolment token is used up")
        self.refused(self.enroll(self.url, TOKEN), FAILED, "not known to this server, or was revoked")
        self.add_user("ann", "viewer")
        made = json.loads(self.command("enroll-token", "create", "--json"))
        self.command("enroll-token", "revoke", made["id"])
        self.refused(self.enroll(self.url, made["token"]), FAILED, "not known to this server, or was revoked")
        self.refused(self.enroll(self.url, self.command("token", "create", "ann").strip()), USAGE, "ate_")

    def test_no_token_is_spent_where_the_file_cannot_be_written(self):
        token = self.token()
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
        self.refused(self.enroll(self.url, token, preexec_fn=small_files), FAILED, "cannot write", str(self.config))
        blocked = self.folder / "file"
        blocked.touch()
        self.refused(self.enroll(self.url, token, config=blocked / "config.yaml"), FAILED, str(blocked))
        self.assertEqual(self.uses_left(), [1])
        self.assertFalse(self.config.exists())
        self.assertEqual(list(self.folder.glob("config.yaml*")), [])
        self.assertEqual(self.enroll(self.url, token).returncode, DONE)

    def test_a_full_disk_spends_no_token(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode:
            self.skipTest("only root can mount a small file system")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        with open(disk / "ballast", "wb") as ballast:
            try:
                while True:
                    os.write(ballast.fileno(), b"x" * 4096)
            except OSError:
                pass
        token = self.token()
        (disk / "config.yaml").touch()  # takes no room
        for name in ("config.yaml", "new.yaml"):
            self.refused(self.enroll(self.url, token, config=disk / name), FAILED, "No space left")
        self.assertEqual(self.uses_left(), [1])
        (disk / "ballast").unlink()
        self.assertEqual(self.enroll(self.url, token, config=disk / "config.yaml").returncode, DONE)

    def test_a_server_that_is_not_ours_leaves_no_file(self):
        self.refused(self.enroll(self.url + "/other", TOKEN), FAILED, f"{self.url}/other answered 404")
        self.assertEqual(list(self.folder.glob("config.yaml*")), [])


class Doctor(AgentServerTest):
    def checks(self, *arguments, **env):
        ended = self.run_agent("doctor", "--json", "--config", self.config, *arguments, **env)
        report = json.loads(ended.stdout)
        self.assertEqual(ended.returncode, DONE if report["ok"] else FAILED)
        for check in report["checks"]:
            self.assertEqual(check["ok"], check["state"] in ("ok", "note"), check)
        return {check["name"]: check for check in report["checks"]}

    def enrolled(self, **settings):
        self.config.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in
                                       {"buffer_path": str(self.folder / "buffer.db"), **settings}.items()))
        ended = self.enroll(self.url, self.token())
        self.assertEqual(ended.returncode, DONE, ended.stderr)

    def test_the_server_is_asked_whether_it_takes_the_credential(self):
        self.enrolled(machine_id="vm-1")
        checks = self.checks()
        self.assertEqual((checks["credential"]["state"], checks["credential"]["text"]), ("ok", "the server takes it"))
        self.assertEqual(checks["agent"]["state"], "note")
        self.assertIn("activitytrack-agent run", checks["agent"]["text"])
        self.assertEqual(self.stored_events(), 0)

        text = self.config.read_text()
        self.config.write_text(text.replace("vm-1", "vm-2"))
        self.assertEqual(self.checks()["credential"]["state"], "not_ok")
        self.assertIn("another machine's", self.checks()["credential"]["text"])

        self.config.write_text(text)
        self.command("machine", "revoke", "vm-1")
        credential = self.checks()["credential"]
        self.assertEqual(credential["state"], "not_ok")
        self.assertIn("enroll URL TOKEN", credential["text"])

        self.config.write_text(text.split("credential:")[0])
        self.assertIn("not set; ask for an enrolment token", self.checks()["credential"]["text"])

    def test_what_depends_on_the_server_is_not_checked_without_it(self):
        self.enrolled()
        self.stop(self.server)
        checks = self.checks()
        self.assertEqual(checks["server"]["state"], "not_ok")
        for name in ("server's clock", "credential"):
            self.assertEqual(checks[name]["state"], "not_checked")

    def test_a_broken_configuration_leads_to_no_other_agent_buffer_or_server(self):
        self.enrolled()
        self.start("agent", "run", "--config", self.config)
        wait_until((self.folder / "buffer.db.sock").exists, "the control socket")
        self.assertEqual(self.checks()["agent"]["state"], "ok")
        with open(self.config, "a") as config:
            config.write("nonsense: 1\n")
        checks = self.checks()
        self.assertEqual(checks["configuration"]["state"], "not_ok")
        for name in ("disk", "buffer", "server", "credential", "screenshots", "agent"):
            self.assertEqual(checks[name]["state"], "not_checked")
        self.assertEqual(checks["clock"]["state"], "ok")
        shown = self.run_agent("doctor", "--config", self.config).stdout
        self.assertRegex(shown, r"(?m)^agent +not checked +\S")

    def test_the_paths_in_use_are_shown(self):
        self.enrolled()
        checks = self.checks()
        self.assertEqual(checks["configuration"]["text"], str(self.config))
        self.assertIn(str(self.folder / "buffer.db"), checks["buffer"]["text"])
        self.assertTrue(checks["disk"]["text"].endswith(f" free for {self.folder}"))
        unset = self.run_agent("doctor", "--json")
        self.assertIn(f"{self.folder}/.config/activity-tracker/config.yaml", unset.stdout)
        self.assertIn(f"{self.folder}/.local/share/activity-tracker", unset.stdout)

    def test_a_secret_that_others_may_read(self):
        self.enrolled()
        self.config.chmod(0o644)
        self.assertEqual(self.checks()["configuration"]["state"], "not_ok")
        self.assertIn("chmod 600", self.checks()["configuration"]["text"])
        agent = self.start("agent", "run", "--config", self.config)
        wait_until(lambda: "others may read it, and it holds credential; chmod 600 it" in agent.log_end(100),
                   "the agent's warning")
        self.config.write_text(self.config.read_text().split("credential:")[0])
        self.assertEqual(self.checks()["configuration"]["state"], "ok")

    def test_a_good_machine_is_fine_before_an_agent_runs(self):
        self.enrolled()
        rig = XvfbRig()
        if rig.missing():
            self.skipTest(rig.missing())
        self.addCleanup(rig.stop)
        display = rig.start().display
        self.start_window_manager(display)
        good = {"DISPLAY": display, "TZ": "Europe/Berlin"}
        shown = self.run_agent("doctor", "--config", self.config, **good)
        self.assertEqual((shown.returncode, shown.stderr), (DONE, ""), shown.stdout)
        self.assertRegex(shown.stdout, r"(?m)^agent +note +no agent is running")
        checks = self.checks(WAYLAND_DISPLAY="wayland-0", **good)
        self.assertEqual(checks["display"]["state"], "note")
        self.assertIn("only what is done in X programs (through Xwayland) is counted", checks["display"]["text"])
        self.start("agent", "run", "--config", self.config, env=self.environment(WAYLAND_DISPLAY="wayland-0", **good))

        def status():
            return self.run_agent("status", "--json", "--config", self.config).stdout
        wait_until(lambda: "through Xwayland" in status(), "the status to say what is counted")

    def test_a_wayland_session_says_what_is_counted(self):
        self.enrolled()
        checks = self.checks(WAYLAND_DISPLAY="wayland-0", XDG_SESSION_TYPE="wayland")
        self.assertIn("Wayland session without Xwayland", checks["display"]["text"])
        for name in ("input devices", "window manager"):
            self.assertEqual(checks[name]["state"], "not_checked")


class Schemes(AgentServerTest):
    """http and https mixed up, as each program of a machine meets it."""

    def start_tls(self):
        certificate, key = Authority(self.folder).issue("server", 1)
        self.start_server("--tls-cert", certificate, "--tls-key", key, data="tls")
        return f"127.0.0.1:{self.port}"

    def said_by_all(self, url):
        doctor = self.run_agent("doctor", "--server-url", url)
        report = subprocess.run([program("report"), "machines", "--server", url, "--token", "atp_x"], text=True,
                                env=self.environment(), capture_output=True, timeout=60)
        agent = self.start("agent", "run", "--server-url", url, "--collect-interval-sec", "1", "--send-interval-sec", "1",
                           "--buffer-path", self.folder / "scheme.db")
        logged = wait_until(lambda: [line for line in agent.log_end(100).splitlines() if url in line or "seems" in line],
                            "the agent's trouble")
        return {"doctor": doctor.stdout, "report": report.stderr, "agent": "\n".join(logged),
                "enroll": self.enroll(url, TOKEN, config=self.folder / "none.yaml").stderr}

    def test_https_where_http_is_spoken(self):
        for name, said in self.said_by_all(f"https://127.0.0.1:{self.port}").items():
            self.assertIn(f"https://127.0.0.1:{self.port} seems to speak http and not https there", said, name)

    def test_http_where_https_is_spoken(self):
        url = f"http://{self.start_tls()}"
        for name, said in self.said_by_all(url).items():
            self.assertRegex(said, "seems to speak https|if it speaks https there, the URL must begin with https://", name)


class Paths(AgentServerTest):
    def test_a_url_with_a_path_is_shown_whole(self):
        url = self.url + "/below"
        self.config.write_text(f"server_url: {url}/\nmachine_id: m\ncollect_interval_sec: 1\nsend_interval_sec: 1\n"
                               f"buffer_path: {self.folder}/buffer.db\n")
        agent = self.start("agent", "run", "--config", self.config)
        wait_until(lambda: f"{url} answered 404" in agent.log_end(100), "the refusal with the whole URL")
        self.assertIn(f"{url} answers 404", self.run_agent("doctor", "--config", self.config).stdout)
        report = subprocess.run([program("report"), "machines", "--server", url, "--token", "atp_x"], text=True,
                                env=self.environment(), capture_output=True, timeout=60)
        self.assertIn(f"{url} ", report.stderr)
