"""What the benchmarks share: servers on ports and in folders of their own, the load generator, and what processes used."""

import contextlib
import http.client
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.enroll import enroll  # noqa: E402
from rigs.process import Child, free_port, wait_for  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_cpu_seconds(pid):
    """Of a process and all below it that live."""
    total = 0
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        total += cpu_seconds(pid)
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(map(family_cpu_seconds, (task / "children").read_text().split()))
    return total


def machine_cpu_seconds():
    """What all processes used since the start."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split()[1:4])
    return (user + nice + system) / TICKS


def memory_kib(pid, name="VmRSS"):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise KeyError(name)


class Service:
    """Something with the API on a port: `url`, `pid`."""

    def __init__(self, argv, log, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.child = Child([*map(str, argv(self.port))], log)
        self.pid = self.child.process.pid
        wait_for(self._answers, f"{self.child.name}: see {log}", 90)

    def _answers(self):
        if self.child.ended():
            raise RuntimeError(f"{self.child.name} ended:\n{self.child.log_end(20)}")
        with contextlib.suppress(OSError):
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stop()


class Lab:
    """A build, and a folder where everything happens."""

    def __init__(self, build, folder, peer=None):
        self.build, self.folder, self.peer_command = Path(build), Path(folder), peer
        self.server_program = self.build / "apps/server/activitytrack-server"
        self.load_program = self.build / "tests/bench/load/activitytrack-load"
        for program in (self.server_program, self.load_program, self.raw("sqlite"), self.raw("postgres")):
            if not program.exists():
                sys.exit(f"{program} is not there: ninja -C {build} bench")
        self._used = 0

    def raw(self, name):
        return self.build / f"tests/bench/raw/raw_{name}"

    def new_folder(self, name):
        self._used += 1
        folder = self.folder / f"{name}-{self._used}"
        folder.mkdir()
        return folder

    def server(self, folder, *options):
        """Our server, with its data in the folder, open to everyone unless `options` say otherwise."""
        auth = [] if "--auth" in options else ["--auth", "none"]
        return Service(lambda port: [self.server_program, "serve", "--listen", f"127.0.0.1:{port}", "--data-dir", folder,
                                     "--log-level", "warning", *auth, *options], folder / "log")

    def enroll(self, service, folder, machines):
        """Credentials of so many machines: a file for the load generator."""
        token = subprocess.run([self.server_program, "enroll-token", "create", "--data-dir", folder, "--uses", str(machines),
                                "--expires", "1h", "--label", "bench"], capture_output=True, text=True, check=True)
        path = folder / "credentials"
        path.write_text("".join(f"{machine} {credential}\n" for machine, credential in
                                enroll(service.url, token.stdout.strip(), machines)), encoding="ascii")
        return path

    def peer(self, folder):
        folder.chmod(0o755)
        return Service(lambda port: [*shlex.split(self.peer_command), folder, port], folder / "peer.log")

    def load(self, service, mode, **options):
        """Figures of a run of the load generator, with what everybody used meanwhile."""
        arguments = [self.load_program, mode, "--server", service.url, "--json"]
        for name, value in options.items():
            arguments += ["--" + name.replace("_", "-")] + ([] if value is True else [str(value)])
        before, all_before = family_cpu_seconds(service.pid), machine_cpu_seconds()
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{shlex.join(map(str, arguments))}: {done.stderr}")
        figures = json.loads(done.stdout)
        if set(figures["statuses"]) != {"200"} or figures["lost"] or figures["unreached"]:
            raise RuntimeError(f"not all was answered 200: {done.stdout}")
        figures["server_cpu_sec"] = family_cpu_seconds(service.pid) - before
        figures["all_cpu_sec"] = machine_cpu_seconds() - all_before
        return figures

    def run_raw(self, name, *arguments):
        before = machine_cpu_seconds()
        done = subprocess.run([self.raw(name), *map(str, arguments)], capture_output=True, text=True, check=True)
        return {**json.loads(done.stdout), "all_cpu_sec": machine_cpu_seconds() - before}


class Postgres:
    """A cluster of its own with default, durable settings; reached by a Unix socket."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.bin = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.as_user:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", self.folder / "data", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres")
        with open(self.folder / "data/postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write(f"unix_socket_directories = '{self.folder}'\nlisten_addresses = ''\n")
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "start")
        self.pid = int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def _run(self, program, *arguments):
        done = subprocess.run([*self.as_user, self.bin / program, *arguments], cwd="/", capture_output=True, text=True,
                              check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")
        return done.stdout.strip()

    def create(self, name):
        """A new database: its URL."""
        self._run("createdb", "-h", self.folder, "-U", "postgres", name)
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def value(self, name, sql):
        return self._run("psql", "-h", self.folder, "-U", "postgres", "-d", name, "-Atqc", sql)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "fast", "-w", "stop")


def milliseconds_of(service, path, times=200):
    """Median time of a GET on a connection that stays open, less that of /healthz: what the answer itself takes."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)

    def median(target):
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            connection.request("GET", target)
            answer = connection.getresponse()
            body = answer.read()
            taken.append(time.perf_counter() - began)
            if answer.status != 200:
                raise RuntimeError(f"{target}: {answer.status} {body[:200]}")
        return sorted(taken)[times // 2] * 1000, body

    with contextlib.closing(connection):
        nothing = 0.0
        with contextlib.suppress(RuntimeError):  # the peer has no /healthz, and its own times are far above
            nothing = median("/healthz")[0]
        answer, body = median(path)
        return max(0.0, answer - nothing), json.loads(body)
