#!/usr/bin/env python3
"""packages.py [--dev]: brings the npm packages that package-lock.json pins into node_modules/, as `npm ci` would, without
npm: each tarball is checked against its hash before it is unpacked. With --dev also what only tests need.

What is there already is not fetched again, so that builds work offline from the second on. The registry is npm's own, or
the one that npm_config_registry names."""

import base64
import fcntl
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
REGISTRY = os.environ.get("npm_config_registry", "https://registry.npmjs.org/").rstrip("/")
TRIES = 3


def download(url):
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return answer.read()
        except OSError as error:
            if attempt == TRIES or (isinstance(error, urllib.error.HTTPError) and error.code < 500):
                sys.exit(f"packages.py: cannot fetch {url}: {error}. The website needs it; "
                         "-Dwebsite=false builds the server without the website")
            time.sleep(attempt)


def check(name, tarball, integrity):
    algorithm, _, expected = integrity.partition("-")
    found = base64.b64encode(hashlib.new(algorithm, tarball).digest()).decode()
    if algorithm != "sha512" or found != expected:
        sys.exit(f"packages.py: {name} is not what package-lock.json names: {algorithm}-{found}")


def unpack(tarball, folder):
    """All of npm's tarballs have one folder at their top. Nothing but regular files is taken, and nothing outside."""
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for member in archive:
            path = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if not member.isfile() or ".." in path.parts or path.is_absolute():
                continue
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.extractfile(member).read())


def bring(path, package):
    """`path`: "node_modules/@preact/signals"."""
    folder, name = HERE / path, path.removeprefix("node_modules/")
    mark = folder / ".integrity"
    if mark.exists() and mark.read_text() == package["integrity"]:
        return
    tarball = download(f"{REGISTRY}/{name}/-/{name.rsplit('/', 1)[-1]}-{package['version']}.tgz")
    check(name, tarball, package["integrity"])
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    unpack(tarball, fresh)
    (fresh / ".integrity").write_text(package["integrity"])
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def bring_all(dev=False):
    lock = HERE / "package-lock.json"
    with open(lock) as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # builds in several folders share node_modules
        for path, package in json.load(file)["packages"].items():
            if path and (dev or not package.get("dev")):
                bring(path, package)


if __name__ == "__main__":
    bring_all(dev="--dev" in sys.argv[1:])
