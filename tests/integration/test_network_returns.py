"""A network that goes and comes back: what waits is sent when the system reports it, not when the next try is due."""

import fcntl
import socket
import struct

from network_support import enter_network_of_its_own, set_loopback
from support import wait_until
from whole_support import WholeTest

SIOCSIFADDR, IFF_UP = 0x8916, 0x1
RTM_NEWLINK, IFLA_IFNAME, IFLA_LINKINFO, IFLA_INFO_KIND = 16, 3, 18, 1
REQUEST_ACK_CREATE_EXCL = 0x1 | 0x4 | 0x400 | 0x200


def set_address(link, address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFADDR, struct.pack("16sHH4s8x", link, socket.AF_INET, 0,
                                                         socket.inet_aton(address)))


def attribute(kind, content):
    return struct.pack("HH", 4 + len(content), kind) + content + b"\0" * (-len(content) % 4)


def add_link(name, kind):
    """Whether this kernel has the kind."""
    body = (struct.pack("BxHiII", 0, 0, 0, IFF_UP, IFF_UP) + attribute(IFLA_IFNAME, name + b"\0") +
            attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, kind + b"\0")))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as route:
        route.send(struct.pack("IHHII", 16 + len(body), RTM_NEWLINK, REQUEST_ACK_CREATE_EXCL, 1, 0) + body)
        return struct.unpack_from("i", route.recv(4096), 16)[0] == 0


def listens_to_changes(pid):
    """Whether a socket in the process's network gets the kernel's notices; here it can only be the agent's."""
    with open(f"/proc/{pid}/net/netlink") as table:
        return any(int(row.split()[3], 16) for row in list(table)[1:])


class NetworkReturns(WholeTest):
    @classmethod
    def setUpClass(cls):
        enter_network_of_its_own()

    def test_what_waits_is_sent_when_the_network_is_back(self):
        if not any(add_link(b"test0", kind) for kind in (b"dummy", b"bridge", b"veth")):
            self.skipTest("no link can be added to the network")
        set_loopback(True)
        self.start_server()
        set_loopback(False)
        agent = self.start_sending_agent(log_level="debug", send_interval_sec=86400)
        wait_until(lambda: listens_to_changes(agent.process.pid), "the agent to wait for it, after a try that fails")
        collected = self.appended()
        set_address(b"lo:1", "127.0.0.2")
        self.assertEqual(self.status()["state"], "collecting")  # it has looked at what happened before
        self.assertNotIn("the network", agent.log_end(1000))
        set_address(b"test0", "192.0.2.1")
        wait_until(lambda: "the network may be there again" in agent.log_end(1000), "the agent to notice it")
        set_loopback(True)
        self.wait_until_stored(collected)
        wait_until(lambda: not listens_to_changes(agent.process.pid), "the agent to look for no change any more")
