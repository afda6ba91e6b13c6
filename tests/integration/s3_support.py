"""What tests of S3 share: the client on a command line, and a real service where one is installed."""

import os
import pwd
import shutil
import subprocess
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import s3_signature
from support import program, wait_until

from rigs.process import Child, free_port


class Tool:
    """tests/support/s3_tool.cpp: one client; a command a line, an answer a line."""

    def __init__(self, test, url, log=None, env=None, **options):
        values = {"BUCKET": "bucket", "ENDPOINT": url, "ACCESS_KEY": "AKFAKE", "SECRET_KEY": "s3cr3t+/key",
                  "KEEP_TRYING_MS": "20000", **options}
        kept = {k: v for k, v in test.environment().items()
                if not k.lower().endswith("_proxy") and not k.startswith("AWS_")}
        environment = {**kept, "AWS_EC2_METADATA_DISABLED": "true", **(env or {}),
                       **{f"ACTIVITYTRACK_TEST_S3_{k}": v for k, v in values.items() if v}}
        self.log_path = log or test.folder / f"tool-{id(self)}.log"
        self._log = open(self.log_path, "w")  # noqa: SIM115
        self._process = subprocess.Popen([program("tests/support/s3_tool")], env=environment, text=True,
                                         encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._log)
        test.addCleanup(self.close)

    def close(self):
        for stream in (self._process.stdin, self._process.stdout, self._log):
            stream.close()
        self._process.wait(30)

    def ask(self, *words):
        self._process.stdin.write("\t".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().rstrip("\n")

    def log(self):
        return self.log_path.read_text()

    def keys(self, below="", after=""):
        """(key, size) of each object in a listing."""
        state, *objects = self.ask("list", below, after).split("\t")
        if state != "ok":
            raise AssertionError(state)
        return [(key, int(size)) for size, key in (o.split(" ", 1) for o in objects)]


def random_file(folder, name, size):
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


SWIFT_PROGRAMS = ("swift-proxy-server", "swift-account-server", "swift-container-server", "swift-object-server",
                  "swift-ring-builder", "memcached")
SYSTEM_CONF = Path("/etc/swift/swift.conf")  # its programs read it at this place alone
_STORAGE_CONF = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
devices = {folder}/devices
mount_check = false
user = {user}
workers = 0
swift_dir = {folder}
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY_CONF = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
workers = 0
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
error_suppression_limit = 1000
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:slo]
use = egg:swift#slo
"""


class Swift:
    """OpenStack's object store with its S3 API, on loopback, in the test's folder: a strict service that is not ours.

    Needs a file system that holds extended attributes."""

    access_key, secret_key = "test:tester", "testing"

    def __init__(self, test):
        missing = [name for name in SWIFT_PROGRAMS if not shutil.which(name)]
        if missing:
            raise unittest.SkipTest(f"OpenStack Swift is not installed: no {', '.join(missing)}")
        self._test, self._folder = test, test.folder / "swift"
        (self._folder / "devices/d1").mkdir(parents=True)
        self._check_place()
        self.port = free_port()
        memcached = free_port()
        self._start("memcached", "-u", self._user(), "-l", "127.0.0.1", "-p", memcached)
        for kind in ("object", "container", "account"):
            self._start_storage(kind)
        self._serve("proxy", _PROXY_CONF, self.port, memcached=memcached)
        self.url = f"http://127.0.0.1:{self.port}"
        wait_until(self._answers, "Swift to answer")

    def _check_place(self):
        try:
            os.setxattr(self._folder, "user.test", b"x")
        except OSError as error:
            raise unittest.SkipTest(f"{self._folder} holds no extended attributes, which Swift needs: {error}") from None
        if not os.access(SYSTEM_CONF, os.R_OK):
            raise unittest.SkipTest(f"Swift needs {SYSTEM_CONF}, which cannot be read")

    @staticmethod
    def _user():
        return pwd.getpwuid(os.geteuid()).pw_name

    def _start(self, *argv):
        child = Child([*map(str, argv)], self._folder / f"{argv[0]}.log")
        self._test.addCleanup(child.stop)

    def _start_storage(self, kind):
        port = free_port()
        for words in (["create", "4", "1", "1"], ["add", f"r1z1-127.0.0.1:{port}/d1", "1"], ["rebalance"]):
            subprocess.run(["swift-ring-builder", f"{kind}.builder", *words], cwd=self._folder, check=True,
                           capture_output=True)
        self._serve(kind, _STORAGE_CONF, port)

    def _serve(self, kind, template, port, **values):
        conf = self._folder / f"{kind}.conf"
        conf.write_text(template.format(kind=kind, port=port, folder=self._folder, user=self._user(), **values))
        self._start(f"swift-{kind}-server", conf)

    def _answers(self):
        try:
            with urllib.request.urlopen(self.url, timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def make_bucket(self, name):
        """A signed PUT, until the storage servers are up too."""
        wait_until(lambda: self._put_bucket(name) in (200, 409), f"the bucket {name}")

    def _put_bucket(self, name):
        request = s3_signature.signed("PUT", f"127.0.0.1:{self.port}", f"/{name}", self.access_key, self.secret_key)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0
