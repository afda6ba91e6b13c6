"""kill -9 of the server at random moments under load, many times: what it acknowledged is there, once; what it did not is
there at most once; its hours are what its events add up to. ROUNDS and SEED in the environment choose a longer or another
run."""

import os
import random
import time
import unittest

from load_support import LoadTest

ROUNDS = int(os.environ.get("ROUNDS", "40"))
SEED = int(os.environ.get("SEED", "20240115"))


class ServerKillTest(LoadTest):
    def start_loads(self):
        """Agents send again what was not answered; a program that gives up leaves it undecided."""
        return [self.load("again", "flat-out", "--machines", 40, "--connections", 16, "--retry-wait", 10),
                self.load("once", "flat-out", "--machines", 20, "--connections", 8, "--retry-wait", 10, "--abandon"),
                self.load("large", "flat-out", "--machines", 4, "--connections", 2, "--retry-wait", 10, "--events", 400)]

    def test_nothing_acknowledged_is_lost(self):
        print(f"seed {SEED}, {ROUNDS} kills", flush=True)
        chance = random.Random(SEED)
        server = self.start_server()
        loads = self.start_loads()
        self.wait_for_stored("again-00000")
        for _ in range(ROUNDS):
            time.sleep(chance.uniform(0.01, 0.3))  # the moment of the kill, not a wait for anything
            self.assertFalse(server.ended(), server.log_end(20))
            server.process.kill()
            server.process.wait()
            server = self.start_server(port=self.port)
        figures = [load.stop() for load in loads]
        self.assertGreater(sum(f["lost"] for f in figures), ROUNDS, "the kills met few requests")
        found = self.verify(*loads)
        self.assertGreater(found["acknowledged"], 100 * ROUNDS)
        self.assertEqual({status for f in figures for status in f["statuses"]} - {"200"}, set())
        print(f"{ROUNDS} kills, {sum(f['lost'] for f in figures)} requests cut off, {found}", flush=True)
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
