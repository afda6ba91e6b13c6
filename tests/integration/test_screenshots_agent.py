"""Screenshots of the real display, from the capture to the server's disk: sealed, exact beside input, never lost."""

import datetime
import json
import socket
import subprocess
import threading

from support import AgentTest, program, wait_until
from server_support import ServerTest

from rigs import XvncRig

JPEG = b"\xff\xd8\xff"
MACHINE = "test-machine"


class Tap:
    """A way to a server's port on which every byte to it is kept."""

    def __init__(self, port):
        self.sent = bytearray()
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                return
            threading.Thread(target=self._pump, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()

    def _pump(self, source, sink, kept):
        try:
            while part := source.recv(65536):
                if kept:
                    self.sent += part
                sink.sendall(part)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


class ScreenshotsOfAnAgent(AgentTest, ServerTest):
    def setUp(self):
        super().setUp()
        if XvncRig.missing():
            self.skipTest(XvncRig.missing())
        self.rig = XvncRig()
        self.addCleanup(self.rig.stop)
        self.rig.start()
        self.agent_folder = self.folder / "agent"
        self.agent_folder.mkdir(mode=0o700)
        self.buffer = self.agent_folder / "buffer.db"

    def start_fast(self, *arguments):
        """An agent that takes one each second, while the person is active."""
        agent = self.start("tests/support/fast_agent", self.agent_folder, *arguments,
                           env=self.environment(DISPLAY=self.rig.display))
        wait_until(lambda: agent.ended() or self.appended(), "the agent to collect")
        self.rig.input.keys(1, rate=100)
        return agent

    def waiting(self, below=""):
        return sorted((self.agent_folder / "screenshots" / below).glob("*.shot"))

    def files_with_a_jpeg(self, folder):
        return [path for path in folder.rglob("*") if path.is_file() and JPEG in path.read_bytes()]

    def at_the_server(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        days = (today - datetime.timedelta(1), today + datetime.timedelta(1))
        status, _, body = self.request("GET", f"/api/screenshots/{MACHINE}?from={days[0]}&to={days[1]}&limit=500")
        return json.loads(body)["screenshots"] if status == 200 else []

    def content(self, shot):
        status, _, body = self.request("GET", f"/api/screenshots/{MACHINE}/{shot['id']}/content")
        self.assertEqual(status, 200)
        return body

    def test_pictures_reach_the_server_and_rest_sealed_on_the_way(self):
        self.start_server()
        agent = self.start_fast(f"http://127.0.0.1:{self.port}")
        wait_until(lambda: len(self.at_the_server()) >= 3, "three screenshots at the server")
        self.assertEqual(self.files_with_a_jpeg(self.agent_folder), [])
        self.stop(agent)
        self.assertEqual(self.waiting(), [])
        self.assertEqual(self.waiting("aside"), [])
        shots = self.at_the_server()
        self.assertEqual({shot["format"] for shot in shots}, {"jpeg"})
        self.assertEqual({(shot["width"], shot["height"]) for shot in shots}, {(256, 192)})
        self.assertTrue(all(self.content(shot).startswith(JPEG) for shot in shots))

    def test_with_a_public_key_nothing_unsealed_is_on_any_disk_or_wire(self):
        self.start_server()
        key = self.folder / "private.key"
        made = subprocess.run([program("report"), "keygen", "--output", str(key)], text=True, capture_output=True,
                              env=self.environment(), check=True)
        public = next(word for word in made.stdout.split() if word.startswith("atpub_"))
        tap = Tap(self.port)
        self.addCleanup(tap.close)
        agent = self.start_fast(f"http://127.0.0.1:{tap.port}", public)
        wait_until(lambda: len(self.at_the_server()) >= 3, "three screenshots at the server")
        self.stop(agent)
        self.assertGreater(len(tap.sent), 3000)
        self.assertNotIn(JPEG, tap.sent)
        self.assertEqual(self.files_with_a_jpeg(self.folder), [])
        self.assertFalse((self.agent_folder / "machine_key").exists())
        shots = self.at_the_server()
        self.assertEqual({shot["format"] for shot in shots}, {"sealed"})
        sealed = self.folder / "one.jpg.sealed"
        sealed.write_bytes(self.content(shots[0]))
        subprocess.run([program("report"), "open", "--key", str(key), str(sealed)], env=self.environment(),
                       cwd=self.folder, capture_output=True, check=True)
        self.assertTrue((self.folder / "one.jpg").read_bytes().startswith(JPEG))

    def test_no_input_is_lost_while_screenshots_are_taken(self):
        agent = self.start_fast()
        for _ in range(4):
            self.rig.input.keys(1000, rate=1000)
            self.rig.input.clicks(500, rate=1000, button=1)
        wait_until(lambda: len(self.waiting()) >= 4, "four screenshots")
        self.stop(agent)
        self.assertEqual(self.total("key_count"), 4001)
        self.assertEqual(self.total("mouse_clicks"), 2000)
        self.assertEqual(self.total("scripted_count"), 0)

    def test_a_server_that_comes_back_gets_each_one_once(self):
        server = self.start_server()
        agent = self.start_fast(f"http://127.0.0.1:{self.port}")
        wait_until(self.at_the_server, "a screenshot at the server")
        server.process.kill()
        server.process.wait()
        already = len(self.waiting())
        wait_until(lambda: len(self.waiting()) >= already + 4, "screenshots that wait")
        waited = {path.name.split(".")[0] for path in self.waiting()}
        self.start_server(port=self.port)
        wait_until(lambda: waited <= {shot["id"] for shot in self.at_the_server()}, "what waited, at the server")
        self.stop(agent)
        ids = [shot["id"] for shot in self.at_the_server()]
        self.assertEqual(len(ids), len(set(ids)))

    def test_a_display_that_vanishes_takes_nothing_along(self):
        agent = self.start_fast()
        wait_until(lambda: len(self.waiting()) >= 2, "two screenshots")
        self.rig.crash()
        wait_until(lambda: "cannot take a screenshot" in agent.log_end(100) or "not available" in agent.log_end(100),
                   "the agent to notice")
        self.assertFalse(agent.ended())
        self.stop(agent)
        self.assertGreaterEqual(len(self.waiting()), 2)

    def status(self):
        shown = subprocess.run([program("agent"), "status", "--json", "--config", str(self.folder / "status.yaml")],
                               text=True, capture_output=True, env=self.environment(), check=True)
        return json.loads(shown.stdout)

    def test_a_bad_machine_key_stops_screenshots_alone(self):
        key = self.folder / "machine_key"
        key.write_bytes(b"k" * 32)
        key.chmod(0o644)
        agent = self.start_agent(self.rig.display, features={"screenshots": True})
        (self.folder / "status.yaml").write_text((self.folder / "config.yaml").read_text())
        status = self.status()
        self.assertEqual(status["state"], "collecting")
        self.assertFalse(status["screenshots"]["on"])
        self.assertIn("machine_key", status["screenshots"]["last_error"])
        self.assertIn("no screenshots are taken", agent.log_end(100))
        self.assertEqual(key.read_bytes(), b"k" * 32)
        self.stop(agent)

    def test_the_agent_program_takes_them_as_its_settings_say(self):
        agent = self.start_agent(self.rig.display)
        config = self.folder / "config.yaml"
        before = config.read_text()
        (self.folder / "status.yaml").write_text(before)  # which finds the agent also while its own is refused
        self.assertFalse(self.status()["screenshots"]["on"])
        self.assertFalse((self.folder / "screenshots").exists())
        config.write_text(before + "features:\n  screenshots: true\nscreenshots:\n  public_key: nonsense\n")
        wait_until(lambda: "screenshots.public_key" in self.status()["configuration"]["error"], "the refusal")
        config.write_text(before + "s3:\n  seal_events: true\n")
        wait_until(lambda: "s3.seal_events" in self.status()["configuration"]["error"], "the refusal")
        config.write_text(before + "features:\n  screenshots: true\nscreenshots:\n  interval_min: 1\n")
        wait_until(lambda: self.status()["screenshots"]["on"], "screenshots to be on")
        self.rig.input.keys(3, rate=100)
        wait_until(lambda: self.status()["screenshots"]["taken"] >= 1, "the first, at the full minute", 90)
        shots = self.status()["screenshots"]
        self.assertEqual(shots["pending"], 1)
        self.stop(agent)
