"""A network that is the test's own, where it may do what it likes."""

import ctypes
import fcntl
import os
import socket
import struct
import unittest
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def enter_network_of_its_own():
    """Moves this process into a network namespace, where its only link is a loopback that is down, and where it and its
    children are root. It must have no other threads."""
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWNET | (CLONE_NEWUSER if uid else 0)
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        raise unittest.SkipTest(f"no network namespace can be made: {os.strerror(ctypes.get_errno())}")
    if uid:
        for name, value in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            Path("/proc/self", name).write_text(value)


def set_loopback(up):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS,
                    struct.pack("16sh14x", b"lo", flags | IFF_UP if up else flags & ~IFF_UP))
