"""The few X11 requests that the rigs need, on the wire: no library, no subprocess, any rate."""

import socket
import struct

KEY_PRESS, KEY_RELEASE, BUTTON_PRESS, BUTTON_RELEASE, MOTION = 2, 3, 4, 5, 6
_GENERIC_EVENT = 35


def connect_unix(path):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(30)
    connection.connect(path)
    return connection


def read_exactly(connection, size):
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionError("the server closed the connection")
        data += chunk
    return data


class X11Client:
    """One connection to a local display. Requests without a reply are sent at once; sync() waits for them."""

    def __init__(self, display):
        self._socket = connect_unix(f"/tmp/.X11-unix/X{display.lstrip(':')}")
        self._socket.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        status, size = struct.unpack("<B5xH", read_exactly(self._socket, 8))
        setup = read_exactly(self._socket, size * 4)
        if status != 1:
            raise ConnectionError(f"display {display} refused: {setup[:80]!r}")
        self._id_base = struct.unpack_from("<I", setup, 4)[0]
        vendor_size, formats = struct.unpack_from("<H3xB", setup, 16)[0], setup[21]
        screen = 32 + (vendor_size + 3) // 4 * 4 + 8 * formats
        self.root = struct.unpack_from("<I", setup, screen)[0]
        self.width, self.height = struct.unpack_from("<HH", setup, screen + 20)
        self._xtest = self._extension(b"XTEST")

    def close(self):
        self._socket.close()

    def warp(self, x, y):
        """XWarpPointer: moves the pointer as a program does, with no device behind it."""
        self._socket.sendall(struct.pack("<BxHIIhhHHhh", 41, 6, 0, self.root, 0, 0, 0, 0, x, y))
        self.sync()

    def pointer(self):
        """Where the pointer is: (x, y)."""
        reply = self._ask(struct.pack("<BxHI", 38, 2, self.root))
        return struct.unpack_from("<hh", reply, 16)

    def atom(self, name):
        padded = name.encode() + b"\0" * (-len(name) % 4)
        reply = self._ask(struct.pack("<BxHHxx", 16, 2 + len(padded) // 4, len(name)) + padded)
        return struct.unpack_from("<I", reply, 8)[0]

    def set_root(self, name, *numbers):
        """A property of the root window, of 32-bit integers."""
        integer = 19
        self._socket.sendall(struct.pack(f"<BxHIIIBxxxI{len(numbers)}I", 18, 6 + len(numbers), self.root,
                                         self.atom(name), integer, 32, len(numbers), *numbers))
        self.sync()

    def sync(self):
        """Returns when the server has handled all requests so far."""
        self._ask(struct.pack("<BxH", 43, 1))

    def fake_input(self, *events):
        """XTEST input: each event is (type, detail, x, y)."""
        self._socket.sendall(b"".join(
            struct.pack("<BBHBB2xII8xhh8x", self._xtest, 2, 9, kind, detail, 0, self.root, x, y)
            for kind, detail, x, y in events))

    def _extension(self, name):
        padded = name + b"\0" * (-len(name) % 4)
        reply = self._ask(struct.pack("<BxHHxx", 98, 2 + len(padded) // 4, len(name)) + padded)
        present, opcode = struct.unpack_from("<BB", reply, 8)
        if not present:
            raise ConnectionError(f"the display has no {name.decode()} extension")
        return opcode

    def _ask(self, request):
        self._socket.sendall(request)
        while True:
            head = read_exactly(self._socket, 32)
            kind, size = head[0] & 0x7F, struct.unpack_from("<I", head, 4)[0]
            body = read_exactly(self._socket, size * 4) if kind in (1, _GENERIC_EVENT) else b""
            if kind == 0:
                raise ConnectionError(f"X error {head[1]}, request {head[10]}.{head[8]}")
            if kind == 1:
                return head + body
