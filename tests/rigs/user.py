"""Accounts of the machine that live as long as a test. Root only."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess

from .process import STOP_SECONDS, RigError, wait_for


def _run(*argv, text=None):
    subprocess.run(argv, check=True, input=text or "", text=True, capture_output=True)


def remove_left_behind(name_prefix, home_prefix):
    """Removes accounts of a run that was killed: those with such a name and such a home."""
    for entry in pwd.getpwall():
        if entry.pw_name.startswith(name_prefix) and entry.pw_dir.startswith(home_prefix):
            user = User(entry.pw_name, "", os.path.dirname(entry.pw_dir))
            user.uid = entry.pw_uid
            user.end_processes()
            user.remove()
            shutil.rmtree(entry.pw_dir, ignore_errors=True)


class User:
    """An account, once create() was called, with its home in `folder`."""

    def __init__(self, name, password, folder):
        self.name, self.password, self.home = name, password, os.path.join(folder, name)
        self.uid = None

    def create(self):
        _run("useradd", "--create-home", "--home-dir", self.home, "--user-group", "--shell", "/bin/sh", self.name)
        self.uid = pwd.getpwnam(self.name).pw_uid
        _run("chpasswd", text=f"{self.name}:{self.password}\n")

    def remove(self):
        """The account alone: its processes must have ended, and its home goes with the folder."""
        subprocess.run(["userdel", "--force", self.name], stdin=subprocess.DEVNULL, capture_output=True)

    def command(self, *argv):
        """The command line that runs another as this user, when root runs it."""
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups", "--", *map(str, argv)]

    def end_processes(self):
        """Ends all that the account runs, nobody else's: by SIGTERM, so that X servers tidy up, then by SIGKILL."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            with contextlib.suppress(RigError):
                wait_for(lambda: not self._processes(), "processes to go", STOP_SECONDS)

    def _processes(self):
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as status:
                fields = dict(line.split(":", 1) for line in status)
                if fields["Uid"].split()[0] == str(self.uid) and not fields["State"].strip().startswith("Z"):
                    found.append(int(pid))
        return found
