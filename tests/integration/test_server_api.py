"""Every operation of /openapi.json, asked of a real server, and each answer held to the document."""

import base64
import gzip
import http.client
import json
import re
import unittest
from urllib.parse import quote

from json_schema import Schemas
from screenshot_support import JPEG, shot
from server_support import ServerTest, event
from support import wait_until

JSON = {"Content-Type": "application/json"}
MACHINE = "vm-1:ann"


class ApiTest(ServerTest):
    AUTH = ()

    def setUp(self):
        super().setUp()
        self.server = self.start_server()
        status, _, body = self.request("GET", "/openapi.json")
        self.assertEqual(status, 200)
        self.document = json.loads(body)
        self.schemas = Schemas(self.document)
        self.asked = set()

    def ask(self, operation, query="", body=None, status=None, **headers):
        """Asks as in "GET /api/machines/{id}", `{...}` filled in from self.path; the answer must be as the document says."""
        method, pattern = operation.split()
        self.asked.add((method.lower(), pattern))
        path = re.sub(r"\{(\w+)\}", lambda name: quote(self.path[name.group(1)], safe=""), pattern)
        sent = None if body is None else json.dumps(body).encode()
        fields = {**({} if body is None else JSON), **{k.replace("_", "-"): v for k, v in headers.items()}}
        got, answered, content = self.request(method, path + query, sent, fields)
        described = self.document["paths"][pattern][method.lower()]
        if body is not None and got < 300:
            schema = described["requestBody"]["content"]["application/json"]["schema"]
            self.assertEqual(self.schemas.faults(body, schema), [], operation)
        expected = described["responses"].get(str(got), described["responses"]["default"])
        if "$ref" in expected:
            expected = self.schemas.resolve(expected["$ref"])
        self.assertIn(got, [status] if status else [int(s) for s in described["responses"] if s < "400"],
                      f"{operation}: {content[:500]}")
        if got == 304:
            self.assertEqual(content, b"")
            return got, answered, None
        kind = answered["Content-Type"].split(";")[0]
        self.assertIn(kind, expected["content"], operation)
        if not kind.endswith("json"):
            return got, answered, content
        value = json.loads(content)
        self.assertEqual(self.schemas.faults(value, expected["content"][kind]["schema"]), [], operation)
        return got, answered, value

    def value(self, operation, query="", body=None, **headers):
        return self.ask(operation, query, body, **headers)[2]

    def test_every_operation_answers_as_the_document_says(self):
        self.path = {"id": MACHINE, "name": "bob"}
        admin = self.set_up_admin()
        credential = self.enrol(admin)
        self.send(credential)
        self.read(admin)
        self.show_screenshots(credential, admin)
        self.administer(admin)
        self.configure(credential, admin)
        self.watch(admin)
        self.assertEqual(self.ask("DELETE /api/machines/{id}", **admin)[0], 202)
        self.ask("GET /api/machines/{id}", status=404, **admin)
        self.value("POST /api/logout", **self.by_cookie)
        every = {(method, path) for path, methods in self.document["paths"].items() for method in methods}
        self.assertEqual(every - self.asked, set(), "operations that nothing here asks for")

    def set_up_admin(self):
        link = re.compile(r"/setup\?token=(\S+)")
        found = wait_until(lambda: link.search(self.server.log_end(100)), "the link to set up the first user").group(1)
        self.ask("GET /setup", f"?token={found}")
        self.assertEqual(self.value("GET /api/login"), {"password": True, "openid": False})
        self.value("POST /api/setup", body={"token": found, "user": "ann", "password": "a long enough one"})
        _, headers, _ = self.ask("POST /api/login", body={"user": "ann", "password": "a long enough one"})
        cookie = headers["Set-Cookie"].split(";")[0]
        self.by_cookie = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{self.port}", **JSON}
        self.value("GET /api/me", **self.by_cookie)
        made = self.value("POST /api/tokens", body={"label": "test", "may_write": True}, **self.by_cookie)
        return {"Authorization": "Bearer " + made["token"]}

    def enrol(self, admin):
        token = self.value("POST /api/enroll-tokens", body={"uses": 2, "label": "lab"}, **admin)
        self.value("GET /api/enroll-tokens", **admin)
        self.ask("POST /api/enroll", body={"machine_id": MACHINE}, status=401, Authorization="Bearer nonsense")
        enrolled = self.value("POST /api/enroll", body={"machine_id": MACHINE}, Authorization="Bearer " + token["token"])
        first = {"Authorization": "Bearer " + enrolled["credential"]}
        self.value("POST /api/events", body={"events": []}, **first)
        rotated = self.value("POST /api/credentials/rotate", **first)
        self.path["id"] = token["id"]
        self.value("DELETE /api/enroll-tokens/{id}", **admin)
        self.path["id"] = MACHINE
        return {"Authorization": "Bearer " + rotated["credential"]}

    def send(self, credential):
        events = [event(i, MACHINE, timezone="Europe/Berlin", utc_offset_min=60, cpu_percent=12.5, is_idle=i % 2 == 0,
                        active_sec=30 * (i % 2), active_app="editor",
                        input_verdict="scripted" if i == 8 else "none", scripted_reasons=["synthetic_device"],
                        input_measures={"keys": 4.5, "jerk_mean": -0.25} if i % 3 == 0 else {})
                  for i in range(300)]
        agent = {"version": "1.0", "collect_interval_sec": 60, "send_interval_sec": 300, "capture": "working"}
        answer = self.value("POST /api/events", body={"agent": agent, "events": events}, **credential)
        self.assertEqual(answer["accepted"], 300)
        status, _, body = self.request("POST", "/api/events", json.dumps({"events": [{"key_count": -1}, 7]}).encode(),
                                       {**credential, **JSON})
        self.assertEqual(status, 200)
        self.assertEqual(self.schemas.faults(json.loads(body), {"$ref": "#/components/schemas/BatchAnswer"}), [])
        self.ask("POST /api/events", body={"events": 7}, status=400, **credential)
        self.ask("POST /api/events", body={"events": [event(1, "another")]}, status=403, **credential)

    def read(self, admin):
        self.ask("GET /api/machines", status=401)
        self.assertEqual(len(self.value("GET /api/machines", "?limit=1", **admin)["machines"]), 1)
        self.assertEqual(self.value("GET /api/machines/{id}", **admin)["state"], "active")
        self.assertEqual(len(self.value("GET /api/fleet", "?tz=Europe/Berlin", **admin)["machines"]), 1)
        self.value("GET /api/fleet/{id}", **admin)
        self.assertIsNone(self.value("GET /api/webhook", **admin)["url"])
        self.ask("PUT /api/webhook", body={"url": "http://hooks.example/"}, status=400, **admin)
        hook = self.value("PUT /api/webhook", body={"url": f"http://127.0.0.1:{self.port}/readyz"}, **admin)
        self.assertNotIn("secret", self.value("GET /api/webhook", **admin))
        self.assertTrue(hook["secret"].startswith("whs_"))
        self.ask("POST /api/webhook/test", body={}, status=422, **admin)
        self.value("DELETE /api/webhook", **admin)
        self.ask("GET /api/live", status=401)  # it has no end: see test_live
        self.value("GET /api/team", "?from=2024-01-01&to=2024-01-31", **admin)
        self.ask("GET /api/team", "?format=csv", **admin)
        self.assertEqual(self.value("GET /api/search", "?q=vm", **admin)["machines"][0]["machine_id"], MACHINE)
        self.ask("GET /api/fleet", "?limit=0", status=400, **admin)
        self.value("PATCH /api/machines/{id}", body={"user_label": "Ann's"}, **admin)
        self.ask("PATCH /api/machines/{id}", body={"user_label": 7}, status=400, **admin)
        page = self.value("GET /api/activity/{id}/events", "?limit=7&start=2024-01-01T00:00:00Z", **admin)
        self.assertEqual(len(page["events"]), 7)
        self.value("GET /api/activity/{id}/events", "?limit=7&cursor=" + page["next_cursor"], **admin)
        self.ask("GET /api/activity/{id}/events", "?cursor=x", status=400, **admin)
        for query in ("", "?date=2024-01-01", "?date=2024-01-01&tz=Asia/Tokyo", "?from=2023-12-01&to=2024-01-31"):
            self.value("GET /api/activity/{id}/summary", query, **admin)
            self.value("GET /api/activity/{id}/timeline", query, **admin)
        self.value("GET /api/activity/{id}/minutes", "?date=2024-01-01&titles=1", **admin)
        self.value("GET /api/activity/{id}/range", "?from=2024-01-01&to=2024-01-02", **admin)
        for query in ("?apps=all", "?from=2023-12-01&to=2024-01-31&apps=all"):
            self.value("GET /api/activity/{id}/summary", query, **admin)
        self.ask("GET /api/activity/{id}/summary", "?date=never", status=400, **admin)
        self.assertEqual(self.ask("GET /api/activity/{id}/export", **admin)[2].count(b"\r\n"), 301)
        lines = self.ask("GET /api/activity/{id}/export", "?format=jsonl&end=2024-01-01T01:00:00Z", **admin)[2].splitlines()
        self.assertEqual(len(lines), 60)
        for line in lines:
            self.assertEqual(self.schemas.faults(json.loads(line), {"$ref": "#/components/schemas/Event"}), [])

    def configure(self, credential, admin):
        self.value("GET /api/settings", **admin)
        self.value("PUT /api/configuration/defaults", body={"settings": {"send_interval_sec": 60}, "note": "all"}, **admin)
        self.path["group"] = "office"
        self.value("PUT /api/configuration/groups/{group}", body={"settings": {"screenshots.blur": False}}, **admin)
        self.value("PUT /api/configuration/groups", body={"order": ["office"]}, **admin)
        machine = "PUT /api/machines/{id}/configuration"
        self.value(machine, body={"groups": ["office"], "settings": {"idle_after_sec": 30}}, **admin)
        self.value(machine, "?dry_run=1", body={"settings": {"idle_after_sec": 20}}, **admin)
        self.ask(machine, body={"settings": {"idle_after_sec": 0}}, status=422, **admin)
        self.ask(machine, body={"settings": {}}, status=412, **{**admin, "If-Match": '"1"'})
        self.value("GET /api/configuration", **admin)
        wait_until(lambda: self.ask("GET /api/config", **credential, status=200)[2]["left_out"], "what is left out")
        self.value("GET /api/config", "?version=1&error_key=idle_after_sec&error=no", **credential)
        self.assertEqual(self.value("GET /api/machines/{id}/configuration", **admin)["error"]["reason"], "no")
        self.value("GET /api/configuration/machines", **admin)
        self.value("GET /api/configuration/versions", "?limit=1", **admin)
        self.value("POST /api/configuration/rollback", body={"version": 1}, **admin)
        self.value("GET /api/configuration/rollout", **admin)
        wanted = {"settings": {"idle_after_sec": 40}, "rollout": {"wave_sec": 3600}}
        self.value("PUT /api/configuration/defaults", "?dry_run=1", body=wanted, **admin)
        version = self.value("PUT /api/configuration/defaults", body=wanted, **admin)["version"]
        self.value("GET /api/configuration/rollout", **admin)
        decision = {"action": "hold", "version": version}
        self.value("POST /api/configuration/rollout", body=decision, **admin)
        self.ask("POST /api/configuration/rollout", body=decision, status=409, **admin)
        self.value("POST /api/configuration/rollout", body={**decision, "action": "abandon"}, **admin)
        self.value("GET /api/configuration/versions", "?limit=2", **admin)
        self.value("DELETE /api/configuration/groups/{group}", **{**admin, "If-Match": "*"}, status=404)

    def show_screenshots(self, credential, admin):
        picture = base64.b64decode(JPEG)
        about = {**shot(picture, machine=MACHINE), "monitor": "HDMI-1"}
        self.path["screenshot"] = about["id"]
        content = "/api/screenshots/{id}/{screenshot}/content"
        self.ask("POST /api/screenshots", body={**about, "machine_id": "another"}, status=403, **credential)
        answer = self.value("POST /api/screenshots", body=about, **credential)
        status, _, body = self.request("PUT", answer["put"]["url"], picture, credential)
        described = self.document["paths"][content]["put"]
        self.assertEqual((status, list(described["requestBody"]["content"])), (200, ["application/octet-stream"]))
        self.assertEqual(self.schemas.faults(json.loads(body), {"$ref": "#/components/schemas/ScreenshotAnswer"}), [])
        self.asked.add(("put", content))
        same = {**about, "id": "same", "format": "none", "same_as": about["id"]}
        self.value("POST /api/screenshots", body={k: v for k, v in same.items() if k not in ("size", "sha256")}, **credential)
        page = self.value("GET /api/screenshots/{id}", "?date=2024-01-15&limit=1", **admin)
        rest = self.value("GET /api/screenshots/{id}", "?date=2024-01-15&cursor=" + page["next_cursor"], **admin)
        self.assertEqual([len(page["screenshots"]), len(rest["screenshots"])], [1, 1])
        self.ask("GET /api/screenshots/{id}", "?date=never", status=400, **admin)
        self.value("GET /api/screenshots/{id}/slots", "?date=2024-01-15&tz=UTC", **admin)
        self.value("GET /api/screenshots/{id}/{screenshot}", **admin)
        self.assertEqual(self.ask("GET " + content, **admin)[2], picture)
        self.ask("GET /api/screenshots/{id}/{screenshot}/thumbnail", "?width=64", **admin)
        self.value("DELETE /api/screenshots/{id}/{screenshot}", **admin)
        self.ask("GET " + content, status=404, **admin)

    def administer(self, admin):
        self.value("GET /api/machines/{id}/credentials", **admin)
        self.assertGreater(self.value("DELETE /api/machines/{id}/credentials", **admin)["revoked"], 0)
        self.value("POST /api/users", body={"user": "bob", "role": "viewer", "password": "another long one",
                                            "machines": [MACHINE]}, **self.by_cookie)
        self.ask("POST /api/users", body={"user": "x", "role": "king", "password": "another long one"}, status=400,
                 **self.by_cookie)
        self.ask("POST /api/users", body={"user": "x", "role": "self", "password": "another long one"}, status=403, **admin)
        self.assertEqual(len(self.value("GET /api/users", **admin)["users"]), 2)
        changed = self.value("PATCH /api/users/{name}", body={"role": "self"}, **self.by_cookie)
        self.assertEqual(changed["role"], "self")
        self.answer_a_verdict(admin)
        self.have_second_factors()
        self.sign_out_everywhere(admin)
        self.value("DELETE /api/users/{name}", **admin)
        self.value("POST /api/me/password", body={"old_password": "a long enough one", "password": "a longer one yet",
                                                  "keep_tokens": True}, **self.by_cookie)
        other = self.value("POST /api/tokens", body={}, **admin)
        self.assertEqual(len(self.value("GET /api/tokens", **admin)["tokens"]), 2)
        self.path["id"] = other["id"]
        self.value("DELETE /api/tokens/{id}", **admin)
        self.path["id"] = MACHINE

    def answer_a_verdict(self, admin):
        query = "?from=2024-01-01&to=2024-01-01&tz=UTC"
        verdict = self.value("GET /api/activity/{id}/verdicts", query, **admin)["verdicts"][0]
        self.path["timestamp"] = verdict["timestamp"]
        operation = "POST /api/activity/{id}/events/{timestamp}/answer"
        made = self.value("POST /api/tokens", body={"user": "bob", "may_write": True}, **admin)
        bob = {"Authorization": "Bearer " + made["token"]}
        self.ask(operation, body={"text": "not mine"}, status=403, **admin)
        self.assertEqual(self.value(operation, body={"text": "a macro"}, **bob)["answer"]["by"], "bob")
        self.value("GET /api/activity/{id}/verdicts", query, **admin)
        self.value("GET /api/activity/{id}/events/{timestamp}/answers", **admin)

    def have_second_factors(self):
        for user, password in (("bob", "another long one"), ("ann", "a long enough one")):
            self.value("POST /api/login/second-factor", body={"user": user, "password": password})
        self.value("DELETE /api/users/{name}/second-factor", **self.by_cookie)
        remove = "POST /api/me/second-factor/remove"
        self.ask(remove, body={"password": "a wrong one at that"}, status=403, **self.by_cookie)
        self.value(remove, body={"password": "a long enough one"}, **self.by_cookie)
        for operation in ("GET /api/login/openid", "GET /api/login/openid/callback"):
            self.ask(operation, status=404)  # there is no provider; test_openid.py has one

    def sign_out_everywhere(self, admin):
        for user, password in (("bob", "another long one"), ("ann", "a long enough one")):
            self.value("POST /api/login", body={"user": user, "password": password})
        self.assertEqual(len(self.value("GET /api/users/{name}/sessions", **admin)["sessions"]), 1)
        self.assertEqual(self.value("DELETE /api/users/{name}/sessions", **admin)["ended"]["sessions"], 1)
        others = [session for session in self.value("GET /api/me/sessions", **self.by_cookie)["sessions"]
                  if not session["current"]]
        self.path["id"] = others[0]["id"]
        self.value("DELETE /api/me/sessions/{id}", **self.by_cookie)
        self.path["id"] = MACHINE
        self.value("DELETE /api/me/sessions", **self.by_cookie)
        self.value("GET /api/me/access", "?limit=10", **self.by_cookie)

    def watch(self, admin):
        entries = wait_until(lambda: self.value("GET /api/audit", f"?machine={quote(MACHINE)}&limit=2", **admin)["entries"],
                             "an entry in the audit log")
        self.assertEqual(entries[0]["machine_id"], MACHINE)
        for operation in ("GET /healthz", "GET /readyz", "GET /openapi.json"):
            self.value(operation)
        metrics = self.ask("GET /metrics")[2].decode()
        self.assertRegex(metrics, r'activitytrack_events_total\{result="accepted"\} 300\n')
        self.assertRegex(metrics, r'activitytrack_events_rejected_total\{field="key_count"\} 1\n')
        self.assertRegex(metrics, r'route="/api/activity/\{id\}/summary",status="4xx"\} 1\n')

    def test_the_document_says_what_generators_of_clients_ask(self):
        self.assertEqual(self.document["servers"], [{"url": "/"}])
        self.assertEqual(self.document["info"]["license"]["identifier"], "MIT")
        schemes = self.document["components"]["securitySchemes"]
        self.assertEqual(schemes["session"]["name"], "session")
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                with self.subTest(f"{method} {path}"):
                    self.assertLessEqual({"400", "429", "503"}, set(operation["responses"]))
                    self.assertEqual(bool(operation["security"]), {"401", "403"} <= set(operation["responses"]))
                    self.assertEqual("requestBody" in operation, method in ("post", "put", "patch"))
        for status in ("429", "503"):
            self.assertIn("Retry-After", self.document["components"]["responses"][status]["headers"])
        schemas = self.document["components"]["schemas"]
        self.assertEqual(schemas["Batch"]["properties"]["events"]["maxItems"], 10000)
        for path, operation in self.document["paths"].items():
            limit = next((each["schema"] for each in operation.get("get", {}).get("parameters", ())
                          if each.get("name") == "limit"), None)
            if limit:
                answer = operation["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
                page = schemas[answer.rpartition("/")[2]]["properties"]
                most = [each.get("maxItems") for each in page.values() if each.get("type") == "array"]
                self.assertIn(limit["maximum"], most, path)

    def test_a_read_that_is_known_is_not_sent_again(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", "/openapi.json", headers={"Accept-Encoding": "gzip"})
        first = connection.getresponse()
        packed = first.read()
        self.assertEqual(first.headers["Content-Encoding"], "gzip")
        self.assertLess(4 * len(packed), len(gzip.decompress(packed)))
        connection.request("GET", "/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
        again = connection.getresponse()
        self.assertEqual((again.status, again.read()), (304, b""))
        connection.request("GET", "/healthz")  # the connection goes on
        self.assertEqual(connection.getresponse().status, 200)


if __name__ == "__main__":
    unittest.main()
