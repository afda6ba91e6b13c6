"""Gives out credentials as an instance's metadata service, a container's and STS do."""

import json
import threading
import time
from xml.sax.saxutils import escape


ROLES, ROLE = "/latest/meta-data/iam/security-credentials/", "role"


def xml(root, content):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{content}</{root}>'.encode()


def element(name, value):
    return f"<{name}>{escape(str(value))}</{name}>"


class CredentialServices:
    """`keys`: access key to (secret, session token or "", expiry or None), of those that are good."""

    def __init__(self):
        self.keys, self.issued = {}, 0
        self.lock = threading.Lock()

    def now(self):
        return time.time()

    def issue(self):
        """New keys that expire; those before stay as they are."""
        with self.lock:
            self.issued += 1
            access_key, expires = f"AKROLE{self.issued}", self.now() + 3600
            self.keys[access_key] = (f"secret{self.issued}", f"to/ken+{self.issued}", expires)
        return access_key, *self.keys[access_key][:2], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires))

    def credentials(self, request):
        """Answers for the services that give them; None for any other path."""
        if request.path == "/latest/api/token" and request.method == "PUT":
            return 200, {}, b"imds-token"
        if request.path.startswith("/latest/") and request.header("x-aws-ec2-metadata-token") != "imds-token":
            return 401, {}, b""
        if request.path == ROLES:
            return 200, {}, ROLE.encode()
        if request.path in (ROLES + ROLE, "/container"):
            return 200, {}, json.dumps(dict(zip(
                ("AccessKeyId", "SecretAccessKey", "Token", "Expiration"), self.issue()))).encode()
        if request.path == "/sts/":
            names = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
            keys = "".join(element(n, v) for n, v in zip(names, self.issue()))
            return 200, {}, xml("AssumeRoleWithWebIdentityResponse", "<AssumeRoleWithWebIdentityResult><Credentials>" +
                                keys + "</Credentials></AssumeRoleWithWebIdentityResult>")
        return None
