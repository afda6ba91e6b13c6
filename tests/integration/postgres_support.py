"""A real PostgreSQL of the test's own, and a network between it and the server that can fail."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
import unittest
from pathlib import Path

from support import wait_until

from fault_proxy import reset
from rigs.process import Child, free_port

START_SECONDS = 180


def programs():
    """Debian keeps them out of PATH, by version."""
    if os.environ.get("ACTIVITYTRACK_TEST_WITHOUT_SERVERS"):
        raise unittest.SkipTest("PostgreSQL is left out (--without-servers)")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise unittest.SkipTest("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent


class Cluster:
    """Durable as in earnest; reached at `port` of 127.0.0.1. As root it runs as the user postgres."""

    def __init__(self, test):
        self.folder = test.folder / "postgresql"
        self.folder.mkdir()
        self.port = free_port()
        self._as_user = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self._as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
                             "--pdeathsig=SIGQUIT", "--"]
            shutil.chown(self.folder, user.pw_uid, user.pw_gid)
            test.folder.chmod(0o755)
        self._run("initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
                  "--no-sync")
        self.start()
        test.addCleanup(self.stop)

    def _run(self, name, *arguments):
        done = subprocess.run([*self._as_user, programs() / name, *map(str, arguments)], cwd="/", capture_output=True,
                              text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{name}: {done.stderr}")
        return done.stdout.strip()

    def start(self):
        self._child = Child([*self._as_user, str(programs() / "postgres"), "-D", str(self.folder / "data"),
                             "-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1",
                             "-c", f"unix_socket_directories={self.folder}"], self.folder / "log")
        wait_until(self._is_ready, "PostgreSQL", START_SECONDS)

    def _is_ready(self):
        if self._child.ended():
            raise AssertionError(f"PostgreSQL ended:\n{self._child.log_end(20)}")
        with contextlib.suppress(AssertionError):
            return self.value("postgres", "SELECT 1") == "1"
        return False

    def stop(self, how=signal.SIGINT):
        """SIGINT: a fast shutdown; SIGQUIT: a crash, after which it recovers from its log."""
        if not self._child.ended():
            self._child.process.send_signal(how)
        self._child.process.wait(START_SECONDS)

    def new_database(self, name):
        self._run("createdb", "-h", self.folder, "-p", self.port, "-U", "postgres", name)
        return name

    def url(self, database, port=None, **parameters):
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{database}?{query}"

    def value(self, database, sql):
        return self._run("psql", "-h", self.folder, "-p", self.port, "-U", "postgres", "-d", database, "-Atqc", sql)


class Forwarder:
    """Passes bytes between `port` and the PostgreSQL behind it, until told to fail."""

    def __init__(self, test, target):
        self.target = target
        self._flow = threading.Event()
        self._flow.set()
        self._refuse = False
        self._lock = threading.Lock()
        self._sockets = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        test.addCleanup(self._close)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Connections are reset, and new ones too, until mend()."""
        self._refuse = True
        self._drop()

    def stall(self):
        """Nothing passes, and nobody is told, until mend()."""
        self._flow.clear()

    def mend(self):
        """New connections work; those that met the fault are gone."""
        self._drop()
        self._refuse = False
        self._flow.set()

    def _close(self):
        self._listener.close()
        self._flow.set()
        self._drop()

    def _drop(self):
        with self._lock:
            dropped, self._sockets = self._sockets, set()
        for each in dropped:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads it
            with contextlib.suppress(OSError):
                reset(each)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refuse:
                reset(client)
                continue
            with contextlib.suppress(OSError):
                server = socket.create_connection(("127.0.0.1", self.target))
                with self._lock:
                    self._sockets |= {client, server}
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()
                continue
            reset(client)

    def _pass(self, source, sink):
        try:
            while data := source.recv(1 << 16):
                self._flow.wait()
                sink.sendall(data)
        except OSError:
            pass
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
