"""The agent's program as people and scripts use it."""

import contextlib
import json
import os
import resource
import signal
import socket
import stat
import subprocess

from support import AgentTest, program, wait_until

DONE, FAILED, USAGE, OTHER_INSTANCE = 0, 1, 2, 75


class CliTest(AgentTest):
    def run_agent(self, *arguments, **env):
        """Runs the program to its end."""
        return subprocess.run([program("agent"), *map(str, arguments)], env=self.environment(**env),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def start_agent(self, **settings):
        """Returns when it can be asked, too."""
        agent = super().start_agent(**settings)
        wait_until((self.folder / "buffer.db.sock").exists, "the control socket")
        return agent

    def ask(self, command, *arguments):
        """Runs a command for the agent of this test, which must succeed."""
        ended = self.run_agent(command, "--config", self.folder / "config.yaml", *arguments)
        self.assertEqual(ended.returncode, DONE, ended.stderr)
        return ended.stdout

    def status(self):
        return json.loads(self.ask("status", "--json"))

    def assert_one_line(self, text, *parts):
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.startswith("activitytrack-agent: "), text)
        for part in parts:
            self.assertIn(part, text)


class Usage(CliTest):
    def test_help_and_version_succeed(self):
        for arguments in (["--help"], ["-h"], ["--version"], ["replay", "--help"], ["--help", "doctor"]):
            ended = self.run_agent(*arguments)
            self.assertEqual((ended.returncode, ended.stderr), (DONE, ""))
            self.assertTrue(ended.stdout)

    def test_a_mistyped_line_is_code_2_and_one_line(self):
        for arguments in (["dance"], ["--nonsense"], ["run", "--json"], ["replay"], ["pause", "soon"], ["pause", "0"],
                          ["replay", "--interval", "0", "x.csv"], ["replay", "--start", "noon", "x.csv"]):
            ended = self.run_agent(*arguments)
            self.assertEqual((ended.returncode, ended.stdout), (USAGE, ""), arguments)
            self.assert_one_line(ended.stderr)

    def test_each_mistake_is_blamed_on_what_is_wrong(self):
        buffer = self.folder / "b/buffer.db"
        diary, machine, pipe = self.folder / "diary", self.folder / "machine", self.folder / "pipe"
        os.mkfifo(pipe)
        diary.write_text("Dear diary")
        diary.chmod(0o644)
        machine.mkdir()
        (machine / "machine_id").write_text("not an id!\n")
        for code, arguments, part in (
                (USAGE, ["run", "--server-url", "localhost:8100"], "option --server-url: server_url: must begin with http"),
                (USAGE, ["run", "--server-url", "http://host:99999"], "option --server-url: server_url: names a bad port"),
                (USAGE, ["run", "--server-url", "http://host/?a=b"], "option --server-url: server_url: must hold no query"),
                (USAGE, ["run", "--credential", "a b"], "option --credential: credential: must hold no spaces"),
                (USAGE, ["run", "--collect-interval-sec", "1m"], "option --collect-interval-sec: "),
                (USAGE, ["run", "--config", self.folder], f"{self.folder}: is not a regular file"),
                (USAGE, ["replay", "--start", "noon", "x.csv"], "option --start: must be an RFC 3339 time"),
                (USAGE, ["replay", "--interval", "0", "x.csv"], "option --interval: must be a whole number"),
                (USAGE, ["pause", "soon"], "MINUTES must be a whole number"),
                (FAILED, ["replay", self.folder / "none.csv"], "none.csv: No such file"),
                (FAILED, ["run", "--buffer-path", pipe], f"the buffer {pipe} is not a regular file"),
                (FAILED, ["run", "--buffer-path", self.folder], f"{self.folder} is a folder"),
                (FAILED, ["run", "--buffer-path", diary], f"{diary} is no buffer, and is left as it is"),
                (FAILED, ["run", "--log-level", "error", "--buffer-path", machine / "buffer.db"],
                 f"{machine}/machine_id: holds no machine id")):
            where = [] if "--buffer-path" in arguments else ["--buffer-path", buffer]
            ended = self.run_agent(*arguments, *where)
            self.assertEqual((ended.returncode, ended.stdout), (code, ""), arguments)
            self.assert_one_line(ended.stderr, part)
        self.assertEqual((diary.read_text(), stat.S_IMODE(diary.stat().st_mode)), ("Dear diary", 0o644))
        self.assertEqual(list(self.folder.glob("diary?*")), [])
        for name, arguments in (("START", ["replay", "x.csv"]), ("SERVER_URL", ["run"])):
            ended = self.run_agent(*arguments, **{f"ACTIVITYTRACK_{name}": "noon"})
            self.assertEqual(ended.returncode, USAGE)
            self.assert_one_line(ended.stderr, f"environment variable ACTIVITYTRACK_{name}: ")

    def test_a_broken_configuration_is_code_2_with_file_line_and_key(self):
        config = self.folder / "config.yaml"
        config.write_text("machine_id: m\nidle_after_sec: soon\n")
        for command in ("run", "status", "pause"):
            ended = self.run_agent(command, "--config", config)
            self.assertEqual(ended.returncode, USAGE)
            self.assert_one_line(ended.stderr, f"{config}:2: idle_after_sec: ")

    def test_a_configuration_file_that_is_missing_is_code_2(self):
        ended = self.run_agent("run", "--config", self.folder / "none.yaml")
        self.assertEqual(ended.returncode, USAGE)
        self.assert_one_line(ended.stderr, "none.yaml")

    def test_the_line_wins_over_the_environment_and_that_over_the_file(self):
        self.start_agent(idle_after_sec=10)
        values = self.status()["configuration"]["values"]
        self.assertEqual(values["idle_after_sec"], "10")
        (self.folder / "config.yaml").write_text("idle_after_sec: 10\n")
        for env, arguments, used in (({}, [], "10"), ({"ACTIVITYTRACK_IDLE_AFTER_SEC": "20"}, [], "20"),
                                     ({"ACTIVITYTRACK_IDLE_AFTER_SEC": "20"}, ["--idle-after-sec", "30"], "30")):
            buffer = self.folder / f"{used}.db"
            command = ["--config", self.folder / "config.yaml", "--buffer-path", buffer]
            agent = self.start("agent", "run", *command, *arguments, env=self.environment(**env))
            shown = json.loads(wait_until(lambda: self.run_agent("status", "--json", *command).stdout, "its status"))
            self.assertEqual(shown["configuration"]["values"]["idle_after_sec"], used)
            self.stop(agent)


class OneAgent(CliTest):
    def test_a_second_agent_says_who_holds_the_buffer(self):
        agent = self.start_agent()
        second = self.run_agent("run", "--config", self.folder / "config.yaml")
        self.assertEqual(second.returncode, OTHER_INSTANCE)
        self.assert_one_line(second.stderr, f"another agent (pid {agent.process.pid}, since ", f"{self.buffer}.lock")

        # The first has come to no harm, and when it is gone its lock file is no obstacle.
        self.assertEqual(self.status()["pid"], agent.process.pid)
        agent.process.kill()
        agent.process.wait()
        self.assertTrue((self.folder / "buffer.db.lock").exists())
        self.start_agent()

    def test_what_it_writes_is_its_owners_alone(self):
        self.start_agent()
        for name in ("buffer.db", "buffer.db.lock", "buffer.db.sock"):
            self.assertEqual(stat.S_IMODE((self.folder / name).stat().st_mode) & 0o077, 0, name)

    def test_a_buffer_that_cannot_be_made_is_code_1(self):
        (self.folder / "file").touch()
        ended = self.run_agent("run", "--buffer-path", self.folder / "file/buffer.db")
        self.assertEqual(ended.returncode, FAILED)
        self.assert_one_line(ended.stderr, "file/buffer.db")

    def test_signals_end_it_cleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            agent = self.start_agent()
            wait_until((self.folder / "buffer.db.sock").exists, "the control socket")
            agent.process.send_signal(number)
            self.assertEqual(agent.process.wait(30), DONE)
            self.assertFalse((self.folder / "buffer.db.sock").exists())


class Control(CliTest):
    def test_without_an_agent_the_commands_say_how_to_start_one(self):
        for command in ("status", "pause", "resume"):
            ended = self.run_agent(command, "--buffer-path", self.folder / "buffer.db")
            self.assertEqual((ended.returncode, ended.stdout), (FAILED, ""))
            self.assert_one_line(ended.stderr, "no agent is running", "activitytrack-agent run")

    def test_status_says_what_the_agent_does(self):
        agent = self.start_agent(credential="a-secret")
        status = self.status()
        self.assertEqual((status["state"], status["pid"]), ("collecting", agent.process.pid))
        self.assertEqual(status["machine_id"], "test-machine")
        self.assertEqual(status["display"], "connected")
        self.assertGreaterEqual(status["buffer"]["pending"], 1)
        self.assertEqual(status["configuration"]["file"], str(self.folder / "config.yaml"))
        self.assertEqual(status["configuration"]["values"]["credential"], "(set)")
        text = self.ask("status")
        self.assertIn("collecting since ", text)
        self.assertNotIn("a-secret", text + json.dumps(status) + agent.log_end(100))

    def test_output_that_cannot_be_written_is_a_failure(self):
        self.start_agent()
        for command in (["status"], ["status", "--json"], ["pause"], ["resume"], ["doctor"]):
            with open("/dev/full", "w") as full:
                ended = subprocess.run([program("agent"), *command, "--config", str(self.folder / "config.yaml")],
                                       env=self.environment(), stdout=full, timeout=60)
            self.assertEqual(ended.returncode, FAILED, command)

    def test_pause_and_resume(self):
        self.start_agent()
        self.assertIn("Paused", self.ask("pause"))
        self.assertEqual((self.status()["state"], self.status()["paused_until"]), ("paused", None))
        held = len(self.events())
        self.ask("pause", "30")
        self.assertIsNotNone(self.status()["paused_until"])
        self.assertEqual(len(self.events()), held)
        self.ask("resume")
        self.assertEqual(self.status()["state"], "collecting")
        wait_until(lambda: len(self.events()) > held, "an event after the pause")

    def test_an_agent_that_cannot_be_asked_is_not_said_to_be_missing(self):
        (self.folder / "buffer.db.sock").mkdir()
        agent = self.start_agent()
        self.assertIn("which is something else", agent.log_end(100))
        ended = self.run_agent("status", "--config", self.folder / "config.yaml")
        self.assertEqual(ended.returncode, FAILED)
        self.assert_one_line(ended.stderr, f"an agent runs (pid {agent.process.pid}, since ",
                             "), but does not listen on ")

    def test_a_path_too_long_for_a_socket(self):
        buffer = self.folder / ("x" * 100) / "buffer.db"
        agent = self.start("agent", "run", "--buffer-path", buffer)
        wait_until(lambda: list(self.folder.glob("activitytrack-*.sock")), "the control socket in the runtime folder")
        ended = self.run_agent("status", "--json", "--buffer-path", buffer)
        self.assertEqual(json.loads(ended.stdout)["pid"], agent.process.pid)
        self.stop(agent)

    def talk(self, data):
        """What the agent answers to bytes; b"" if it hangs up."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as peer:
            peer.settimeout(30)
            peer.connect(str(self.folder / "buffer.db.sock"))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                peer.sendall(data)
                return b"".join(iter(lambda: peer.recv(65536), b""))
        return b""

    def test_nonsense_on_the_socket_does_no_harm(self):
        agent = self.start_agent()
        for data in (b"\n", b"{}\n", b"\xff\xfe\n", b'{"command":"dance"}\n', b"[" * 4000 + b"\n"):
            answer = json.loads(self.talk(data))
            self.assertFalse(answer["ok"])
            self.assertTrue(answer["error"])
        self.assertEqual(self.talk(b"x" * 100_000), b"")
        self.assertEqual(self.talk(b'{"command":'), b"")  # never ended: it hangs up by itself
        self.assertEqual(self.status()["pid"], agent.process.pid)

    def test_many_silent_clients_do_not_lock_others_out_for_long(self):
        self.start_agent()
        silent = [socket.socket(socket.AF_UNIX) for _ in range(20)]
        for peer in silent:
            self.addCleanup(peer.close)
            peer.connect(str(self.folder / "buffer.db.sock"))
        arguments = ("status", "--json", "--config", self.folder / "config.yaml")
        wait_until(lambda: self.run_agent(*arguments).returncode == DONE, "an answer beside silent clients")


class Reload(CliTest):
    def configure(self, **values):
        base = {"machine_id": "test-machine", "collect_interval_sec": 1, "buffer_path": str(self.buffer)}
        text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in {**base, **values}.items())
        (self.folder / "config.yaml").write_text(text)

    def value(self, key):
        return self.status()["configuration"]["values"][key]

    def test_a_change_is_in_force_without_a_restart(self):
        agent = self.start_agent()
        self.configure(idle_after_sec=7, credential="another-secret")
        wait_until(lambda: self.value("idle_after_sec") == "7", "the new value")
        wait_until(lambda: "keys=credential,idle_after_sec" in agent.log_end(100), "the log of the change")
        self.assertNotIn("another-secret", agent.log_end(100))

    def test_a_file_that_is_replaced_counts_too(self):
        self.start_agent()
        self.configure(idle_after_sec=7)
        wait_until(lambda: self.value("idle_after_sec") == "7", "the first value")
        new = self.folder / "config.yaml.new"
        new.write_text((self.folder / "config.yaml").read_text().replace("idle_after_sec: 7", "idle_after_sec: 8"))
        os.replace(new, self.folder / "config.yaml")
        wait_until(lambda: self.value("idle_after_sec") == "8", "the value of the file that replaced it")

    def test_a_broken_file_leaves_the_last_good_one_in_force(self):
        agent = self.start_agent(idle_after_sec=7)
        self.configure(idle_after_sec=0)
        wait_until(lambda: json.loads(self.run_agent(
            "status", "--json", "--buffer-path", self.buffer).stdout)["configuration"]["error"], "the refusal")
        status = json.loads(self.run_agent("status", "--json", "--buffer-path", self.buffer).stdout)["configuration"]
        self.assertIn(f"{self.folder}/config.yaml:4: idle_after_sec: ", status["error"])
        self.assertEqual(status["values"]["idle_after_sec"], "7")
        self.assertIn("last good one stays in force", agent.log_end(100))
        self.configure(idle_after_sec=9)
        wait_until(lambda: self.value("idle_after_sec") == "9", "the mended file's value")
        self.assertEqual(self.status()["configuration"]["error"], "")

    def test_what_needs_a_restart_is_named_and_waits_for_it(self):
        agent = self.start_agent()
        self.configure(machine_id="other-machine", idle_after_sec=7)
        wait_until(lambda: self.value("idle_after_sec") == "7", "the new value")
        self.assertEqual(self.value("machine_id"), "test-machine")
        self.assertRegex(agent.log_end(100), r"only when the agent is restarted.* keys=machine_id")

    def test_sighup_reads_it_anew(self):
        agent = self.start_agent()
        wait_until((self.folder / "buffer.db.sock").exists, "the control socket")
        agent.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "configuration read; nothing changed" in agent.log_end(100), "the log of the reload")


class DefaultFile(CliTest):
    """The file of the default place is as safe as one that --config names."""

    SETTINGS = "server_url: http://127.0.0.1:9\ncredential: secret\nfeatures:\n  window_titles: false\n"

    def setUp(self):
        super().setUp()
        self.file = self.folder / ".config/activity-tracker/config.yaml"
        self.write(self.file, self.SETTINGS)

    def write(self, file, text):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def start_with_defaults(self, **env):
        self.buffer = self.folder / "buffer.db"
        agent = self.start("agent", "run", "--buffer-path", self.buffer, env=self.environment(**env))
        self.assert_in_force()
        return agent

    def configuration(self):
        asked = wait_until(lambda: self.run_agent("status", "--json", "--buffer-path", self.buffer,
                                                  HOME=str(self.folder / "asker")).stdout, "the agent's status")
        return json.loads(asked)["configuration"]

    def assert_in_force(self):
        values = self.configuration()["values"]
        self.assertEqual((values["features.window_titles"], values["server_url"], values["credential"]),
                         ("false", "http://127.0.0.1:9", "(set)"))

    def assert_refused(self, agent, *parts):
        error = wait_until(lambda: self.configuration()["error"], "the refusal")
        for part in parts:
            self.assertIn(str(part), error)
        self.assert_in_force()
        self.assertIn("last good one stays in force", agent.log_end(100))

    def test_a_file_that_vanishes_stays_in_force_until_it_is_back(self):
        agent = self.start_with_defaults()
        away = self.folder / "away.yaml"
        self.file.rename(away)
        self.assert_refused(agent, f"{self.file} is gone; put it back, or restart the agent to run without it")
        agent.process.send_signal(signal.SIGHUP)
        wait_until(lambda: agent.log_end(100).count("stays in force") >= 2, "the refusal at SIGHUP")
        self.assert_in_force()
        away.write_text(self.SETTINGS + "idle_after_sec: 7\n")
        away.rename(self.file)
        wait_until(lambda: self.configuration()["values"]["idle_after_sec"] == "7", "the file that is back")
        self.assertEqual(self.configuration()["error"], "")
        self.assert_in_force()

    def test_one_that_vanished_may_have_named_the_buffer(self):
        self.buffer = self.folder / "b/buffer.db"
        self.file.write_text(f"buffer_path: {self.buffer}\n")
        self.start("agent", "run")
        self.configuration()
        self.file.unlink()
        ended = self.run_agent("status")
        self.assertEqual(ended.returncode, FAILED)
        self.assert_one_line(ended.stderr, "no agent is running for", "name its buffer by --buffer-path")

    def test_so_does_one_whose_folder_vanishes(self):
        agent = self.start_with_defaults()
        self.file.parent.rename(self.folder / "away")
        self.assert_refused(agent, f"{self.file} is gone")

    def test_no_file_of_a_later_place_takes_over(self):
        first = self.folder / "xdg/activity-tracker/config.yaml"
        self.write(first, self.SETTINGS)
        self.file.write_text("idle_after_sec: 7\n")
        agent = self.start_with_defaults(XDG_CONFIG_HOME=str(self.folder / "xdg"))
        first.unlink()
        self.assert_refused(agent, f"{first} is gone", f"restart the agent to run with {self.file}")

    def test_one_of_an_earlier_place_does(self):
        self.start_with_defaults(XDG_CONFIG_HOME=str(self.folder / "xdg"))
        self.write(self.folder / "xdg/activity-tracker/config.yaml", self.SETTINGS + "idle_after_sec: 7\n")
        wait_until(lambda: self.configuration()["values"]["idle_after_sec"] == "7", "the file of the earlier place")

    def test_nor_does_an_empty_one(self):
        xdg = self.folder / "xdg/activity-tracker/config.yaml"
        agent = self.start_with_defaults(XDG_CONFIG_HOME=str(self.folder / "xdg"))
        self.write(xdg, "# nothing yet\n")
        self.assert_refused(agent, f"{xdg} gives no setting")

    def test_a_file_that_is_cut_off_stays_in_force(self):
        agent = self.start_with_defaults()
        self.file.write_text("")
        self.assert_refused(agent, f"{self.file} gives no setting")

    def test_one_that_cannot_be_looked_at_stays_in_force_and_is_an_error_at_the_start(self):
        agent = self.start_with_defaults()
        self.file.parent.rename(self.folder / "away")
        self.file.parent.symlink_to(self.file.parent)  # a loop: for root, too, no file can be seen behind it
        self.assert_refused(agent, self.file)
        self.assertIn("symbolic links", self.configuration()["error"])
        ended = self.run_agent("run", "--buffer-path", self.folder / "other.db")
        self.assertEqual(ended.returncode, USAGE)
        self.assert_one_line(ended.stderr, str(self.file), "symbolic links")

    def test_a_setting_that_is_taken_out_is_named(self):
        agent = self.start_with_defaults()
        self.file.write_text("server_url: http://127.0.0.1:9\n")
        wait_until(lambda: self.configuration()["values"]["features.window_titles"] == "true", "the default")
        self.assertRegex(agent.log_end(100),
                         r"warning.*does not give these settings any more.*keys=credential,features.window_titles")


class Doctor(CliTest):
    def checks(self, *arguments):
        ended = self.run_agent("doctor", "--json", *arguments)
        report = json.loads(ended.stdout)
        self.assertEqual(ended.returncode, DONE if report["ok"] else FAILED)
        return {check["name"]: check for check in report["checks"]}

    def test_it_finds_what_is_missing_and_what_is_well(self):
        self.start_agent()
        checks = self.checks("--config", self.folder / "config.yaml")
        self.assertFalse(checks["display"]["ok"])
        self.assertIn("DISPLAY is not set", checks["display"]["text"])
        for name in ("configuration", "clock", "disk", "machine", "buffer", "server", "agent"):
            self.assertTrue(checks[name]["ok"], checks[name])
        self.assertEqual(checks["machine"]["text"], "test-machine")

    def test_it_works_with_a_broken_configuration(self):
        (self.folder / "config.yaml").write_text("nonsense: 1\n")
        checks = self.checks("--config", self.folder / "config.yaml")
        self.assertFalse(checks["configuration"]["ok"])
        self.assertIn("config.yaml:1: nonsense", checks["configuration"]["text"])
        self.assertTrue(checks["clock"]["ok"])

    def test_one_line_for_each_check(self):
        ended = self.run_agent("doctor")
        self.assertEqual(ended.returncode, FAILED)
        for line in ended.stdout.splitlines():
            self.assertRegex(line, r"^[a-z' ]+  (ok         |note       |NOT OK     |not checked)  \S")

    def test_what_keeps_an_agent_from_starting_is_found(self):
        self.start_agent()
        (self.folder / "m").mkdir()
        (self.folder / "m/machine_id").write_text("not an id!\n")
        (self.folder / "m/buffer.db").touch()
        checks = self.checks("--buffer-path", self.folder / "m/buffer.db")
        self.assertEqual(checks["machine"]["state"], "not_ok")
        self.assertIn("holds no machine id", checks["machine"]["text"])
        self.assertEqual(checks["buffer"]["state"], "ok")  # empty yet


class Crash(CliTest):
    def crash(self, **settings):
        """Whether a core was dumped."""
        agent = self.start_agent(**settings)
        self.assertIn("buffer", json.loads(self.ask("status", "--json")))
        agent.process.send_signal(signal.SIGABRT)
        return os.waitid(os.P_PID, agent.process.pid, os.WEXITED | os.WNOWAIT).si_code == os.CLD_DUMPED

    def test_with_screenshots_on_no_core_is_dumped(self):
        limits = resource.getrlimit(resource.RLIMIT_CORE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, limits)
        resource.setrlimit(resource.RLIMIT_CORE, (limits[1], limits[1]))
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        if not self.crash():
            self.skipTest("this machine dumps no cores")
        self.assertFalse(self.crash(**{"features.screenshots": True}))
