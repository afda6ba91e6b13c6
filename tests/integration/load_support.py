"""The load generator of tests/bench in tests: started, ended, and what it was told held against what the server has."""

import json
import subprocess

from server_support import ServerTest
from support import program, wait_until

from bench.verify import Server, Wrong, verify


class Load:
    """A running activitytrack-load. Its machines are its own, by `name`."""

    def __init__(self, test, name, mode, *options):
        self.name = name
        self.record = test.folder / f"{name}.record"
        self.figures = test.folder / f"{name}.json"
        self._log = test.folder / f"{name}.log"
        arguments = [program("tests/bench/load/activitytrack-load"), mode, "--server", f"http://127.0.0.1:{test.port}",
                     "--prefix", name, "--record", self.record, "--json", "--seconds", 3600, *options]
        with open(self.figures, "wb") as out, open(self._log, "wb") as log:
            self.process = subprocess.Popen(list(map(str, arguments)), stdin=subprocess.DEVNULL, stdout=out, stderr=log)
        test.addCleanup(self._kill)

    def _kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def stop(self):
        """Its figures. Ends as soon as what is under way is answered or lost."""
        self.process.terminate()
        code = self.process.wait(90)
        if code != 0:
            raise AssertionError(f"the load {self.name} ended with {code}: {self._log.read_text()}")
        return json.loads(self.figures.read_text())


class LoadTest(ServerTest):
    def load(self, name, mode, *options):
        return Load(self, name, mode, *options)

    def wait_for_stored(self, machine, seconds=60):
        """Until something of this machine is there: the load is under way."""
        wait_until(lambda: self.request("GET", f"/api/activity/{machine}/events?limit=1")[0] == 200,
                   f"events of {machine}", seconds)

    def verify(self, *loads):
        """Counts of what was found as recorded; anything else fails the test."""
        try:
            return verify(Server(f"http://127.0.0.1:{self.port}", None), [load.record for load in loads])
        except Wrong as wrong:
            raise AssertionError(str(wrong)) from wrong
