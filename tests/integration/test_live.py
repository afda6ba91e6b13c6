"""GET /api/live of real servers: what one stores, those who watch another one of the same PostgreSQL hear of."""

import http.client
import json
import re
import unittest

from postgres_support import Cluster
from server_support import ServerTest, batch, event
from support import wait_until


class Stream:
    """Server-sent events, one after the other."""

    def __init__(self, test, port, query="", headers=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        test.addCleanup(self.connection.close)
        self.connection.request("GET", "/api/live" + query, headers=headers or {})
        self.answer = self.connection.getresponse()

    def next(self):
        """The fields of the next event that has any data."""
        fields = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if not line and "data" in fields:
                return fields
            name, _, value = line.partition(": ")
            fields[name] = value

    def until(self, wanted):
        while not wanted(found := self.next()):
            pass
        return found


class Live(ServerTest):
    def post_to(self, port, events):
        self.port = port
        self.post(events)

    def gauge(self, name):
        return int(re.search(rf"^{name} (\d+)$", self.request("GET", "/metrics")[2].decode(), re.MULTILINE).group(1))

    def test_one_server_tells_and_notices_who_goes(self):
        server = self.start_server()
        stream = Stream(self, self.port)
        self.assertEqual(stream.answer.getheader("Content-Type"), "text/event-stream")
        self.post([event(1, "vm-1")])
        told = stream.until(lambda each: each["event"] == "machine")
        self.assertEqual(json.loads(told["data"])["machine_id"], "vm-1")
        wait_until(lambda: self.gauge("activitytrack_http_waiting") == 1, "the stream to be counted")
        stream.connection.close()
        stream.answer.close()
        wait_until(lambda: self.gauge("activitytrack_http_waiting") == 0, "the server to notice")

        again = Stream(self, self.port, headers={"Last-Event-ID": told["id"]})
        self.post([event(2, "vm-2")])
        self.assertIn("vm-2", again.until(lambda each: each["event"] == "machine")["data"])
        server.stop()
        self.assertTrue(again.answer.read().endswith(b"\n\n"))  # to its end

    def test_who_watches_hears_of_a_rollout(self):
        self.start_server()
        self.post([event(1, "vm-1")])
        stream = Stream(self, self.port)
        change = {"settings": {"idle_after_sec": 30}, "rollout": {"wave_sec": 3600}}
        hold = {"action": "hold", "version": 1}
        for method, path, body, state in (
            ("PUT", "defaults", change, "running"),
            ("POST", "rollout", hold, "held"),
            ("POST", "rollout", {**hold, "action": "abandon"}, "abandoned"),
        ):
            status, _, text = self.request(method, f"/api/configuration/{path}", json.dumps(body), {"Content-Type": "application/json"})
            self.assertEqual(status, 200, text)
            told = stream.until(lambda each: each["event"] == "rollout")
            self.assertEqual(json.loads(told["data"]), {"version": 1, "state": state, "wave": 1})

    def test_another_server_of_the_database_tells(self):
        cluster = Cluster(self)
        url = cluster.url(cluster.new_database("activity"))
        self.start_server("--database", url, data="one")
        first = self.port
        self.start_server("--database", url, data="two")
        second = self.port
        self.post_to(first, [event(1, "vm-1")])
        stream = Stream(self, second)
        stream.until(lambda each: each["event"] == "reset")
        self.post_to(first, [event(2, "vm-1"), event(1, "vm-2")])
        seen = {json.loads(stream.until(lambda each: each["event"] == "machine")["data"])["machine_id"] for _ in "12"}
        self.assertEqual(seen, {"vm-1", "vm-2"})


if __name__ == "__main__":
    unittest.main()
