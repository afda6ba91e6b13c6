"""What tests of screenshots on the server share."""

import hashlib
import json
import os
from urllib.parse import quote

from server_support import ServerTest
from support import wait_until

JSON = {"Content-Type": "application/json"}
MACHINE = "vm-1"

# 640x360 px of grey squares.
JPEG = ("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H///"
        "/6/+b9//j/wAALCAFoAoABAREA/8QAFwABAQEBAAAAAAAAAAAAAAAAAAMGBf/EABYQAQEBAAAAAAAAAAAAAAAAAAARAf/aAAgBAQAAPwDigAAL"
        "AAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAAsAAAsAAAsAAAsAAAsAAAyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAAL"
        "AAALAAALAAALAAAMqAAAsAAAsAAAsAAAsAAAsAAAsAAAsAAAyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAAL"
        "AAAMqAAAsAAAsAAAsAAAsAAAsAAAsAAAsAAAyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAA"
        "sAAAsAAAsAAAsAAAsAAAsAAAy8wmEwmEwmEwmEwmLTCYTCYTCYTCYTCYtMJhMJhMJhMJhMJi0wmEwmEwmEwmEwmLTCYTCYTCYTCYTCYtMJhMJh"
        "MJhMJhMJi0wmEwmEwmEwmEwmLTCYTCYTCYTCYTCYyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAA"
        "sAAAsAAAsAAAsAAAsAAAsAAAsAAAyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAAsAAA"
        "sAAAsAAAsAAAsAAAyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAAsAAAsAAAsAAAsAAA"
        "sAAAyoAACwAACwAACwAACwAACwAACwAACwAADLQhCEIQhCLQhCEIQhCLQhCEIQhCLQhCEIQhCLQhCEIQhCLQhCEIQhCLQhCEIQhCLQhCEIQhCM"
        "sAAAsAAAsAAAsAAAsAAAsAAAsAAAsAAAyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAA"
        "sAAAsAAAsAAAsAAAsAAAyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAAsAAAsAAAsAAA"
        "sAAAsAAAyoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAAsAAAsAAAsAAAsAAAsAAAy00m"
        "k0mk0mk0mk0mrTSaTSaTSaTSaTSatNJpNJpNJpNJpNJq00mk0mk0mk0mk0mrTSaTSaTSaTSaTSatNJpNJpNJpNJpNJq00mk0mk0mk0mk0mrTSa"
        "TSaTSaTSaTSaywAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAAsAAAsAAAsAAAsAAAsAAA"
        "yoAACwAACwAACwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAAsAAAsAAAsAAAsAAAsAAAyoAACwAACwAA"
        "CwAACwAACwAACwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAMqAAAsAAAsAAAsAAAsAAAsAAAsAAAsAAAyoAACwAACwAACwAACwAACwAA"
        "CwAACwAADKgAALAAALAAALAAALAAALAAALAAALAAAP/9k=")


def picture(size, seed=1):
    """Bytes that are all different from place to place."""
    return b"".join(hashlib.sha256(b"%d %d" % (seed, i)).digest() for i in range(size // 32 + 1))[:size]


def shot(content, number=0, machine=MACHINE, **more):
    """What a machine says of the picture of minute `number`."""
    hour, minute = divmod(number, 60)
    return {"machine_id": machine, "id": f"20240115T{hour:02}{minute:02}00000000Z-0",
            "taken_at": f"2024-01-15T{hour:02}:{minute:02}:00Z", "timezone": "Europe/Berlin", "utc_offset_min": 60,
            "width": 480, "height": 270, "format": "jpeg", "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(), **more}


class ScreenshotTest(ServerTest):
    def ask(self, method, path, body=None, status=200, headers=None):
        got, fields, content = self.request(method, path, body, headers)
        self.assertEqual(got, status, content)
        return fields, content

    def announce(self, about, status=200):
        return json.loads(self.ask("POST", "/api/screenshots", json.dumps(about), status, JSON)[1])

    def put(self, about, content, offset=0, status=200):
        return json.loads(self.ask("PUT", self.path(about) + f"/content?offset={offset}", content, status)[1])

    def send(self, about, content):
        answer = self.announce(about)
        if answer["state"] == "wanted":
            self.assertEqual(answer["put"]["fields"], {})
            answer = json.loads(self.ask("PUT", answer["put"]["url"], content[answer["offset"]:])[1])
        self.assertEqual(answer, {"state": "stored"})

    def path(self, about):
        return f"/api/screenshots/{quote(about['machine_id'], safe='')}/{about['id']}"

    def content(self, about):
        return self.ask("GET", self.path(about) + "/content")[1]

    def kept(self):
        """The files below the server's folder of pictures."""
        folder = self.folder / "data/screenshots"
        files = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)  # some go meanwhile
        return sorted(os.path.relpath(file, folder) for file in files)

    def uploads(self):
        return sorted((self.folder / "data/uploads").iterdir())

    def command(self, *arguments, code=0):
        return super().command(*arguments, code=code, timeout=120).stdout

    def begin_put(self, about, length, offset=0, headers=b""):
        """A connection on which a PUT has begun, whose bytes are the caller's to send."""
        connection = self.connect()
        connection.sendall(b"PUT %s/content?offset=%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n%s\r\n"
                           % (self.path(about).encode(), offset, length, headers))
        return connection

    def wait_for_offset(self, about, offset):
        wait_until(lambda: self.announce(about).get("offset") == offset, f"{offset} bytes to have come")
