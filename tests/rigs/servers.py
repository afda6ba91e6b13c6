"""The rigs: an X server each, with its own kind of devices."""

import os
import shutil
import tempfile

from .injectors import InputtestInjector, NestedInjector, RfbInjector, XTestInjector
from .process import RigError, start_x_server
from .x11_client import X11Client

WIDTH, HEIGHT = 1024, 768
_COMMON = ["-noreset", "-nolisten", "tcp"]

_XORG_CONFIG = """
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
EndSection
Section "Device"
  Identifier "dummy"
  Driver "dummy"
EndSection
Section "Screen"
  Identifier "screen"
  Device "dummy"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "{width}x{height}"
    Virtual {width} {height}
  EndSubSection
EndSection
Section "InputDevice"
  Identifier "Test mouse"
  Driver "inputtest"
  Option "SocketPath" "{mouse}"
  Option "DeviceType" "Pointer"
  Option "AccelerationProfile" "-1"
EndSection
Section "InputDevice"
  Identifier "Test keyboard"
  Driver "inputtest"
  Option "SocketPath" "{keyboard}"
  Option "DeviceType" "Keyboard"
EndSection
Section "ServerLayout"
  Identifier "layout"
  Screen "screen"
  InputDevice "Test mouse" "CorePointer"
  InputDevice "Test keyboard" "CoreKeyboard"
EndSection
"""


class Rig:
    """See the package's doc. Derived classes start their servers in _start and say what is missing."""

    name = ""
    programs = ()     # what must be installed
    genuine = True    # whether `input` comes from devices, not from XTEST
    relative = False  # whether `input` moves the pointer by steps, as a mouse does
    devices = ()      # the names under which `input` appears: pointer, keyboard
    width, height = WIDTH, HEIGHT

    def __init__(self):
        self.display = self.input = self.scripted = self.x11 = None
        self._children = []
        self._folder = None

    @classmethod
    def missing(cls):
        """Why the rig cannot run here, or an empty string."""
        absent = [program for program in cls.programs if not shutil.which(program)]
        return f"not installed: {', '.join(absent)}" if absent else ""

    def start(self):
        if self.missing():
            raise RigError(f"{self.name}: {self.missing()}")
        self._folder = tempfile.mkdtemp(prefix="rig-")
        try:
            self.display = self._start()
            self.x11 = X11Client(self.display)
            self.scripted = XTestInjector(self.display)
            self.input = self._injector()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        for part in (self.input, self.scripted, self.x11):
            if part:
                part.close()
        self.input = self.scripted = self.x11 = None
        while self._children:
            self._children.pop().stop()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def crash(self):
        """The servers die at once, and tell nobody. Input is over; stop() still tidies up."""
        for child in self._children:
            child.process.kill()
            child.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _start(self):
        raise NotImplementedError

    def _injector(self):
        raise NotImplementedError

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _server(self, *argv, display=None):
        env = {**os.environ, "DISPLAY": display} if display else None
        child, started = start_x_server([*argv, *_COMMON], self._path(f"{os.path.basename(argv[0])}.log"), env)
        self._children.append(child)
        return started


class XvfbRig(Rig):
    """No devices at all: what comes in is XTEST. `options` are of Xvfb's own, as ("-extension", "RENDER"), and
    `runner` what starts it, as ("setpriv", "--reuid=65534")."""

    name = "xvfb"
    programs = ("Xvfb",)
    genuine = False
    devices = ("Virtual core XTEST pointer", "Virtual core XTEST keyboard")

    def __init__(self, width=WIDTH, height=HEIGHT, depth=24, options=(), runner=()):
        super().__init__()
        self.width, self.height = width, height
        self._runner = runner
        self._more = ["-screen", "0", f"{width}x{height}x{depth}", *options]

    def _start(self):
        return self._server(*self._runner, "Xvfb", *self._more)

    def _injector(self):
        return XTestInjector(self.display)


class XephyrRig(Rig):
    """Xephyr fills an Xvfb; what is typed at the outer one arrives at the inner one's own devices."""

    name = "xephyr"
    programs = ("Xvfb", "Xephyr")
    devices = ("Xephyr virtual mouse", "Xephyr virtual keyboard")

    def _start(self):
        self._outer = self._server("Xvfb", "-screen", "0", f"{self.width}x{self.height}x24")
        return self._server("Xephyr", "-screen", f"{self.width}x{self.height}", "-no-host-grab",
                            display=self._outer)

    def _injector(self):
        return NestedInjector(self._outer, self.display)


class XvncRig(Rig):
    """TigerVNC's server and a viewer that types. `display`: the one to be, as ":7"; by default the next that is free."""

    name = "xvnc"
    programs = ("Xvnc",)
    devices = ("TigerVNC pointer", "TigerVNC keyboard")

    def __init__(self, display=None):
        super().__init__()
        self._wanted = [display] if display else []

    @property
    def socket_path(self):
        """Where viewers connect."""
        return self._path("rfb")

    def _start(self):
        # The socket's mode is what keeps others out: no password, no TCP port.
        return self._server("Xvnc", *self._wanted, "-geometry", f"{self.width}x{self.height}", "-depth", "24",
                            "-SecurityTypes", "None", "-rfbport", "-1",
                            "-rfbunixpath", self.socket_path, "-rfbunixmode", "0600")

    def _injector(self):
        return RfbInjector(self.socket_path, self.display)


class XorgRig(Rig):
    """Xorg itself, with a dummy screen, and a mouse and a keyboard at the inputtest driver."""

    name = "xorg"
    # Itself: what is in PATH may start it with root's rights, and then it takes no configuration from an ordinary user.
    programs = ("/usr/lib/xorg/Xorg",)
    relative = True
    devices = ("Test mouse", "Test keyboard")
    _modules = "/usr/lib/xorg/modules"

    @classmethod
    def missing(cls):
        drivers = ("drivers/dummy_drv.so", "input/inputtest_drv.so")
        absent = [path for path in drivers if not os.path.exists(os.path.join(cls._modules, path))]
        return super().missing() or (f"not installed: {', '.join(absent)}" if absent else "")

    def _start(self):
        with open(self._path("xorg.conf"), "w") as config:
            config.write(_XORG_CONFIG.format(width=self.width, height=self.height, mouse=self._path("mouse"),
                                             keyboard=self._path("keyboard")))
        return self._server(*self.programs, "-config", self._path("xorg.conf"), "-configdir", self._folder,
                            "-logfile", self._path("xorg-server.log"), "-novtswitch", "-sharevts")

    def _injector(self):
        return InputtestInjector(self._path("mouse"), self._path("keyboard"), self.display)


RIGS = (XvfbRig, XephyrRig, XvncRig, XorgRig)
