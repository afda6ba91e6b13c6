"""A network that goes and comes back: what waits is sent when the system reports it, not when the next try is due."""

import ctypes
import fcntl
import os
import socket
import struct
import unittest

from support import wait_until
from whole_support import WholeTest

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def enter_network_of_its_own():
    """Moves this process into a network namespace, where its only link is a loopback that is down."""
    flags = CLONE_NEWNET | (CLONE_NEWUSER if os.geteuid() else 0)
    user = os.geteuid()
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        raise unittest.SkipTest(f"no network namespace can be made: {os.strerror(ctypes.get_errno())}")
    if flags & CLONE_NEWUSER:
        with open("/proc/self/uid_map", "w") as file:
            file.write(f"{user} {user} 1")


def set_loopback(up):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS,
                    struct.pack("16sh14x", b"lo", flags | IFF_UP if up else flags & ~IFF_UP))


def listens_to_changes(pid):
    """Whether a socket in the process's network gets the kernel's notices; here it can only be the agent's."""
    with open(f"/proc/{pid}/net/netlink") as table:
        return any(int(row.split()[3], 16) for row in list(table)[1:])


class NetworkReturns(WholeTest):
    @classmethod
    def setUpClass(cls):
        enter_network_of_its_own()

    def test_what_waits_is_sent_when_the_network_is_back(self):
        set_loopback(True)
        self.start_server()
        set_loopback(False)
        agent = self.start_sending_agent(log_level="debug", send_interval_sec=86400)
        wait_until(lambda: listens_to_changes(agent.process.pid), "the agent to wait for it, after a try that fails")
        collected = self.appended()
        self.assertNotIn("the network", agent.log_end(1000))
        set_loopback(True)
        wait_until(lambda: "the network may be there again" in agent.log_end(1000), "the agent to notice it")
        self.wait_until_stored(collected)
