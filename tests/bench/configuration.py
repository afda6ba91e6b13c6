#!/usr/bin/env python3
"""How fast a change of the configuration reaches agents that wait for it, what waiting costs, and what ingest loses by it.

usage: configuration.py BUILD [--only PART,...] [--agents 10000] [--rounds 3] [--seconds 5] [--folder DIR]

BUILD is a release build's folder after `ninja bench`. PARTs, by default all:

  fleet    1,500 agents wait: when each has a change in force, and asks again with its version
  many     --agents wait: the server's memory, and when the last has the change
  proxy    the same behind haproxy
  ingest   events a second with --agents that wait and without, in turns

An agent here is a connection that asks as agents do, takes what it is given and asks again. Times are from the moment
before the PUT is sent. Each agent takes an open file of this program, of the server, and two of the proxy: raised as far
as the system lets it (as root beyond `ulimit -Hn`).
"""

import argparse
import contextlib
import http.client
import json
import os
import resource
import select
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

from lab import Lab, Service, memory_kib
from table import Series, Table

FILES = 65_536
BOUNDS = quote(json.dumps({"features.screenshots": False, "features.input_measures": False}))


class Agents:
    """So many agents, on a thread of their own. `asked_again`: when each asked with the version it was given."""

    def __init__(self, port, count, name):
        self.port, self.count, self.name = port, count, name
        self.asked_again = {}
        self.failed = []
        self.stopping = False
        self.poller = select.epoll()
        self.sockets = {}
        for number in range(count):
            agent = socket.create_connection(("127.0.0.1", port), 30)
            agent.setblocking(False)
            agent.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sockets[agent.fileno()] = (number, agent)
            self.poller.register(agent.fileno(), select.EPOLLIN)
            self.ask(number, agent, 0)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def ask(self, number, agent, version):
        agent.sendall(f"GET /api/config?version={version}&machine_id={self.name}-{number}&wait=300&may_loosen=false&change={version + 1}"
                      f"&bounds={BOUNDS}&state=applied HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                      "User-Agent: activitytrack-agent/0.1.0\r\nContent-Type: application/json\r\n"
                      "Accept: application/json, application/problem+json\r\n\r\n".encode())

    def run(self):
        while not self.stopping:
            for fd, _ in self.poller.poll(0.2):
                number, agent = self.sockets[fd]
                answer = agent.recv(65536)
                head, _, body = answer.partition(b"\r\n\r\n")
                if not head.startswith(b"HTTP/1.1 200"):
                    self.failed.append(head.split(b"\r\n")[0] + b" " + body)
                    self.poller.unregister(fd)
                    continue
                self.ask(number, agent, json.loads(body)["version"])
                self.asked_again[number] = time.monotonic()

    def check(self):
        if self.failed:
            raise RuntimeError(f"{len(self.failed)} agents were answered {self.failed[0]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.thread.join()
        for _, agent in self.sockets.values():
            agent.close()


def get(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def waiting(server):
    """How many; -1 while the server has more connections than it may, of agents that it has just answered."""
    lines = [line for line in get(server, "/metrics").splitlines() if line.startswith("activitytrack_http_waiting ")]
    return int(lines[0].split()[1]) if lines else -1


def until(condition, what, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"no {what} in {seconds} s")
        time.sleep(0.05)


HAPROXY = """
global
    maxconn {most}
defaults
    mode http
    timeout connect 5s
    timeout client 310s
    timeout server 310s
frontend public
    bind 127.0.0.1:{port}
    default_backend server
backend server
    server one 127.0.0.1:{server}
"""


class Bench:
    def __init__(self, lab, options):
        self.lab, self.options, self.table = lab, options, Table()
        self.seconds = 0

    @contextlib.contextmanager
    def server(self, count):
        folder = self.lab.new_folder("server")
        with self.lab.server(folder, "--max-waiting-agents", str(count), "--max-connections", "5000") as server:
            get(server, "/healthz")
            yield server

    @contextlib.contextmanager
    def agents(self, server, port, count, name="agent"):
        with Agents(port, count, name) as agents:
            until(lambda: waiting(server) == count or agents.failed, f"{count} agents that wait")
            agents.check()
            yield agents

    def change(self, server, agents):
        """Seconds until each agent had the change, in order."""
        agents.asked_again = {}
        self.seconds += 1
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("PUT", "/api/configuration/defaults", json.dumps({"settings": {"idle_after_sec": 60 + self.seconds}}),
                           {"Content-Type": "application/json"})
        if connection.getresponse().status != 200:
            raise RuntimeError("the change was refused")
        until(lambda: len(agents.asked_again) == agents.count or agents.failed, "change at all agents")
        until(lambda: waiting(server) == agents.count or agents.failed, "agents that wait again")
        agents.check()
        return sorted(at - began for at in agents.asked_again.values())

    def show_changes(self, server, agents, target):
        rounds = [self.change(server, agents) for _ in range(self.options.rounds)]
        for name, place in (("p50", 0.5), ("p99", 0.99), ("the last", 1)):
            values = [times[min(len(times) - 1, int(place * len(times)))] for times in rounds]
            self.table.add(f"  in force: {name}", target if name == "the last" else "", f"{statistics.median(values):.2f} s",
                           f"[{min(values):.2f} .. {max(values):.2f}]")

    def show_memory(self, server, before, count):
        now = memory_kib(server.pid)
        self.table.add(f"  resident with {count:,} agents", "under 100 MB", f"{now * 1024 / 1e6:.1f} MB",
                       f"{(now - before) * 1024 / count:,.0f} bytes each; {before * 1024 / 1e6:.1f} MB without")

    def fleet(self):
        with self.server(1500) as server, self.agents(server, server.port, 1500) as agents:
            self.table.add("1,500 agents wait", "", "")
            self.show_changes(server, agents, "under 2 s")

    def measure_many(self, server, port):
        count, before = self.options.agents, memory_kib(server.pid)
        with self.agents(server, port, count) as agents:
            self.show_memory(server, before, count)
            self.show_changes(server, agents, "under 15 s")
            self.table.add("  after these changes", "", f"{memory_kib(server.pid) * 1024 / 1e6:.1f} MB",
                           f"peak {memory_kib(server.pid, 'VmHWM') * 1024 / 1e6:.1f} MB")
        until(lambda: waiting(server) == 0, "end of waiting where the agents have gone")

    def many(self):
        with self.server(self.options.agents) as server:
            self.table.add(f"{self.options.agents:,} agents wait", "", "")
            self.measure_many(server, server.port)

    def proxy(self):
        program = shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin")
        if not program:
            return self.table.add("behind haproxy", "", "not measured", "there is no haproxy")
        with self.server(self.options.agents) as server:
            file = self.lab.new_folder("haproxy") / "haproxy.cfg"

            def command(port):
                file.write_text(HAPROXY.format(port=port, server=server.port, most=self.options.agents + 50), encoding="ascii")
                return [program, "-db", "-f", file]

            with Service(command, file.with_suffix(".log")) as proxy:
                self.table.add(f"{self.options.agents:,} agents wait behind haproxy", "", "")
                self.measure_many(server, proxy.port)

    def ingest(self):
        alone, beside = Series("events_per_sec"), Series("events_per_sec")
        with self.server(self.options.agents) as server:
            def load(name, number):
                return self.lab.load(server, "flat-out", events=5, seconds=self.options.seconds, shape="agent",
                                     prefix=f"{name}-{number}")
            load("warm", 0)
            for number in range(self.options.rounds):
                alone.add(load("alone", number))
                with self.agents(server, server.port, self.options.agents):
                    beside.add(load("beside", number))
                until(lambda: waiting(server) == 0, "end of waiting")
        self.table.add("events, 5 a request", "", f"{alone.median():,.0f} events/s", alone.note())
        self.table.add(f"  while {self.options.agents:,} agents wait", "", f"{beside.median():,.0f} events/s", beside.note())
        self.table.add("  of the rate without them", "0.95 or more", f"{beside.median() / alone.median():.3f}")


PARTS = ("fleet", "many", "proxy", "ingest")


def allow_files():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(FILES, hard), max(FILES, hard)))
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("build")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--folder", help="where databases are made; the system's folder for temporary files otherwise")
    options = parser.parse_args()
    parts = options.only.split(",")
    if set(parts) - set(PARTS):
        sys.exit(f"parts are {', '.join(PARTS)}")
    allow_files()
    with tempfile.TemporaryDirectory(prefix="activitytrack-bench-", dir=options.folder) as folder:
        bench = Bench(Lab(options.build, folder), options)
        print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors", flush=True)
        for part in parts:
            getattr(bench, part)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
