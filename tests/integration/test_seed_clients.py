"""Clients of a few lines, as people write them first: what docs/api.md begins with works as it stands, and what does not
work is seen by whoever looks."""

import datetime
import os
import subprocess
import sys

import requests
from documents import ROOT, read_blocks
from test_auth import AuthTest


class SeedClients(AuthTest):
    def setUp(self):
        super().setUp()
        self.url = f"http://127.0.0.1:{self.port}"
        self.credential = self.enrol("vm-1")
        self.add_user("boss", "admin")
        self.token = self.api_token("boss")

    def machine(self):
        return self.ask("GET", "/api/machines/vm-1", token=self.token)[2]

    def run_block(self, language, *command):
        block = next(block for block in read_blocks(ROOT / "docs/api.md") if block.language == language)
        environment = {**os.environ, "SERVER": self.url, "CREDENTIAL": self.credential}
        return subprocess.run([*command, block.text], env=environment, text=True, capture_output=True, timeout=60)

    def test_the_first_examples_of_the_documents_send_an_event(self):
        with_curl = self.run_block("sh", "sh", "-ec")
        self.assertIn('"accepted":1,"duplicates":0,"rejected":[]', with_curl.stdout, with_curl.stderr)
        with_requests = self.run_block("python", sys.executable, "-c")
        self.assertEqual(with_requests.returncode, 0, with_requests.stderr)
        self.assertEqual(self.stored_events(), 2)
        self.assertEqual(self.machine()["rejected_events"], 0)

    def test_a_client_whose_events_are_all_refused_is_seen(self):
        bearer = {"Authorization": "Bearer " + self.credential}
        naive = datetime.datetime(2024, 1, 15, 10, 30, 0, 123456).isoformat()
        for _ in range(3):
            answer = requests.post(self.url + "/api/events", headers=bearer, timeout=30,
                                   json={"events": [{"machine_id": "vm-1", "timestamp": naive}]})
            self.assertEqual(answer.status_code, 200)
            self.assertIn("datetime.now(timezone.utc).isoformat()", answer.json()["rejected"][0]["error"])
        self.assertEqual(self.machine()["rejected_events"], 3)
        self.assertEqual(self.machine()["latest_rejection"]["field"], "timestamp")
        log = self.server.log_end(100)
        self.assertEqual(log.count("events refused"), 1, log)
        self.assertIn("machine_id=vm-1", log)
        shown = self.run_program("report", "machines", "--server", self.url, "--token", self.token).stdout
        self.assertIn("vm-1: 3 events refused, the last because timestamp must say", shown)

    def test_what_tools_send_by_themselves_is_taken(self):
        """curl calls every body a form, and sends none where none is given; requests sends text as nothing at all."""
        bearer = ["-H", "Authorization: Bearer " + self.credential]
        one = '[{"machine_id":"vm-1","timestamp":"2024-01-15 10:3%d+0000","mouse_distance_px":1.5}]'
        as_form = self.curl("/api/events", *bearer, "-d", one % 1)
        self.assertIn('"accepted":1', as_form)
        self.assertIn('"adjusted":[{"index":0,"field":"mouse_distance_px","note":"was rounded"}]', as_form)
        answer = requests.post(self.url + "/api/events", data=one % 2, timeout=30,
                               headers={"Authorization": "Bearer " + self.credential})
        self.assertEqual(answer.json()["accepted"], 1)
        self.assertIn('"credential":', self.curl("/api/credentials/rotate", *bearer, "-X", "POST"))

    def curl(self, path, *options):
        return subprocess.run(["curl", "-sS", *options, self.url + path], text=True, capture_output=True, timeout=60,
                              check=True).stdout
