"""Devices that come and go: master devices of the X Input Extension, each with slaves of XTEST."""

import struct

from .x11_client import X11Client

_CHANGE_HIERARCHY, _SET_CLIENT_POINTER, _QUERY_VERSION, _QUERY_DEVICE = 43, 44, 47, 48
_ADD_MASTER, _REMOVE_MASTER, _FLOATING, _MASTER_POINTER = 1, 2, 2, 1


class OwnPointerClient(X11Client):
    """A program that makes itself a pointer and a keyboard: its XTEST input comes from them."""

    def __init__(self, display):
        super().__init__(display)
        self._xinput = self._extension(b"XInputExtension")
        self._ask(self._request(_QUERY_VERSION, struct.pack("<HH", 2, 2)))
        self._own = None

    def add_master(self, name):
        """Makes slaves that are called "<name> XTEST pointer" and "<name> XTEST keyboard"."""
        encoded = name.encode()
        padded = encoded + b"\0" * (-len(encoded) % 4)
        change = struct.pack("<HHHBB", _ADD_MASTER, 2 + len(padded) // 4, len(encoded), 1, 1) + padded
        self._change(change)
        self._own = self._pointers()[f"{name} pointer"]
        self._socket.sendall(self._request(_SET_CLIENT_POINTER, struct.pack("<IHxx", 0, self._own)))
        self.sync()

    def remove_master(self):
        self._change(struct.pack("<HHHBxHH", _REMOVE_MASTER, 3, self._own, _FLOATING, 0, 0))

    def _change(self, change):
        self._socket.sendall(self._request(_CHANGE_HIERARCHY, struct.pack("<Bxxx", 1) + change))
        self.sync()

    def _pointers(self):
        """The master pointers: {name: number}."""
        reply = self._ask(self._request(_QUERY_DEVICE, struct.pack("<Hxx", 0)))
        devices, at = {}, 32
        for _ in range(struct.unpack_from("<H", reply, 8)[0]):
            number, use, _, classes, name_size = struct.unpack_from("<HHHHH", reply, at)
            at += 12
            if use == _MASTER_POINTER:
                devices[reply[at:at + name_size].decode()] = number
            at += (name_size + 3) // 4 * 4
            for _ in range(classes):
                at += 4 * struct.unpack_from("<H", reply, at + 2)[0]
        return devices

    def _request(self, minor, body):
        return struct.pack("<BBH", self._xinput, minor, 1 + len(body) // 4) + body
