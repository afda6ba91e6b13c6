"""A small RFB 3.8 client (RFC 6143): enough of a VNC viewer to type and move the mouse."""

import struct

from .x11_client import connect_unix, read_exactly

_SECURITY_NONE = 1
_RAW = 0
_UPDATE, _COLOURS, _BELL, _CUT_TEXT = range(4)


class RfbClient:
    """A viewer on a unix socket, security type None."""

    def __init__(self, path):
        self._socket = connect_unix(path)
        read_exactly(self._socket, 12)
        self._socket.sendall(b"RFB 003.008\n")
        offered = read_exactly(self._socket, read_exactly(self._socket, 1)[0])
        if _SECURITY_NONE not in offered:
            raise ConnectionError("the VNC server wants a password")
        self._socket.sendall(bytes([_SECURITY_NONE]))
        if read_exactly(self._socket, 4) != bytes(4):
            raise ConnectionError("the VNC server refused the connection")
        self._socket.sendall(b"\1")
        self.width, self.height, bits = self._server_init()
        self._pixel_bytes = bits // 8
        self._socket.sendall(struct.pack(">BxHi", 2, 1, _RAW))

    def close(self):
        self._socket.close()

    def key(self, keysym, *states):
        """The key goes down (True) and up (False), in the order given; True again is a repeat."""
        self._socket.sendall(b"".join(struct.pack(">BBxxI", 4, down, keysym) for down in states))

    def pointer(self, x, y, *masks):
        """The pointer at (x, y) with these buttons down, one event for each mask (bit 0 is button 1)."""
        self._socket.sendall(b"".join(struct.pack(">BBHH", 5, mask, x, y) for mask in masks))

    def sync(self):
        """Returns when the server has handled all events so far: messages are answered in order."""
        self._socket.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, 1, 1))
        while self._skip_message() != _UPDATE:
            pass

    def _server_init(self):
        width, height, bits = struct.unpack(">HHB15x", read_exactly(self._socket, 20))
        read_exactly(self._socket, *struct.unpack(">I", read_exactly(self._socket, 4)))
        return width, height, bits

    def _skip_message(self):
        kind = read_exactly(self._socket, 1)[0]
        if kind == _UPDATE:
            for _ in range(struct.unpack(">xH", read_exactly(self._socket, 3))[0]):
                width, height = struct.unpack(">4xHH4x", read_exactly(self._socket, 12))
                read_exactly(self._socket, width * height * self._pixel_bytes)
        elif kind == _COLOURS:
            read_exactly(self._socket, 6 * struct.unpack(">xHH", read_exactly(self._socket, 5))[1])
        elif kind == _CUT_TEXT:
            read_exactly(self._socket, struct.unpack(">xxxI", read_exactly(self._socket, 7))[0])
        elif kind != _BELL:
            raise ConnectionError(f"the VNC server sent an unknown message {kind}")
        return kind
