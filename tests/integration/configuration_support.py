"""What tests of the server's configuration share."""

import json

from support import wait_until
from whole_support import WholeTest

JSON = {"Content-Type": "application/json"}


class ConfigurationTest(WholeTest):
    def put(self, path, settings=None, status=200, **more):
        body = json.dumps({**({} if settings is None else {"settings": settings}), **more})
        answered, _, answer = self.request("PUT", f"/api/{path}", body, JSON)
        self.assertEqual(answered, status, answer)
        return json.loads(answer)

    def machine(self):
        return json.loads(self.request("GET", "/api/machines/test-machine/configuration")[2])

    def wait_until_applied(self, version):
        wait_until(lambda: self.machine()["applied_version"] == version, f"version {version} to be in force")

    def value(self, key):
        return self.status()["configuration"]["values"][key]
