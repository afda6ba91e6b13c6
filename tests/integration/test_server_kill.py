"""kill -9 of the server at random moments under load: what it acknowledged is there, once, after each start.
ROUNDS and SEED in the environment choose a longer or another run."""

import http.client
import json
import os
import random
import threading
import time
import unittest
from collections import Counter

from server_support import ServerTest, batch, event

CLIENTS = 4


class Client(threading.Thread):
    """Sends batches one after the other until the server is gone; keeps what was acknowledged and what may be."""

    def __init__(self, port, machine, first, seed):
        super().__init__(daemon=True)
        self.port, self.machine, self.next = port, machine, first
        self.random = random.Random(seed)
        self.acknowledged, self.unanswered, self.wrong = set(), set(), None

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while True:
            size = self.random.choice([1, 5, 5, 5, 50, 500])
            events = [event(n, self.machine) for n in range(self.next, self.next + size)]
            stamps = {e["timestamp"] for e in events}
            self.next += size
            try:
                connection.request("POST", "/api/events", batch(events), {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer = json.loads(response.read())
            except (OSError, http.client.HTTPException, ValueError):
                self.unanswered = stamps
                return
            if response.status != 200 or answer["accepted"] != size:
                self.wrong = f"{response.status} {answer}"
                return
            self.acknowledged |= stamps


class ServerKillTest(ServerTest):
    def test_nothing_acknowledged_is_lost(self):
        rounds = int(os.environ.get("ROUNDS", "12"))
        seed = int(os.environ.get("SEED", "20240115"))
        print(f"seed {seed}, rounds {rounds}", flush=True)
        chance = random.Random(seed)
        acknowledged = {f"client-{i}": set() for i in range(CLIENTS)}
        possible = {machine: set() for machine in acknowledged}
        first = 0
        for _ in range(rounds):
            server = self.start_server()
            clients = [Client(self.port, machine, first, chance.random()) for machine in acknowledged]
            for client in clients:
                client.start()
            time.sleep(chance.uniform(0.02, 0.4))  # the moment of the kill, not a wait for anything
            server.process.kill()
            server.process.wait()
            for client in clients:
                client.join(60)
                self.assertFalse(client.is_alive())
                self.assertIsNone(client.wrong)
                acknowledged[client.machine] |= client.acknowledged
                possible[client.machine] |= client.acknowledged | client.unanswered
            first = max(client.next for client in clients)

        server = self.start_server()
        for machine, sent in acknowledged.items():
            stored = Counter(e["timestamp"] for e in self.stored(machine))
            self.assertEqual([s for s, count in stored.items() if count > 1], [], "stored twice")
            self.assertEqual(sent - stored.keys(), set(), "acknowledged and lost")
            self.assertEqual(stored.keys() - possible[machine], set(), "never sent")
        total = sum(map(len, acknowledged.values()))
        print(f"{total} events acknowledged in {rounds} lives, all there once", flush=True)
        self.assertGreater(total, rounds)
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
