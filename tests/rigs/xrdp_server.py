"""xrdp and its session manager, with configurations and users of their own."""

import atexit
import contextlib
import os
import random
import re
import secrets
import shutil
import socket
import tempfile

from .process import Child, RigError, free_port, wait_for
from .user import User, remove_left_behind

_USER_PREFIX, _FOLDER_PREFIX = "at-test-", "rig-xrdp-"
_SESMAN_CONFIG = "/etc/xrdp/sesman.ini"
_XORG_MODULE = "/usr/lib/xorg/modules/libxorgxrdp.so"

_XRDP_INI = """[Globals]
ini_version=1
fork=false
port=tcp://127.0.0.1:{port}
security_layer=tls
certificate=/etc/xrdp/cert.pem
key_file=/etc/xrdp/key.pem
ssl_protocols=TLSv1.2, TLSv1.3
crypt_level=high
allow_channels=true
max_bpp=24
autorun=Xorg
[Logging]
LogFile={folder}/xrdp.log
LogLevel=INFO
EnableSyslog=false
[Channels]
rdpdr=true
rdpsnd=true
drdynvc=true
cliprdr=true
[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
ip=127.0.0.1
port=-1
code=20
"""

_SESMAN_INI = """[Globals]
ListenAddress=127.0.0.1
ListenPort={port}
EnableUserWindowManager=false
DefaultWindowManager={folder}/session
[Security]
AllowRootLogin=false
[Sessions]
X11DisplayOffset={first_display}
MaxSessions=10
KillDisconnected=false
Policy=Default
[Logging]
LogFile={folder}/sesman.log
LogLevel=INFO
EnableSyslog=false
[Xorg]
param=/usr/lib/xorg/Xorg
param=-config
param=xrdp/xorg.conf
param=-noreset
param=-nolisten
param=tcp
param=-logfile
param=xorg.%s.log
"""

# What runs in a session: it lets the test in, tells where it is, and is killed to log out.
_SESSION = """#!/bin/sh
xhost +si:localuser:root
echo "$DISPLAY $$" > "$HOME/session.new"
mv "$HOME/session.new" "$HOME/session"
exec sleep infinity
"""


def _sesman_port():
    with open(_SESMAN_CONFIG) as config:
        found = re.search(r"^ListenPort=(\d+)", config.read(), re.MULTILINE)
    return int(found[1]) if found else 3350


def _loopback(port):
    """The loopback address where something listens on the port, or an empty string. xrdp may take ::1."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError), contextlib.closing(socket.socket(family)) as probe:
            probe.connect((address, port))
            return address
    return ""


class XrdpServer:
    """xrdp, its session manager, and the accounts that log in there. Users and their processes end with stop()."""

    programs = ("xrdp", "xrdp-sesman", "xfreerdp", "Xvfb", "xhost", "setpriv", "useradd")

    def __init__(self):
        self.port = None
        self._users, self._children, self._folder = [], [], None

    @classmethod
    def missing(cls):
        """Why there can be no xrdp here, or an empty string."""
        if os.geteuid() != 0:
            return "xrdp sessions of users made for the test need root"
        absent = [p for p in cls.programs if not shutil.which(p)]
        absent += [p for p in (_XORG_MODULE, _SESMAN_CONFIG) if not os.path.exists(p)]
        if absent:
            return f"not installed: {', '.join(absent)}"
        return f"port {_sesman_port()} is taken, as by another xrdp" if _loopback(_sesman_port()) else ""

    def start(self):
        if self.missing():
            raise RigError(f"xrdp: {self.missing()}")
        remove_left_behind(_USER_PREFIX, os.path.join(tempfile.gettempdir(), _FOLDER_PREFIX))
        self._folder = tempfile.mkdtemp(prefix=_FOLDER_PREFIX)
        atexit.register(self.stop)
        try:
            os.chmod(self._folder, 0o711)  # homes are in it
            self._write_configuration()
            os.makedirs("/run/xrdp/sockdir", exist_ok=True)
            os.chmod("/run/xrdp/sockdir", 0o3777)
            for program, config, port in (("xrdp-sesman", "sesman.ini", _sesman_port()),
                                          ("xrdp", "xrdp.ini", self.port)):
                child = Child([shutil.which(program), "-n", "-c", self._path(config)], self._path(f"{program}.out"))
                self._children.append(child)
                wait_for(lambda: _loopback(port) or child.ended(), f"{program} to listen")
                if child.ended():
                    raise RigError(f"{program} did not come up:\n{child.log_end()}")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        atexit.unregister(self.stop)
        for user in self._users:
            user.end_processes()
        while self._children:
            self._children.pop().stop()
        while self._users:
            self._users.pop().remove()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def add_user(self):
        user = User(f"{_USER_PREFIX}{secrets.token_hex(3)}", secrets.token_urlsafe(12), self._folder)
        self._users.append(user)
        user.create()
        return user

    @property
    def address(self):
        """Where viewers connect."""
        host = _loopback(self.port)
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    def log_end(self):
        ends = []
        for name in ("xrdp.log", "sesman.log"):
            with open(self._path(name), errors="replace") as log:
                ends += log.readlines()[-15:]
        return "".join(ends)

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _write_configuration(self):
        self.port = free_port()
        first_display = random.randrange(300, 800, 20)
        for name, text, port in (("xrdp.ini", _XRDP_INI, self.port), ("sesman.ini", _SESMAN_INI, _sesman_port())):
            with open(self._path(name), "w") as file:
                file.write(text.format(folder=self._folder, port=port, first_display=first_display))
        with open(self._path("session"), "w") as file:
            file.write(_SESSION)
        os.chmod(self._path("session"), 0o755)
