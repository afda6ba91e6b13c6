"""What the server writes of requests: the access log, and lines of the log that say who was refused."""

import json
import re
import signal
import subprocess
import unittest

from documents import ROOT, read_blocks
from server_support import event
from support import find_program, program, wait_until
from test_auth import PASSWORD, AuthTest

COMBINED = re.compile(r'(\S+) - (\S+) \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000)\] "([^"]*)" (\d{3}) (\d+) "([^"]*)" "([^"]*)" '
                      r'(\S+) (\d+)')


class LogTest(AuthTest):
    def setUp(self):  # each test starts a server of its own
        super(AuthTest, self).setUp()
        self.log = self.folder / "access.log"

    def lines(self, count, log=None):
        """Those of the access log, once there are so many."""
        log = log or self.log
        return wait_until(lambda: (found := log.read_text().splitlines()) and len(found) >= count and found, f"{count} lines")

    def combined(self, line):
        match = COMBINED.fullmatch(line)
        self.assertTrue(match, line)
        return match.groups()


class AccessLog(LogTest):
    def test_each_answer_has_a_line(self):
        server = self.start_server("--access-log", self.log)
        self.add_user("ann", "viewer")
        token = self.api_token("ann")
        self.ask("GET", "/api/me?a=b", token=token, **{"User-Agent": "curl/1 \"x\"\\\n".strip(), "Referer": "http://x/?secret=1"})
        self.ask("GET", "/none")
        self.exchange(b"nonsense\r\n\r\n")
        self.exchange(b"GET /api/machines/%0A\xe4\"x HTTP/1.0\r\n\r\n")
        lines = [self.combined(line) for line in self.lines(4)]
        self.assertEqual(lines[0][:2] + lines[0][3:5], ("127.0.0.1", "ann", "GET /api/me HTTP/1.1", "200"))
        self.assertEqual(lines[0][5:8], ("44", "http://x/", "curl/1 \\x22x\\x22\\x5C"))
        self.assertEqual(lines[1][1:2] + lines[1][3:5], ("-", "GET /none HTTP/1.1", "404"))
        self.assertEqual(lines[2][3:5], ("-", "400"))
        self.assertEqual(lines[3][3:5], ("GET /api/machines/%0A\\xE4\\x22x HTTP/1.0", "400"))
        self.stop(server)
        self.assertEqual(self.log.stat().st_mode & 0o7, 0)

    def test_secrets_are_left_out(self):
        server = self.start_server("--access-log", self.log)
        link = wait_until(lambda: re.search(r"/setup\?token=(\S+)", server.log_end(50)), "the link").group(1)
        self.add_user("ann", "viewer")
        token = self.api_token("ann")
        self.ask("GET", f"/setup?token={link}", Referer=f"http://127.0.0.1/setup?token={link}")
        self.ask("POST", "/api/login", {"user": "ann", "password": PASSWORD})
        self.ask("GET", "/api/me", token=token)
        self.lines(3)
        for secret in (link, token, PASSWORD, "ats_"):
            self.assertNotIn(secret, self.log.read_text())
        self.stop(server)

    def test_json(self):
        server = self.start_server("--access-log", self.log, "--access-log-format", "json", "--auth", "none")
        self.post([event(1, "vm-1")])
        exported = self.request("GET", "/api/activity/vm-1/export")[2]
        lines = [json.loads(line) for line in self.lines(2)]
        self.assertEqual(set(lines[0]), {"time", "client", "user", "method", "path", "protocol", "status", "bytes", "referer",
                                         "user_agent", "request_id", "us"})
        self.assertEqual([line["bytes"] for line in lines][1], len(exported))
        self.assertEqual(lines[1]["path"], "/api/activity/vm-1/export")
        self.stop(server)

    def test_logrotate_moves_it_away(self):
        server = self.start_server("--access-log", self.log)
        self.ask("GET", "/healthz")
        self.lines(1)
        old = self.log.rename(self.folder / "access.log.1")
        server.process.send_signal(signal.SIGHUP)
        wait_until(self.log.exists, "the new file")
        self.ask("GET", "/readyz")
        self.assertIn("/readyz", self.lines(1)[0])
        self.assertNotIn("/readyz", old.read_text())
        self.stop(server)

    def test_standard_output_takes_it(self):
        server = self.start_server("--access-log", "-", "--auth", "none")
        self.ask("GET", "/healthz")
        wait_until(lambda: '"GET /healthz HTTP/1.1" 200' in server.log_end(), "the line")
        self.stop(server)

    def test_a_file_that_cannot_be_opened_is_refused(self):
        done = subprocess.run([program("server"), "--listen", "127.0.0.1:0", "--data-dir", str(self.folder / "data"), "--access-log",
                               str(self.folder / "none/access.log")], env=self.environment(), timeout=30, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("access_log: ", done.stderr)


class RequestIds(LogTest):
    def test_an_answer_names_its_request(self):
        server = self.start_server("--access-log", self.log, "--log-level", "debug")
        status, headers, body = self.ask("GET", "/none", **{"X-Request-Id": "mine"})
        made = headers["X-Request-Id"]
        self.assertRegex(made, r"^[0-9a-f]{16}$")
        self.assertEqual(body["request_id"], made)
        self.assertEqual(self.combined(self.lines(1)[0])[8], made)
        wait_until(lambda: f"request={made}" in server.log_end(), "the log to name it")
        self.assertNotEqual(self.ask("GET", "/healthz")[1]["X-Request-Id"], made)
        self.assertIn(b"X-Request-Id: ", self.exchange(b"nonsense\r\n\r\n"))
        self.stop(server)

    def test_a_trusted_proxy_chooses_it(self):
        server = self.start_server("--trusted-proxy", "127.0.0.1")
        self.assertEqual(self.ask("GET", "/none", **{"X-Request-Id": "Abc-1_2.3"})[2]["request_id"], "Abc-1_2.3")
        for wrong in ("", "a b", 'a"b', "a" * 65, "a\tb"):
            self.assertRegex(self.ask("GET", "/none", **{"X-Request-Id": wrong})[2]["request_id"], r"^[0-9a-f]{16}$")
        self.stop(server)


class Refusals(LogTest):
    def refuse_some(self):
        """From 192.0.2.7: two wrong passwords, an unknown token and what is none, a link that is not good; four tries more."""
        self.add_user("ann", "viewer")
        by = {"X-Forwarded-For": "192.0.2.7"}
        for name in ("ann", "bob"):
            self.assertEqual(self.status_of("POST", "/api/login", {"user": name, "password": "wrong enough"}, **by), 401)
        self.assertEqual(self.status_of("GET", "/api/me", token="atp_" + "0" * 15 + "1_" + "A" * 43, **by), 401)
        self.assertEqual(self.status_of("POST", "/api/events", {"events": []}, token="none", **by), 401)
        self.assertEqual(self.status_of("GET", "/setup?token=atu_none", **by), 404)
        for _ in range(4):
            self.login(password="guess")
        while self.login(password="guess")[0] != 429:
            pass
        self.assertEqual(self.status_of("GET", "/api/me", **by), 401)  # shows nothing, and is no guess

    def refused(self, server):
        return re.findall(r"warning client refused client=(\S+) reason=(\S+) status=(\d+) route=(\S+) request=[0-9a-f]{16}$",
                          server.log_end(1000), re.MULTILINE)

    def test_each_has_its_line(self):
        server = self.start_server("--trusted-proxy", "127.0.0.1")
        self.refuse_some()
        lines = wait_until(lambda: (found := self.refused(server)) and "429" in found[-1] and found, "the lines")
        self.assertEqual([line[1:] for line in lines if line[0] == "192.0.2.7"],
                         [("password", "401", "/api/login")] * 2 + [("token", "401", "/api/me"), ("token", "401", "/api/events"),
                                                                    ("setup_link", "404", "/setup")])
        self.assertEqual(lines[-1], ("127.0.0.1", "too_often", "429", "/api/login"))
        self.stop(server)

    def test_a_machine_that_sends_too_much_is_no_guesser(self):
        server = self.start_server("--max-events-per-machine-day", 1)
        credential = self.enrol("vm-1")
        answers = [self.status_of("POST", "/api/events", {"events": [event(number, "vm-1")]}, token=credential) for number in (1, 2)]
        self.assertEqual(answers, [200, 429])
        self.assertEqual(self.status_of("GET", "/api/me", token="none"), 401)
        lines = wait_until(lambda: self.refused(server), "the line of what follows")
        self.assertEqual([line[1] for line in lines], ["token"])
        self.stop(server)

    def test_nobody_fills_the_disk_by_them(self):
        server = self.start_server("--trusted-proxy", "127.0.0.1")
        for number in range(60):
            self.ask("GET", "/api/me", token="none", **{"X-Forwarded-For": f"2001:db8::{number}"})
        self.ask("GET", "/api/me", token="none", **{"X-Forwarded-For": "192.0.2.8"})
        wait_until(lambda: "client=192.0.2.8" in server.log_end(), "another address")
        self.assertLess(len(self.refused(server)), 40)
        wait_until(lambda: "more clients were refused than are logged" in server.log_end(), "how many were left out")
        self.stop(server)

    def test_fail2ban_finds_them(self):
        """The filter of docs/security.md, by the real program."""
        tool = find_program("fail2ban-regex")
        if not tool:
            self.skipTest("not installed: fail2ban")
        filters = [block.text for block in read_blocks(ROOT / "docs/security.md") if block.language == "ini"]
        file = self.folder / "activitytrack.conf"
        file.write_text(filters[0])
        server = self.start_server("--trusted-proxy", "127.0.0.1")
        self.refuse_some()
        wait_until(lambda: "status=429" in server.log_end(), "the last line")
        done = subprocess.run([tool, "-o", "ip", server.log_path, file], capture_output=True, text=True, timeout=60, check=False)
        found = done.stdout.split()
        self.assertEqual(found.count("192.0.2.7"), 5, done.stdout + done.stderr)
        self.assertEqual(set(found), {"192.0.2.7", "127.0.0.1"})
        pattern = re.search(r"failregex = (.*)", filters[0]).group(1).replace("<ADDR>", r"(\S+)")
        line = next(line for line in server.log_end().splitlines() if "client refused" in line)
        self.assertTrue(re.search(pattern, "box activitytrack-server[12]: " + line), "as the journal has it")
        self.assertFalse(re.search(pattern, f'2026-11-30T21:34:25Z error the store failed error="{line}"'), "what somebody wrote")
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
