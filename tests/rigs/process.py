"""Child processes that end with their test, however that ends."""

import contextlib
import ctypes
import os
import random
import select
import signal
import socket
import subprocess
import time

START_SECONDS = 180
STOP_SECONDS = 180
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class RigError(Exception):
    """A server that could not be started or died; the message holds the end of its log."""


def wait_for(condition, what, seconds=START_SECONDS):
    """Polls until condition() is true and returns its value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise RigError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)
    return value


def free_port():
    """A TCP port of loopback that nobody listens on just now, below those that the kernel gives to connections: it is still
    free when a server is started there again."""
    while True:
        port = random.randrange(15_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process with its output in `log_path`, in a process group of its own (Ctrl-C is for the parent)."""

    def __init__(self, argv, log_path, env=None, pass_fds=()):
        self.name = os.path.basename(argv[0])
        self.log_path = log_path
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, pass_fds=pass_fds,
                start_new_session=True, preexec_fn=_die_with_parent)

    def log_end(self, lines=15):
        with open(self.log_path, errors="replace") as log:
            return "".join(log.readlines()[-lines:])

    def ended(self):
        return self.process.poll() is not None

    def stop(self):
        """SIGTERM, then SIGKILL. Returns the exit code."""
        if not self.ended():
            self.process.terminate()
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def start_x_server(argv, log_path, env=None):
    """Starts an X server on the next free display and waits until it accepts clients: (child, display)."""
    ready, tell = os.pipe()
    try:
        child = Child([*argv, "-displayfd", str(tell)], log_path, env, pass_fds=(tell,))
    except OSError as error:
        os.close(ready)
        raise RigError(f"cannot run {argv[0]}: {error}") from error
    finally:
        os.close(tell)
    number = b""
    deadline = time.monotonic() + START_SECONDS
    try:
        while not number.endswith(b"\n"):
            readable, _, _ = select.select([ready], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(ready, 16) if readable else b""
            if not chunk:
                child.stop()
                raise RigError(f"{child.name} did not come up:\n{child.log_end()}")
            number += chunk
    finally:
        os.close(ready)
    return child, ":" + number.decode().strip()
