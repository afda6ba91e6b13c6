"""What tests of screenshots share: a program that captures on demand, and a D-Bus of the test's own."""

import json
import select
import shutil
import signal
import subprocess
import time

from support import DEADLINE_SECONDS, ProgramTest, program, wait_until

from rigs.process import Child

# It starts no services: who is on it was put there by the test.
_BUS_CONFIG = """<busconfig><type>session</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


class Dialogue:
    """A program that is told lines and answers in lines."""

    def __init__(self, argv, env):
        self.good_ends = {0, -signal.SIGKILL}
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                                        env=env)

    @property
    def pid(self):
        return self.process.pid

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self):
        """The next line; fails if there is none in time. Reads no further than that line."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        line = b""
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left < 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError(f"no answer from {self.process.args[0]}")
            byte = self.process.stdout.buffer.raw.read(1)
            if not byte:
                raise AssertionError(f"{self.process.args[0]} ended with {self.process.wait(DEADLINE_SECONDS)}")
            line += byte
        return line.decode().rstrip("\n")

    def stop(self):
        """Lets it end by itself; anything but a clean end, or a test's own kill, is an error."""
        self.process.stdin.close()
        self.process.stdout.close()
        try:
            code = self.process.wait(DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if code not in self.good_ends:
            raise AssertionError(f"{self.process.args[0]} ended with {code}")


class Watcher(Dialogue):
    """tests/support/watch_screen on a display."""

    def __init__(self, display, env, *ways):
        super().__init__([program("tests/support/watch_screen"), display, *ways], env)
        self.opened = json.loads(self.hear())
        if "error" in self.opened:
            self.good_ends.add(1)

    def capture(self, words=""):
        """(the pictures, the state or {"error": ...})."""
        self.say(words)
        pictures = []
        while "monitor" in (answer := json.loads(self.hear())):
            pictures.append(answer)
            if "step" in words.split():
                self.say("")
        return pictures, answer.get("state", answer)

    def picture(self, words):
        """Begins a capture and holds it at its first picture; end() goes on."""
        self.say(words + " step")
        return json.loads(self.hear())

    def end(self):
        """Lets a capture that is held go on to its end: (the further pictures, the state or the error)."""
        pictures = []
        while True:
            self.say("")
            answer = json.loads(self.hear())
            if "monitor" not in answer:
                return pictures, answer.get("state", answer)
            pictures.append(answer)


class ScreenTest(ProgramTest):
    def rig(self, rig):
        """Starts a rig for the test, or skips it."""
        if rig.missing():
            self.skipTest(rig.missing())
        self.addCleanup(rig.stop)
        return rig.start()

    def pretend(self, bus):
        """A desktop on the bus that says what it is told to."""
        desktop = Dialogue([program("tests/support/pretend_desktop")],
                           self.environment(DBUS_SESSION_BUS_ADDRESS=bus))
        self.addCleanup(desktop.stop)
        self.assertEqual(desktop.hear(), "ready")
        return desktop

    def check_locker(self, display, argv, is_locked, is_free):
        """A locker is noticed while it runs."""
        locker = self.start_on(display, *argv)
        wait_until(lambda: locker.ended() or is_locked(), "the screen to be locked")
        self.assertFalse(locker.ended(), locker.log_end())
        locker.process.kill()
        locker.process.wait()
        wait_until(is_free, "the screen to be free")

    def slock(self):
        """A locker that does not name its window: known by its program's name."""
        slock = self.folder / "slock"
        shutil.copy(program("tests/support/cover_screen"), slock)
        return str(slock)

    def watch(self, display, *ways, env=None):
        watcher = Watcher(display, env or self.environment(), *ways)
        self.addCleanup(watcher.stop)
        return watcher

    def run_on(self, display, *argv):
        subprocess.run(argv, env=self.environment(DISPLAY=display), check=True, timeout=DEADLINE_SECONDS,
                       capture_output=True)

    def split(self, display, **monitors):
        """Makes the screen one of these monitors alone, as WIDTH/MMxHEIGHT/MM+X+Y."""
        self.need("xrandr")
        listed = subprocess.run(["xrandr", "--listmonitors"], env=self.environment(DISPLAY=display), text=True,
                                capture_output=True, check=True, timeout=DEADLINE_SECONDS).stdout.split("\n")[1:]
        for line in filter(None, listed):
            name, output = line.split()[1].lstrip("+*"), line.split()[-1]
            if name in monitors:
                self.run_on(display, "xrandr", "--delmonitor", name)
        # The first takes the output over, and with it the monitor that the server made of it.
        for (name, place), owned in zip(monitors.items(), [output, *["none"] * len(monitors)]):
            self.run_on(display, "xrandr", "--setmonitor", name, place, owned)

    def start_bus(self):
        """A D-Bus of its own: its address."""
        self.need("dbus-daemon")
        config = self.folder / "bus.conf"
        socket = self.folder / "own-bus"
        config.write_text(_BUS_CONFIG.format(socket=socket))
        daemon = Child(["dbus-daemon", "--nofork", f"--config-file={config}"], self.folder / "bus.log",
                       self.environment())
        self.addCleanup(daemon.stop)
        wait_until(lambda: daemon.ended() or socket.exists(), "the bus")
        self.assertFalse(daemon.ended(), daemon.log_end())
        return f"unix:path={socket}"
