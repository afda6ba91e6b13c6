"""xrdp with users made for the test, and a viewer (xfreerdp) for each of their sessions.

    with XrdpServer() as server:
        user = server.add_user()
        with XrdpRig(server, user) as rig:    logs in; then as the other rigs
            rig.input.keys(100, rate=200)     arrives from xrdpMouse and xrdpKeyboard

Needs root, for users and sessions are made. The RDP port is a free one of the loopback; the session manager's is that of
/etc/xrdp/sesman.ini, the only place where xrdp looks for it.
"""

import contextlib
import os
import signal
import time

from .injectors import NestedInjector
from .process import Child, RigError, wait_for
from .servers import Rig
from .xrdp_server import XrdpServer

__all__ = ["XrdpRig", "XrdpServer"]


class ViewerInjector(NestedInjector):
    """What is done to the viewer's window. RDP answers nothing to input: sync() waits for the pointer alone, which
    comes after what was sent before it. So a move comes last."""

    def sync(self):
        super().sync()
        wait_for(self._together, "the session's pointer to follow the viewer's")

    def follows(self, x, y):
        """Moves there; whether the session's pointer comes along soon."""
        self._client.warp(x, y)
        time.sleep(0.1)
        return self._together()

    def _together(self):
        return self._inner.pointer() == self._client.pointer()


class XrdpRig(Rig):
    """A user's session. start() logs in; log_out() ends the session, and after it start() makes a new one."""

    name = "xrdp"
    programs = XrdpServer.programs
    devices = ("xrdpMouse", "xrdpKeyboard")

    def __init__(self, server, user):
        super().__init__()
        self._server_of_sessions, self._user = server, user
        self._told = os.path.join(user.home, "session")

    def log_out(self):
        """The session ends from within, as when its desktop does; returns when its display is gone."""
        os.kill(self._leader, signal.SIGTERM)
        wait_for(lambda: not self._user_has_display(), "the session's display to go")
        self.stop()

    def _user_has_display(self):
        return os.path.exists(f"/tmp/.X11-unix/X{self.display.lstrip(':')}")

    def _start(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._told)
        self._outer = self._server("Xvfb", "-screen", "0", f"{self.width}x{self.height}x24")
        viewer = Child(
            ["xfreerdp", f"/v:{self._server_of_sessions.address}", f"/u:{self._user.name}",
             f"/p:{self._user.password}", f"/size:{self.width}x{self.height}", "/bpp:24", "/cert:ignore",
             "-decorations", "-grab-keyboard", "-clipboard"],
            self._path("xfreerdp.log"), {**os.environ, "DISPLAY": self._outer, "HOME": self._folder})
        self._children.append(viewer)
        wait_for(lambda: os.path.exists(self._told) or viewer.ended(), "the session to begin")
        if viewer.ended():
            raise RigError(f"no session:\n{viewer.log_end()}{self._server_of_sessions.log_end()}")
        with open(self._told) as file:
            display, leader = file.read().split()
        self._leader = int(leader)
        return display.removesuffix(".0")

    def _injector(self):
        injector = ViewerInjector(self._outer, self.display)
        try:
            self._wait_for_viewer(injector)
        except BaseException:
            injector.close()
            raise
        return injector

    def _wait_for_viewer(self, injector):
        """The viewer's window comes some time after its session: move until the session's pointer follows."""
        places = iter(range(10, self.width))
        wait_for(lambda: injector.follows(next(places), 10), "the viewer to show the session")
