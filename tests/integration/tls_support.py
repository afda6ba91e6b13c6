"""Certificates for tests, made by openssl: an authority, and servers' keys signed by it."""

import ctypes
import socket
import ssl
import subprocess
from pathlib import Path

SECONDS = 30

P256 = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=SECONDS)


class Authority:
    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder / "ca.pem"
        openssl("req", "-x509", "-newkey", *P256, "-nodes", "-days", "2",
                "-subj", "/CN=test authority", "-keyout", folder / "ca.key", "-out", self.certificate)

    def issue(self, name, serial, key_type=P256, days=2):
        """A certificate for localhost and 127.0.0.1: paths of it and of its key. `key_type`: openssl's, for a new key."""
        certificate, key, request, names = (self.folder / f"{name}{end}" for end in (".pem", ".key", ".csr", ".ext"))
        openssl("req", "-newkey", *key_type, "-nodes", "-subj", f"/CN={name}",
                "-keyout", key, "-out", request)
        names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / "ca.key",
                "-set_serial", serial, "-days", days, "-extfile", names, "-out", certificate)
        return certificate, key


def client_context(authority, version=None):
    """A client's TLS that checks certificates; `version` alone, if given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority.certificate)
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


def send_key_changes(plain, count):
    """Shakes hands by TLS 1.3 on a connection, and sends so many changes of keys at once, or as many of them as the system
    takes. Python's ssl cannot."""
    tls, crypto = ctypes.CDLL("libssl.so.3"), ctypes.CDLL("libcrypto.so.3")
    for function in (tls.TLS_client_method, tls.SSL_CTX_new, tls.SSL_new, crypto.BIO_s_mem, crypto.BIO_new):
        function.restype = ctypes.c_void_p
    pointer = ctypes.c_void_p
    context = pointer(tls.SSL_CTX_new(pointer(tls.TLS_client_method())))
    client = pointer(tls.SSL_new(context))
    plain.settimeout(None)
    tls.SSL_set_fd(client, plain.fileno())
    if tls.SSL_connect(client) != 1:
        raise ConnectionError("no TLS")
    memory = pointer(crypto.BIO_new(pointer(crypto.BIO_s_mem())))
    tls.SSL_set0_wbio(client, memory)
    for _ in range(count):
        tls.SSL_key_update(client, 0)
        tls.SSL_do_handshake(client)
    records = ctypes.create_string_buffer(64 * count)
    length = crypto.BIO_read(memory, records, len(records))
    plain.setblocking(False)
    plain.send(memoryview(records)[:length])
    tls.SSL_free(client)
    tls.SSL_CTX_free(context)


def unread_bytes(port, client_port):
    """What has come to the server's end of a connection over loopback and was not read yet."""
    ends = f":{port:04X} 0100007F:{client_port:04X} "
    line = next(line for line in Path("/proc/net/tcp").read_text().splitlines() if ends in line)
    return int(line.split()[4].split(":")[1], 16)


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
