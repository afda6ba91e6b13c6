"""The socket protocol of Xorg's `inputtest` driver, version 1.1 (see inputtest(4)): devices of any kind."""

import struct

from .x11_client import connect_unix, read_exactly

_CLIENT_VERSION, _WAIT_FOR_SYNC, _MOTION, _BUTTON, _KEY = 0, 1, 2, 4, 5
_VERSION_ANSWER, _SYNC_ANSWER = 0, 1
_AXES = 64  # of the protocol; a pointer has x, y, horizontal and vertical scroll


def _message(kind, layout, *fields):
    body = struct.pack("<" + layout, *fields)
    return struct.pack("<II", 8 + len(body), kind) + body


def _valuators(values):
    """`values`: {axis: value}."""
    mask = sum(1 << axis for axis in values)
    numbers = [float(values.get(axis, 0)) for axis in range(_AXES)]
    return struct.pack(f"<IQ4x{2 * _AXES}d", 0, mask, *numbers, *([0.0] * _AXES))


class InputtestDevice:
    """One device. Keep it open: the driver serves one connection, and sync() needs it."""

    def __init__(self, path):
        self._socket = connect_unix(path)
        self._socket.sendall(_message(_CLIENT_VERSION, "HH", 1, 1))
        self._expect(_VERSION_ANSWER)

    def close(self):
        self._socket.close()

    def key(self, code, *states):
        """The key goes down (True) and up (False), in the order given; True again is a repeat."""
        self._socket.sendall(b"".join(_message(_KEY, "iI", code, down) for down in states))

    def button(self, number, *states):
        nothing = _valuators({})
        self._socket.sendall(b"".join(
            _message(_BUTTON, f"iiI4x{len(nothing)}s", 0, number, down, nothing) for down in states))

    def move(self, axes):
        """A relative motion, {axis: change}."""
        moved = _valuators(axes)
        self._socket.sendall(_message(_MOTION, f"I4x{len(moved)}s", 0, moved))

    def sync(self):
        """Returns when the X server has handled all events so far."""
        self._socket.sendall(_message(_WAIT_FOR_SYNC, ""))
        self._expect(_SYNC_ANSWER)

    def _expect(self, answer):
        size, kind = struct.unpack("<II", read_exactly(self._socket, 8))
        read_exactly(self._socket, size - 8)
        if kind != answer:
            raise ConnectionError(f"inputtest answered {kind}, not {answer}")
