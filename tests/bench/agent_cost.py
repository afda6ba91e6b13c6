#!/usr/bin/env python3
"""What the agent costs, beside another agent on the same X server at the same time.

usage: agent_cost.py BUILD [--peer 'COMMAND'] [--seconds 20] [--rest 60] [--runs 3]

BUILD is a release build's folder. COMMAND is the other agent, given $DISPLAY; without it only ours is measured.
The X server is Xvnc; pointer motion comes from a VNC client at 1000 events a second. CPU time is the kernel's own
(schedstat, ns), private memory is that of smaps_rollup. Switches are voluntary context switches of all threads, an
upper bound of the wake-ups: waiting for the disk and for the X server's answers counts too; strace shows the
wake-ups themselves. It begins when the agent has sent the events of its start, which are sent at once: after two
minutes. From then on it sends to a server, of BUILD too, each hour.
Needs: tigervnc-standalone-server.
"""

import argparse
import contextlib
import json
import os
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rigs import XvncRig, polyline  # noqa: E402
from rigs.process import free_port  # noqa: E402

RATE = 1000
EVENTS_OF_A_START = 3


class Usage:
    """What a process has used so far, all threads together."""

    def __init__(self, pid):
        self.cpu_ns = self.switches = 0
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):
                self.cpu_ns += int((task / "schedstat").read_text().split()[0])
                for line in (task / "status").read_text().splitlines():
                    if line.startswith("voluntary_ctxt_switches"):
                        self.switches += int(line.split()[1])


def private_kib(pid):
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


def measure(pids, seconds, work):
    """{name: (percent of a core, switches a second)} while `work` runs for `seconds`."""
    before = {name: Usage(pid) for name, pid in pids.items()}
    begin = time.monotonic()
    work(seconds)
    elapsed = time.monotonic() - begin
    result = {}
    for name, pid in pids.items():
        after = Usage(pid)
        result[name] = ((after.cpu_ns - before[name].cpu_ns) / elapsed / 1e7,
                        (after.switches - before[name].switches) / elapsed)
    return result


def mover(rig):
    def move(seconds):
        path = polyline([(100, 100), (900, 100), (900, 700), (100, 700), (100, 100)], 2)
        count = int(seconds * RATE)
        rig.input.move((path * (count // len(path) + 1))[:count], RATE)
    return move


def start_server(build, folder, port):
    program = [f"{build}/apps/server/activitytrack-server", "--auth", "none", "--listen", f"127.0.0.1:{port}",
               "--data-dir", f"{folder}/server"]
    return subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=open(f"{folder}/server.log", "w"))


def agent_of(build, folder):
    """Its program, with the configuration."""
    return [f"{build}/apps/agent/activitytrack-agent", "--config", f"{folder}/config.yaml"]


def start_ours(build, folder, display, port):
    Path(folder, "config.yaml").write_text(f"machine_id: bench\nbuffer_path: {folder}/buffer.db\n"
                                           f"server_url: http://127.0.0.1:{port}\nsend_interval_sec: 3600\n")
    return subprocess.Popen([*agent_of(build, folder), "run"], env={**os.environ, "DISPLAY": display, "HOME": folder},
                            stdout=subprocess.DEVNULL, stderr=open(f"{folder}/agent.log", "w"))


def wait_until_settled(build, folder):
    sent = 0
    while sent < EVENTS_OF_A_START:
        time.sleep(1)
        status = subprocess.run([*agent_of(build, folder), "status", "--json"], capture_output=True, text=True)
        sent = json.loads(status.stdout)["delivery"]["sent"] if status.returncode == 0 else 0


def show(title, unit, rows, digits):
    peer = statistics.median(rows["peer"]) if "peer" in rows else None
    for name, values in rows.items():
        median = statistics.median(values)
        ratio = f"{median / peer:8.4f} of the peer's" if peer and name != "peer" else ""
        print(f"{title:34} {name:6} {median:10.{digits}f} {unit:12} "
              f"[{min(values):.{digits}f} .. {max(values):.{digits}f}] {ratio}")
        title = ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--peer")
    parser.add_argument("--seconds", type=float, default=20, help="of motion, in each run")
    parser.add_argument("--rest", type=float, default=60, help="seconds at rest, in each run")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    load = {}, {}
    rest = {}, {}
    with tempfile.TemporaryDirectory() as folder, XvncRig() as rig:
        port = free_port()
        server = start_server(options.build, folder, port)
        children = {"ours": start_ours(options.build, folder, rig.display, port)}
        if options.peer:
            children["peer"] = subprocess.Popen(shlex.split(options.peer), stdout=subprocess.DEVNULL,
                                                env={**os.environ, "DISPLAY": rig.display})
        pids = {name: child.pid for name, child in children.items()}
        wait_until_settled(options.build, folder)
        for run in range(options.runs):
            for table, work, seconds in ((load, mover(rig), options.seconds), (rest, time.sleep, options.rest)):
                if work is time.sleep:
                    time.sleep(5)  # until the last motion is behind
                for name, (cpu, switches) in measure(pids, seconds, work).items():
                    table[0].setdefault(name, []).append(cpu)
                    table[1].setdefault(name, []).append(switches)
            print(f"run {run + 1} of {options.runs} done", file=sys.stderr, flush=True)
        memory = {name: [private_kib(pid)] for name, pid in pids.items()}
        for child in children.values():
            child.send_signal(signal.SIGKILL if child.pid == pids.get("peer") else signal.SIGTERM)
            child.wait()
        server.terminate()
        server.wait()
    show(f"CPU at {RATE} motions/s", "% of a core", load[0], 4)
    show(f"switches at {RATE} motions/s", "/s", load[1], 3)
    show("CPU at rest", "% of a core", rest[0], 5)
    show("switches at rest", "/s", rest[1], 3)
    show("private memory after that", "KiB", memory, 0)


if __name__ == "__main__":
    main()
