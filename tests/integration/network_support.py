"""A network that is the test's own, where it may do what it likes."""

import fcntl
import socket
import struct
import unittest

from support import enter_namespaces

CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def enter_network_of_its_own():
    """Moves this process into a network namespace, where its only link is a loopback that is down, and where it and its
    children are root. It must have no other threads."""
    try:
        enter_namespaces(CLONE_NEWNET)
    except OSError as error:
        raise unittest.SkipTest(f"no network namespace can be made: {error.strerror}") from error


def set_loopback(up):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS,
                    struct.pack("16sh14x", b"lo", flags | IFF_UP if up else flags & ~IFF_UP))
