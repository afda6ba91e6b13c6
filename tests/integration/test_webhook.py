"""The webhook of a real server: what needs attention is told, signed, once, and again where it did not get through."""

import hashlib
import hmac
import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

from postgres_support import Cluster
from server_support import ServerTest, event
from support import wait_until

JSON = {"Content-Type": "application/json"}


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.headers["X-Activitytrack-Signature"], body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Webhook(ServerTest):
    def setUp(self):
        super().setUp()
        self.hook = HTTPServer(("127.0.0.1", 0), Hook)
        self.hook.told, self.hook.statuses = [], []
        thread = threading.Thread(target=self.hook.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.hook.shutdown)
        self.addCleanup(self.hook.server_close)

    def ask(self, method, path, body=None):
        status, _, answer = self.request(method, path, None if body is None else json.dumps(body).encode(), JSON)
        return status, json.loads(answer)

    def point_at(self, path):
        url = f"http://127.0.0.1:{self.hook.server_port}{path}"
        status, made = self.ask("PUT", "/api/webhook", {"url": url, "causes": ["rejected_events"]})
        self.assertEqual(status, 200, made)
        return made

    def told(self, number):
        """The body of what was told, whose signature must be right."""
        wait_until(lambda: len(self.hook.told) > number, "the webhook to be told")
        signature, body = self.hook.told[number]
        fields = dict(part.split("=") for part in signature.split(","))
        right = hmac.new(self.secret.encode(), f"{fields['t']}.".encode() + body, hashlib.sha256).hexdigest()
        self.assertEqual(fields["v1"], right)
        return json.loads(body)

    def began(self, number):
        return [(each["cause"], each["machines"]) for each in self.told(number)["began"]]

    def test_what_needs_attention_is_told_until_it_got_through(self):
        self.start_server()
        self.post([event(1, "vm-1", key_count=-1)])
        self.hook.statuses = [302]
        self.secret = self.point_at("/hook")["secret"]
        for number in range(2):
            self.assertEqual(self.began(number), [("rejected_events", ["vm-1"])])
        self.assertEqual(self.ask("POST", "/api/webhook/test"), (200, {"status": 204}))
        self.assertEqual(self.told(2)["event"], "test")
        self.hook.statuses = [302]
        status, problem = self.ask("POST", "/api/webhook/test")
        self.assertEqual((status, problem["detail"]), (422, "it answered 302"))
        self.assertEqual(self.ask("DELETE", "/api/webhook")[0], 200)
        self.assertEqual(self.ask("POST", "/api/webhook/test")[0], 404)

    def test_one_server_of_a_database_tells_and_the_next_goes_on(self):
        cluster = Cluster(self)
        url = cluster.url(cluster.new_database("activity"))
        first = self.start_server("--database", url, data="one")
        self.post([event(1, "vm-1", key_count=-1)])
        self.secret = self.point_at("/hook")["secret"]
        self.assertEqual(self.began(0), [("rejected_events", ["vm-1"])])
        self.start_server("--database", url, data="two")
        self.post([event(1, "vm-2", key_count=-1)])
        first.stop()
        self.assertNotIn("secret", self.point_at("/hook"))  # has this one look at once
        self.assertIn("vm-2", self.began(1)[0][1])


if __name__ == "__main__":
    unittest.main()
