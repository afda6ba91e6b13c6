#!/usr/bin/env python3
"""Enrols machines for the load generator.

usage: enroll.py URL TOKEN NUMBER [PREFIX] > FILE

TOKEN is an enrolment token that is good for NUMBER uses. The machines are PREFIX-00000 (PREFIX is "load" by default) and so
on; FILE is for activitytrack-load --auth-file.
"""

import contextlib
import http.client
import json
import sys
import urllib.parse


def enroll(url, token, number, prefix="load"):
    """Yields (machine_id, credential)."""
    parts = urllib.parse.urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with contextlib.closing(kind(parts.hostname, parts.port, timeout=60)) as connection:
        for machine in range(number):
            body = json.dumps({"machine_id": f"{prefix}-{machine:05}"})
            connection.request("POST", "/api/enroll", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status not in (200, 201):
                raise RuntimeError(f"POST /api/enroll: {answer.status} {text.decode()}")
            enrolled = json.loads(text)
            yield enrolled["machine_id"], enrolled["credential"]


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__.strip())
    for machine_id, credential in enroll(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:]):
        print(machine_id, credential)


if __name__ == "__main__":
    main()
