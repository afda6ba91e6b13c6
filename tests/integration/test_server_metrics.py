"""Who reads /metrics, where, and by what spelling of its path."""

import json
import re
import unittest

from test_auth import PASSWORD, AuthTest
from support import wait_until

SPELLINGS = ("/%6detrics", "/metric%73", "/%6Detrics", "/%2fmetrics", "//metrics", "/./metrics", "/%2e/metrics", "/x/../metrics",
             "/metrics/", "/metrics%3fa", "/metrics;a=b", "/METRICS", "/metrics%00", "/metrics%20")


class MetricsTest(AuthTest):
    def setUp(self):  # each test starts a server of its own
        super(AuthTest, self).setUp()

    def status_at(self, target, method="GET", **headers):
        """Of a request with the target just as it is."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        answer = self.exchange(f"{method} {target} HTTP/1.1\r\nHost: box\r\n{fields}Connection: close\r\n\r\n".encode())
        return int(answer.split()[1])

    def test_a_rule_for_the_path_is_a_rule_for_all_of_it(self):
        server = self.start_server()
        for target in ("/metrics", "/metrics?a=b", "http://box/metrics", "https://evil.example/metrics"):
            self.assertEqual(self.status_at(target), 200, target)
        self.assertEqual(self.status_at("/metrics", "HEAD"), 200)
        for path in SPELLINGS:
            for target in (path, "http://box" + path):
                with self.subTest(target):
                    self.assertIn(self.status_at(target), (400, 404))
                    self.assertIn(self.status_at(target, "HEAD"), (400, 404))
        self.stop(server)

    def test_what_a_proxy_asks_for_somebody_is_not_asked_by_this_machine(self):
        server = self.start_server()
        for name in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"):
            self.assertEqual(self.status_at("/metrics", **{name: "127.0.0.1"}), 401, name)
        self.stop(server)
        server = self.start_server("--trusted-proxy", "127.0.0.1", data="other")
        self.assertEqual(self.status_at("/metrics", **{"X-Forwarded-For": "192.0.2.1"}), 401)
        self.assertEqual(self.status_at("/metrics", **{"X-Forwarded-For": "192.0.2.1, 127.0.0.1"}), 401)
        self.assertEqual(self.status_at("/metrics"), 200)
        self.stop(server)

    def test_metrics_have_an_address_to_themselves(self):
        server = self.start_server("--metrics-listen", "127.0.0.1:0")
        self.assertEqual(self.status_at("/metrics"), 404)
        self.assertEqual(self.status_at("/healthz"), 200)
        pattern = re.compile(r"listening for metrics address=127\.0\.0\.1:(\d+)")
        self.port = int(wait_until(lambda: pattern.search(server.log_end(100)), "the other address").group(1))
        self.assertEqual(self.status_at("/metrics"), 200)
        self.assertEqual(self.status_at("/metrics", **{"X-Forwarded-For": "192.0.2.1"}), 401)
        for target in ("/healthz", "/openapi.json", "/api/login", "/setup", *SPELLINGS):
            self.assertIn(self.status_at(target), (400, 404), target)
        self.stop(server)

    def test_who_monitors_reads_metrics_and_nothing_else(self):
        server = self.start_server()
        self.command("user", "add", "prometheus", "--role", "monitor")
        token = self.api_token("prometheus", "--expires", "365d", "--write")
        elsewhere = {"X-Forwarded-For": "192.0.2.1", "Authorization": f"Bearer {token}"}
        self.assertEqual(self.status_at("/metrics", **elsewhere), 200)
        document = self.ask("GET", "/openapi.json")[2]
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["security"] and path != "/metrics":
                    with self.subTest(f"{method} {path}"):
                        target = re.sub(r"\{\w+\}", "vm-1", path)
                        self.assertEqual(self.status_of(method.upper(), target, {}, token), 403)
        login = self.ask("POST", "/api/login", {"user": "prometheus", "password": PASSWORD})
        self.assertEqual(login[0], 401)
        self.assertEqual(json.loads(self.command("user", "list", "--json"))[0]["role"], "monitor")
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
