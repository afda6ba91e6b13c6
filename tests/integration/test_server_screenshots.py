"""Screenshots on their way into a real server and out of it: cuts, wrong bytes, several senders, slow ones."""

import http.client
import json
import threading
import time
import unittest

from screenshot_support import JSON, MACHINE, ScreenshotTest, picture, shot
from tls_support import Authority, client_context


class WayInAndOut(ScreenshotTest):
    def test_a_picture_comes_and_is_shown(self):
        server = self.start_server()
        content = picture(200_000)
        about = shot(content)
        answer = self.announce(about)
        self.assertEqual(answer, {"state": "wanted", "offset": 0,
                                  "put": {"url": self.path(about) + "/content?offset=0", "fields": {}}})
        self.ask("GET", self.path(about), status=404)  # it is not there yet
        self.assertEqual(self.put(about, content), {"state": "stored"})
        self.assertEqual(self.announce(about), {"state": "stored"})
        self.assertEqual(self.put(about, content), {"state": "stored"})
        self.assertEqual(self.kept(), [f"{MACHINE}/2024-01-15/{about['id']}.jpg"])
        self.assertEqual(self.uploads(), [])
        file = self.folder / "data/screenshots" / self.kept()[0]
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(file.parent.stat().st_mode & 0o777, 0o700)
        self.assertEqual((self.folder / "data/uploads").stat().st_mode & 0o777, 0o700)

        fields, got = self.ask("GET", self.path(about) + "/content")
        self.assertEqual(got, content)
        self.assertEqual(fields["Content-Type"], "image/jpeg")
        self.assertEqual(fields["X-Content-Type-Options"], "nosniff")
        self.assertIn("sandbox", fields["Content-Security-Policy"])
        self.assertIn("private", fields["Cache-Control"])
        self.assertEqual(fields["Content-Disposition"], f'inline; filename="{MACHINE}-{about["id"]}.jpg"')
        again, nothing = self.ask("GET", self.path(about) + "/content", None, 304, {"If-None-Match": fields["ETag"]})
        self.assertEqual((nothing, again["ETag"]), (b"", fields["ETag"]))
        told = json.loads(self.ask("GET", self.path(about))[1])
        self.assertRegex(told.pop("received_at"), r"^20\d\d-")
        self.assertEqual(told, about)
        self.ask("GET", self.path(about) + "/thumbnail", status=422)  # it is no JPEG
        self.ask("DELETE", self.path(about))
        self.ask("DELETE", self.path(about), status=404)
        self.ask("GET", self.path(about) + "/content", status=404)
        self.assertEqual(self.kept(), [])
        self.stop(server)

    def test_a_day_is_the_machines_own(self):
        server = self.start_server()
        shots = []
        for number in range(0, 24 * 60, 30):
            content = picture(100, number)
            shots.append(shot(content, number))
            self.send(shots[-1], content)
        same = shot(b"", 1, format="none", same_as=shots[0]["id"])
        del same["size"], same["sha256"]
        self.assertEqual(self.announce(same), {"state": "stored"})
        self.ask("GET", self.path(same) + "/content", status=404)

        def ids(query):
            path, found, cursor = f"/api/screenshots/{MACHINE}?limit=7&{query}", [], ""
            while cursor is not None:
                page = json.loads(self.ask("GET", path + cursor)[1])
                found += [s["id"] for s in page["screenshots"]]
                cursor = page["next_cursor"] and "&cursor=" + page["next_cursor"]
            return found

        every = sorted([s["id"] for s in shots] + [same["id"]])
        self.assertEqual(ids("from=2024-01-15&to=2024-01-16"), every)
        self.assertEqual(ids("date=2024-01-15"), every[:-2])  # the day in Berlin ends at 23:00 UTC
        self.assertEqual(ids("date=2024-01-16"), every[-2:])
        self.assertEqual(ids("date=2024-01-15&tz=UTC"), every)
        self.assertEqual(ids("date=2024-01-14&tz=America/New_York"), [i for i in every if i < "20240115T05"])
        self.assertEqual(ids(""), [])  # today
        for wrong in ("date=never", "tz=Nowhere/Land&date=2024-01-15", "limit=0", "cursor=x", "cursor=nMTIz", "from=2024-01-15"):
            self.ask("GET", f"/api/screenshots/{MACHINE}?{wrong}", status=400)
        self.ask("GET", "/api/screenshots/unknown?date=2024-01-15", status=404)
        self.stop(server)

    def test_what_cannot_be_taken_is_refused(self):
        server = self.start_server("--max-screenshot-mib", 1)
        content = picture(1000)
        about = shot(content)
        for change, status in (({"sha256": "x"}, 422), ({"size": -1}, 422), ({"id": "../x"}, 422), ({"format": "png"}, 422),
                               ({"monitor": "a\0b"}, 422), ({"machine_id": "m" * 129}, 422), ({"machine_id": "\u00e4" * 40}, 422),
                               ({"taken_at": "1969-12-31T23:59:59Z"}, 422), ({"size": (1 << 20) + 1}, 413)):
            with self.subTest(change):
                self.announce({**about, **change}, status)
        self.ask("POST", "/api/screenshots", b"[]", 422, JSON)
        self.put(about, content, status=404)
        self.announce(about)
        self.announce({**about, "sha256": "0" * 64}, 409)
        self.assertEqual(self.put(about, content[5:], 5, 409)["offset"], 0)
        self.put(about, content + b"x", status=422)
        self.put(about, b"x" * 1000, status=422)
        self.assertEqual(self.announce(about)["offset"], 0)  # nothing stays of it
        self.assertEqual(self.put(about, content[:10], status=409)["offset"], 10)
        self.ask("PUT", self.path(about) + "/content?offset=-1", content, 400)
        self.ask("PUT", self.path(about) + "/content?offset=10", content[10:], 415, {"Content-Encoding": "gzip"})
        self.assertEqual(self.put(about, content[10:], 10), {"state": "stored"})
        self.assertEqual(self.content(about), content)
        status, _, body = self.request("PUT", self.path(shot(content, 1)) + "/content", b"x" * ((1 << 20) + 1))
        self.assertEqual(status, 413, body)
        metrics = self.request("GET", "/metrics")[2].decode()
        self.assertIn("activitytrack_screenshots_stored_total 1\n", metrics)
        self.assertIn("activitytrack_screenshot_bytes_total 1000\n", metrics)
        self.assertIn('activitytrack_screenshots_refused_total{reason="damaged"} 1\n', metrics)
        self.assertIn('activitytrack_screenshots_refused_total{reason="conflict"} 1\n', metrics)
        self.stop(server)


class ByTls(ScreenshotTest):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder)
        certificate, key = self.authority.issue("one", 1)
        self.server = self.start_server("--tls-cert", certificate, "--tls-key", key)

    def request(self, method, path, body=None, headers=None, timeout=30, **more):
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=timeout,
                                                 context=client_context(self.authority))
        try:
            connection.request(method, path, body, headers or {}, **more)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def test_pictures_travel_by_tls_too(self):
        content = picture(5_000_001)
        self.send(shot(content), content)
        self.assertEqual(self.content(shot(content)), content)
        chunked = shot(content, 1)
        self.announce(chunked)
        pieces = (content[i:i + 99_991] for i in range(0, len(content), 99_991))
        status, _, body = self.request("PUT", self.path(chunked) + "/content", pieces, encode_chunked=True)
        self.assertEqual((status, body), (200, b'{"state":"stored"}'))
        self.assertEqual(self.content(chunked), content)
        self.stop(self.server)


class Cuts(ScreenshotTest):
    def test_an_upload_that_is_cut_at_each_tenth_goes_on(self):
        server = self.start_server()
        content = picture(1_000_003)
        about = shot(content)
        self.announce(about)
        for tenth in range(1, 10):
            offset = self.announce(about)["offset"]
            upto = len(content) * tenth // 10
            connection = self.begin_put(about, len(content) - offset, offset)
            connection.sendall(content[offset:upto])
            self.wait_for_offset(about, upto)
            connection.close()
            if tenth % 3 == 0:  # what came outlives the server
                server.process.kill()
                server.process.wait()
                server = self.start_server(port=self.port)
        self.send(about, content)
        self.assertEqual(self.content(about), content)
        self.assertEqual(self.uploads(), [])
        self.stop(server)

    def test_the_later_of_two_connections_takes_over(self):
        server = self.start_server()
        content = picture(100_000)
        about = shot(content)
        self.announce(about)
        first = self.begin_put(about, len(content))
        first.sendall(content[:50_000])
        self.wait_for_offset(about, 50_000)
        self.assertEqual(self.put(about, content[50_000:], 50_000), {"state": "stored"})
        first.sendall(content[50_000:])
        self.assertIn(b" 503 ", first.recv(65536).split(b"\r\n")[0])
        self.assertEqual(self.content(about), content)
        self.stop(server)

    def test_many_send_one_picture_at_once(self):
        server = self.start_server()
        content = picture(300_000)
        about = shot(content)
        failures = []

        def agent():
            try:
                for _ in range(200):
                    status, _, body = self.request("POST", "/api/screenshots", json.dumps(about), JSON)
                    answer = json.loads(body)
                    if status == 200 and answer["state"] == "stored":
                        return
                    if status == 200:
                        self.request("PUT", answer["put"]["url"], content[answer["offset"]:])
                    time.sleep(0.01)
                failures.append("not stored after 200 tries")
            except (OSError, http.client.HTTPException, ValueError) as e:
                failures.append(repr(e))

        threads = [threading.Thread(target=agent) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([f for f in failures if "not stored" in f], [])
        self.assertEqual(self.announce(about), {"state": "stored"})
        self.assertEqual(self.content(about), content)
        self.assertEqual(len(self.kept()), 1)
        self.stop(server)

    def test_a_chunked_body_and_one_that_waits_to_be_asked_for(self):
        server = self.start_server()
        content = picture(200_000)
        about = shot(content)
        self.announce(about)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.addCleanup(connection.close)
        pieces = (content[i:i + 7919] for i in range(0, len(content), 7919))
        connection.request("PUT", self.path(about) + "/content", pieces, encode_chunked=True)
        response = connection.getresponse()
        self.assertEqual((response.status, response.read()), (200, b'{"state":"stored"}'))
        connection.request("GET", "/healthz")  # the connection goes on
        self.assertEqual(connection.getresponse().status, 200)

        second = shot(content, 1)
        self.announce(second)
        patient = self.begin_put(second, len(content), headers=b"Expect: 100-continue\r\n")
        self.assertEqual(patient.recv(65536), b"HTTP/1.1 100 Continue\r\n\r\n")
        patient.sendall(content + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answers = b""
        while answers.count(b"HTTP/1.1 200") < 2:
            answers += patient.recv(65536)
        self.assertIn(b'{"state":"stored"}', answers)
        refused = self.begin_put(shot(content, 2), len(content), headers=b"Expect: 100-continue\r\n")
        self.assertTrue(refused.recv(65536).startswith(b"HTTP/1.1 404"))
        self.stop(server)

    def test_a_slow_sender_is_let_go_and_one_with_progress_is_not(self):
        server = self.start_server("--body-timeout-sec", 1)
        content = picture(500_000)
        about = shot(content)
        self.announce(about)
        connection = self.begin_put(about, len(content))
        for begin in range(0, len(content), 70_000):  # each within its time, all together not
            connection.sendall(content[begin:begin + 70_000])
            time.sleep(0.4)
        self.assertIn(b'{"state":"stored"}', connection.recv(65536))
        slow = shot(content, 1)
        self.announce(slow)
        connection = self.begin_put(slow, len(content))
        with self.assertRaises(OSError):  # a byte now and then is no progress
            for byte in content[:200]:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
