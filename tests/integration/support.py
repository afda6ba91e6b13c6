"""What process-level tests share: the built programs, folders that vanish, waiting with a deadline."""

import atexit
import contextlib
import ctypes
import functools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rigs import XvfbRig  # noqa: E402
from rigs.process import Child  # noqa: E402

DEADLINE_SECONDS = 180
CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000


def program(name):
    """The built program activitytrack-<name>, or a helper of the tests by its path below the build folder."""
    build = os.environ.get("ACTIVITYTRACK_BUILD")
    if not build:
        raise unittest.SkipTest("ACTIVITYTRACK_BUILD does not name a build folder: run by meson test")
    path = Path(build) / (name if "/" in name else f"apps/{name}/activitytrack-{name}")
    if not path.exists():
        raise AssertionError(f"{path} is not built")
    return str(path)


def wait_until(condition, what, seconds=DEADLINE_SECONDS):
    """Polls until condition() is true and returns its value; fails after the deadline. Never sleep and hope."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


@functools.cache
def quiet_display():
    """A display on which nothing happens, for tests that are about something else; one for all of a run."""
    if XvfbRig.missing():
        raise unittest.SkipTest(XvfbRig.missing())
    rig = XvfbRig()
    atexit.register(rig.stop)
    return rig.start().display


def find_program(name):
    """Where an installed program is, also one that only root has in PATH; or None."""
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")


def enter_namespaces(kinds):
    """Moves this process into namespaces of these kinds (CLONE_NEW...), where it and its children are root. It must have
    no other threads."""
    uid, gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(kinds | (CLONE_NEWUSER if uid else 0)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    if uid:
        for name, value in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            Path("/proc/self", name).write_text(value)


def enter_mount_namespace():
    """Lets this process and its children mount: as root, or as root of a namespace of its own. It must have no other
    threads. Returns why not, or an empty string."""
    if os.geteuid() == 0:
        works = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0
        return "" if works else "root may not mount here"
    try:
        enter_namespaces(CLONE_NEWNS)
    except OSError as error:
        return f"needs root, or user namespaces ({error.strerror})"
    return ""


def mount_small_disk(test, folder, mib):
    """At `folder`, until the test ends. Where this may not be, the test is skipped."""
    if why := enter_mount_namespace():
        test.skipTest(why)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=700", "tmpfs", folder],
                             capture_output=True, text=True, check=False)
    if mounted.returncode:
        test.skipTest(f"cannot mount a small disk: {mounted.stderr.strip()}")
    test.addCleanup(subprocess.run, ["umount", "-l", folder], check=True)


class ProgramTest(unittest.TestCase):
    """Each test has a folder of its own, and its processes end with it."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="activitytrack-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self._children = 0

    def environment(self, **extra):
        """Nothing of the person's own: home and settings are the test's folder."""
        kept = {k: v for k, v in os.environ.items()
                if not k.startswith(("ACTIVITYTRACK_", "XDG_")) and k not in ("DISPLAY", "XAUTHORITY")}
        return {**kept, "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder), **extra}

    def start(self, name, *arguments, env=None):
        """Runs a program of ours in the background: a Child, stopped after the test."""
        self._children += 1
        log = self.folder / f"{Path(name).name}-{self._children}.log"
        child = Child([program(name), *map(str, arguments)], log, env or self.environment())
        self.addCleanup(child.stop)
        return child

    def need(self, *programs):
        absent = [name for name in programs if not find_program(name)]
        if absent:
            self.skipTest(f"not installed: {', '.join(absent)}")

    def start_on(self, display, *argv, env=None):
        """Runs a program of the desktop on a display: a Child, stopped after the test."""
        self._children += 1
        child = Child(list(argv), self.folder / f"child-{self._children}.log",
                      {**(env or self.environment()), "DISPLAY": display})
        self.addCleanup(child.stop)
        return child

    def start_window_manager(self, display):
        """Returns when it manages windows: one that is shown while it starts may stay hidden."""
        self.need("openbox", "xdotool")
        self.start_on(display, "openbox", "--sm-disable")
        environment = self.environment(DISPLAY=display)
        wait_until(lambda: subprocess.run(["xdotool", "get_num_desktops"], env=environment, capture_output=True,
                                          timeout=60).returncode == 0, "the window manager")

    def stop(self, child):
        """Ends a child cleanly; anything but exit code 0 fails the test and shows its log."""
        code = child.stop()
        self.assertEqual(code, 0, f"{child.name} ended with {code}:\n{child.log_end(40)}")


class AgentTest(ProgramTest):
    """A test with an agent that collects into a buffer and has no server, unless its settings name one. It judges input
    by the device alone, unless its settings say otherwise: what rigs put in comes evenly, and behaves as a program's."""

    AGENT = "agent"  # the program

    def start_agent(self, display=None, env=None, sees=True, **settings):
        """`settings` are keys of the configuration file. Returns when the agent collects; or, where its display is not
        there (`sees` is false), when it answers. Without a display, a quiet one is taken, unless it sees nothing."""
        if sees:
            display = display or quiet_display()
        self.buffer = self.folder / "buffer.db"
        values = {"machine_id": "test-machine", "collect_interval_sec": 1, "buffer_path": str(self.buffer),
                  "features.judge_behaviour": False, **settings}
        config = self.folder / "config.yaml"
        config.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items()))
        env = self.environment(**({"DISPLAY": display} if display else {}), **(env or {}))
        before = self.appended()
        agent = self.start(self.AGENT, "run", "--config", config, env=env)
        ready = (lambda: self._collects(agent, before)) if sees else Path(f"{self.buffer}.sock").exists
        wait_until(ready, "the agent to collect" if sees else "the agent to answer")
        return agent

    def _collects(self, agent, before):
        if agent.ended():
            raise AssertionError(f"the agent ended with {agent.process.returncode}:\n{agent.log_end(40)}")
        return self.appended() > before

    def query(self, sql):
        """The rows that a query of the buffer gives."""
        with contextlib.closing(sqlite3.connect(f"file:{self.buffer}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def appended(self):
        """How many events the buffer ever took, sent or not."""
        with contextlib.suppress(sqlite3.OperationalError):  # the file or its table is not there yet
            return sum(row[0] for row in self.query("SELECT seq FROM sqlite_sequence WHERE name = 'pending'"))
        return 0

    def events(self):
        """The events that wait in the buffer, oldest first."""
        return [json.loads(row[0]) for row in self.query("SELECT event FROM pending ORDER BY timestamp")]

    def total(self, field):
        return sum(event[field] for event in self.events())
