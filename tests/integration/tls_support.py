"""Certificates for tests, made by openssl: an authority, and servers' keys signed by it."""

import socket
import ssl
import subprocess

SECONDS = 30


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=SECONDS)


class Authority:
    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder / "ca.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=test authority", "-keyout", folder / "ca.key", "-out", self.certificate)

    def issue(self, name, serial):
        """A certificate for localhost and 127.0.0.1: paths of it and of its key."""
        certificate, key, request, names = (self.folder / f"{name}{end}" for end in (".pem", ".key", ".csr", ".ext"))
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                "-keyout", key, "-out", request)
        names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / "ca.key",
                "-set_serial", serial, "-days", "2", "-extfile", names, "-out", certificate)
        return certificate, key


def client_context(authority, version=None):
    """A client's TLS that checks certificates; `version` alone, if given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority.certificate)
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


class Client:
    """A connection that stays, and asks by hand."""

    def __init__(self, port, context, session=None):
        plain = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        try:
            self.tls = context.wrap_socket(plain, server_hostname="localhost", session=session)
        except BaseException:
            plain.close()
            raise

    def get(self, path="/healthz"):
        """The whole answer, which has a length."""
        self.tls.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._some()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._some()
        return head, body

    def _some(self):
        data = self.tls.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    @property
    def serial(self):
        return int(self.tls.getpeercert()["serialNumber"], 16)

    def close(self):
        self.tls.close()
