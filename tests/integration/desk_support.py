"""What tests of screenshots share that somebody at a desk causes."""

import json
from datetime import date, timedelta

from support import wait_until
from whole_support import WholeTest

from rigs import XvncRig
from rigs.rfb_client import RfbClient


class DeskTest(WholeTest):
    """Two windows, and somebody who works in one and then in the other: a screenshot at each change."""

    def setUp(self):
        super().setUp()
        self.rig = self.open_rig(XvncRig)
        self.need("xterm")
        self.start_window_manager(self.rig.display)
        for place in ("+0+0", "+400+300"):
            self.start_on(self.rig.display, "xterm", "-geometry", "40x10" + place, "-e", "cat")
        self.viewer = RfbClient(self.rig.socket_path)
        self.addCleanup(self.viewer.close)

    PHOTOGRAPHING = {"features.screenshots": True, "screenshots.when": "focus"}

    def start_photographing_agent(self, **settings):
        return self.start_sending_agent(self.rig.display, **self.PHOTOGRAPHING, **settings)

    def work(self):
        """Types into the windows in turn; the window manager gives the focus to what is clicked."""
        self.turn = not getattr(self, "turn", False)
        x, y = (50, 50) if self.turn else (450, 350)
        self.viewer.pointer(x, y, 1, 0)
        self.viewer.key(ord("a"), True, False)
        self.viewer.sync()

    def listed(self):
        """What the server has of yesterday to tomorrow: the test may run at midnight."""
        days = f"from={date.today() - timedelta(1)}&to={date.today() + timedelta(1)}"
        status, _, body = self.request("GET", f"/api/screenshots/test-machine?{days}")
        self.assertIn(status, (200, 404), body)
        return json.loads(body)["screenshots"] if status == 200 else []

    def screenshots(self, count):
        def enough():
            self.work()
            found = self.listed()
            return found if len(found) >= count else None
        return wait_until(enough, f"{count} screenshots at the server")

    def content(self, shot):
        status, headers, body = self.request("GET", f"/api/screenshots/test-machine/{shot['id']}/content")
        self.assertEqual(status, 200, body)
        self.assertEqual(len(body), shot["size"])
        return headers, body
