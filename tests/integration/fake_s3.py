"""An S3 service in memory that checks what the real one checks, and fails in every way that one can."""

import base64
import hashlib
import socket
import struct
import sys
import threading
import time
import zlib
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit
from xml.etree import ElementTree

from fake_credentials import CredentialServices, element, xml
from s3_signature import Refused, Verifier

SMALLEST_PART = 5 << 20
REFUSALS = {
    "slow_down": Refused(503, "SlowDown"),
    "internal": Refused(500, "InternalError"),
    "too_many": Refused(429, "TooManyRequests"),
    "request_timeout": Refused(400, "RequestTimeout"),
    "bad_gateway": Refused(502, ""),
    "forbidden": Refused(403, "AccessDenied"),
}
# Each of them passes when it is tried again. "lose_answer" does the work first.
PASSING_FAULTS = ["slow_down", "internal", "too_many", "request_timeout", "bad_gateway", "cut_before", "lose_answer",
                  "damage"]


class Request:
    def __init__(self, method, target, headers, body=b""):
        url = urlsplit(target)
        self.method, self.path, self.query, self.body = method, url.path, url.query, body
        self._headers = headers
        self.parameters = {k: v[0] for k, v in parse_qs(url.query, keep_blank_values=True).items()}

    def header(self, name):
        return self._headers.get(name, "")

    def names(self):
        return [name.lower() for name in self._headers.keys()]


class FakeS3(CredentialServices):
    """One bucket. Tests set what shall fail and look at `objects` (key to bytes), `stored` (how often each key was
    stored), `headers` (what came with an object), `uploads` (those not complete) and `requests` (method, status)."""

    def __init__(self, bucket="bucket", region="us-east-1", port=0, tls=None):
        super().__init__()
        self.bucket, self.region, self.page_size = bucket, region, 1000
        self.clock_offset = 0
        self.keys["AKFAKE"] = ("s3cr3t+/key", "", None)
        self.redirects = False  # a wrong region is answered 301 and not 400
        self.faults = {}  # number of the request, from 0: the name of a fault
        self.cut_at = None  # the connection is cut when that many bytes of bodies have come
        self.objects, self.stored, self.headers, self.uploads, self.requests = {}, {}, {}, {}, []
        self._received = 0
        self._listener = _Listener(("127.0.0.1", port), self._handler())
        if tls:  # an ssl.SSLContext
            self._listener.socket = tls.wrap_socket(self._listener.socket, server_side=True,
                                                    do_handshake_on_connect=False)
        self.port = self._listener.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()

    def close(self):
        self._listener.shutdown()
        self._listener.server_close()

    def now(self):
        return time.time() + self.clock_offset

    def reset(self, faults=None, cut_at=None):
        """As new, with these faults."""
        with self.lock:
            for kept in (self.objects, self.stored, self.headers, self.uploads, self.requests):
                kept.clear()
            self.faults, self.cut_at, self._received = dict(faults or {}), cut_at, 0

    def takes_bytes(self, count):
        """How many of `count` bytes of a body may come before the connection is cut."""
        with self.lock:
            self._received += count
            if self.cut_at is None or self._received < self.cut_at:
                return count
            allowed = count - (self._received - self.cut_at)
            self.cut_at = None
            return allowed

    def next_fault(self):
        with self.lock:
            self.requests.append(None)
            return len(self.requests) - 1, self.faults.get(len(self.requests) - 1)

    def _handler(self):
        fake = self

        class Handler(_Handler):
            service = fake

        return Handler

    # What S3 does, once the request is known to be good.

    def answer(self, request, bucket, key):
        """(status, header fields, body)"""
        self._check_body(request, Verifier(self.keys, self.region, self.now).check(request))
        if bucket != self.bucket:
            raise Refused(404, "NoSuchBucket")
        with self.lock:
            if key == "":
                return self._list(request.parameters)
            if "uploads" in request.parameters or "uploadId" in request.parameters:
                return self._multipart(request, key)
            return getattr(self, "_" + request.method.lower())(request, key)

    @staticmethod
    def _check_body(request, wanted):
        digest = hashlib.sha256(request.body)
        if wanted is not None and digest.hexdigest() != wanted:
            raise Refused(400, "XAmzContentSHA256Mismatch")
        sums = {"content-md5": hashlib.md5(request.body).digest(), "x-amz-checksum-sha256": digest.digest(),
                "x-amz-checksum-crc32": struct.pack(">I", zlib.crc32(request.body))}
        for name, right in sums.items():
            given = request.header(name)
            if given and base64.b64decode(given) != right:
                raise Refused(400, "BadDigest")

    def _store(self, key, body, headers):
        self.objects[key] = body
        self.headers[key] = headers
        self.stored[key] = self.stored.get(key, 0) + 1

    def _put(self, request, key):
        if request.header("if-none-match") == "*" and key in self.objects:
            raise Refused(412, "PreconditionFailed")
        self._store(key, request.body, request)
        return 200, {"ETag": f'"{hashlib.md5(request.body).hexdigest()}"'}, b""

    def _get(self, request, key):
        status, fields, content = self._head(request, key)
        piece = request.header("Range")
        if not piece:
            return status, fields, content
        first, last = map(int, piece.removeprefix("bytes=").split("-"))
        if first >= len(content):
            raise Refused(416, "InvalidRange")
        last = min(last, len(content) - 1)
        return 206, {"Content-Range": f"bytes {first}-{last}/{len(content)}"}, content[first:last + 1]

    def _head(self, _, key):
        if key not in self.objects:
            raise Refused(404, "NoSuchKey")
        return 200, {}, self.objects[key]

    def _delete(self, _, key):
        self.objects.pop(key, None)
        return 204, {}, b""

    def _list(self, parameters):
        prefix, after = parameters.get("prefix", ""), parameters.get("start-after", "")
        after = parameters.get("continuation-token", after).removeprefix("token/+=")
        keys = sorted(k for k in self.objects if k.startswith(prefix) and k.encode() > after.encode())
        page = keys[:self.page_size]
        content = element("EncodingType", "url") + element("IsTruncated", "true" if page != keys else "false")
        if page != keys:
            content += element("NextContinuationToken", "token/+=" + page[-1])
        for key in page:
            content += ("<Contents>" + element("Key", quote_plus(key, safe="/")) +
                        element("Size", len(self.objects[key])) + "</Contents>")
        return 200, {}, xml("ListBucketResult", content)

    def _multipart(self, request, key):
        if request.method == "POST" and "uploads" in request.parameters:
            upload = f"id/+{len(self.requests)}"
            self.uploads[upload] = (key, request, {})
            return 200, {}, xml("InitiateMultipartUploadResult", element("UploadId", upload))
        upload = request.parameters["uploadId"]
        if self.uploads.get(upload, [None])[0] != key:
            raise Refused(404, "NoSuchUpload")
        parts = self.uploads[upload][2]
        if request.method == "PUT":
            etag = f'"{hashlib.md5(request.body).hexdigest()}"'
            parts[int(request.parameters["partNumber"])] = (etag, request.body)
            return 200, {"ETag": etag}, b""
        if request.method == "DELETE":
            del self.uploads[upload]
            return 204, {}, b""
        return self._complete(request, key, upload, parts)

    def _complete(self, request, key, upload, parts):
        space = "{http://s3.amazonaws.com/doc/2006-03-01/}"
        named = [(int(p.find(space + "PartNumber").text), p.find(space + "ETag").text)
                 for p in ElementTree.fromstring(request.body)]
        if named != sorted(named) or not named or any(parts.get(n, [None])[0] != etag for n, etag in named):
            raise Refused(400, "InvalidPart")
        bodies = [parts[n][1] for n, _ in named]
        if any(len(body) < SMALLEST_PART for body in bodies[:-1]):
            raise Refused(400, "EntityTooSmall")
        self._store(key, b"".join(bodies), self.uploads.pop(upload)[1])
        return 200, {}, xml("CompleteMultipartUploadResult", element("ETag", f'"{len(bodies)}"'))


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that go away, or do not trust us, are part of the tests."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service = None

    def log_message(self, *_):
        pass

    def _cut(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def _read_body(self):
        """None when the connection was cut meanwhile."""
        body, left = b"", int(self.headers.get("Content-Length", 0))
        while left > 0:
            wanted = min(left, 1 << 16)
            allowed = self.service.takes_bytes(wanted)
            body += self.rfile.read(allowed)
            if allowed < wanted:
                return None
            left -= wanted
        return body

    def _place(self, request):
        host = self.headers["Host"].split(":")[0]
        if host.startswith(self.service.bucket + "."):
            return self.service.bucket, unquote(request.path)[1:]
        bucket, _, key = unquote(request.path)[1:].partition("/")
        return bucket, key

    def _serve(self):
        number, fault = self.service.next_fault()
        body = self._read_body() if fault != "cut_before" else None
        if body is None:
            return self._cut()
        request = Request(self.command, self.path, self.headers, body)
        try:
            status, fields, content = self._outcome(request, fault)
        except Refused as refused:
            status, fields, content = self._refusal(refused)
        self.service.requests[number] = (self.command, status)
        if fault == "lose_answer":
            return self._cut()
        return self._write(status, fields, content)

    def _outcome(self, request, fault):
        given = self.service.credentials(request)
        if given:
            return given
        if fault in REFUSALS:
            raise REFUSALS[fault]
        if fault == "damage" and request.body:
            request.body = bytes([request.body[0] ^ 1]) + request.body[1:]
        if fault == "error_in_200":
            return 200, {}, xml("Error", element("Code", "InternalError"))
        return self.service.answer(request, *self._place(request))

    def _refusal(self, refused):
        fields, status, code = {}, refused.status, refused.code
        if code == "AuthorizationHeaderMalformed":
            fields["x-amz-bucket-region"] = self.service.region
            if self.service.redirects:
                status, code = 301, "PermanentRedirect"
        elements = {"Code": code, "Message": "told by the fake", **refused.elements}
        content = xml("Error", "".join(element(n, v) for n, v in elements.items())) if code else b"<html>proxy</html>"
        return status, fields, content

    def _write(self, status, fields, content):
        self.send_response_only(status)
        for name, value in {"Date": formatdate(self.service.now(), usegmt=True), **fields}.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve
