"""Checks AWS Signature Version 4 as S3 does, from the specification and from none of our own code."""

import calendar
import hashlib
import hmac
import time
import types
import urllib.request
from urllib.parse import parse_qsl, quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
ALLOWED_SKEW = 15 * 60


class Refused(Exception):
    """An S3 error: its status, code, and further elements of the answer."""

    def __init__(self, status, code, **elements):
        super().__init__(code)
        self.status, self.code, self.elements = status, code, elements


def _canonical_query(pairs):
    return "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(pairs))


def _key(secret, scope):
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def _signature(request, names, pairs, payload_hash, date, scope, secret):
    headers = "".join(f"{name}:{' '.join(request.header(name).split())}\n" for name in names.split(";"))
    path = quote(unquote_to_bytes(request.path), safe="/-_.~")
    canonical = "\n".join([request.method, path, _canonical_query(pairs), headers, names, payload_hash])
    text = "\n".join([ALGORITHM, date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    return hmac.new(_key(secret, scope), text.encode(), hashlib.sha256).hexdigest()


def _check_scope(scope, date, region):
    day, used, service, end = scope.split("/")
    if (day, service, end) != (date[:8], "s3", "aws4_request"):
        raise Refused(403, "SignatureDoesNotMatch")
    if used != region:
        raise Refused(400, "AuthorizationHeaderMalformed", Region=region)


def _check_names(request, names):
    """Everything that could change what is asked for must be signed."""
    signed = names.split(";")
    for name in request.names():
        if (name == "host" or name.startswith("x-amz-")) and name not in signed:
            raise Refused(403, "AccessDenied", Message=f"{name} is not signed")


def signed(method, host, path, access_key, secret, region="us-east-1"):
    """A urllib request without a body, signed."""
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    empty = hashlib.sha256(b"").hexdigest()
    headers = {"host": host, "x-amz-content-sha256": empty, "x-amz-date": date}
    scope, names = f"{date[:8]}/{region}/s3/aws4_request", ";".join(headers)
    request = urllib.request.Request(f"http://{host}{path}", method=method, headers=headers)
    fields = types.SimpleNamespace(method=method, path=path, header=headers.get)
    signature = _signature(fields, names, [], empty, date, scope, secret)
    request.add_header("Authorization",
                       f"{ALGORITHM} Credential={access_key}/{scope},SignedHeaders={names},Signature={signature}")
    return request


class Verifier:
    """`keys`: access key to (secret, session token or "", expiry on our clock or None); `now()`: the clock."""

    def __init__(self, keys, region, now):
        self.keys, self.region, self.now = keys, region, now

    def _secret(self, access_key, token):
        if access_key not in self.keys:
            raise Refused(403, "InvalidAccessKeyId")
        secret, wanted, expires = self.keys[access_key]
        if token != wanted:
            raise Refused(400, "InvalidToken")
        if expires is not None and expires <= self.now():
            raise Refused(400, "ExpiredToken")
        return secret

    def check(self, request):
        """Raises Refused unless the request is signed rightly; gives the hash that its body must have, or None."""
        pairs = parse_qsl(request.query, keep_blank_values=True)
        if "X-Amz-Signature" in dict(pairs):
            return self._check_presigned(request, pairs)
        word, _, rest = request.header("authorization").partition(" ")
        if word != ALGORITHM:
            raise Refused(403, "AccessDenied")
        fields = dict(part.strip().split("=", 1) for part in rest.split(","))
        access_key, scope = fields["Credential"].split("/", 1)
        date, payload_hash = request.header("x-amz-date"), request.header("x-amz-content-sha256")
        _check_scope(scope, date, self.region)
        secret = self._secret(access_key, request.header("x-amz-security-token"))
        if abs(self.now() - calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))) > ALLOWED_SKEW:
            raise Refused(403, "RequestTimeTooSkewed")
        _check_names(request, fields["SignedHeaders"])
        right = _signature(request, fields["SignedHeaders"], pairs, payload_hash, date, scope, secret)
        if not hmac.compare_digest(right, fields["Signature"]):
            raise Refused(403, "SignatureDoesNotMatch")
        return payload_hash

    def _check_presigned(self, request, pairs):
        fields = dict(pairs)
        access_key, scope = fields["X-Amz-Credential"].split("/", 1)
        date = fields["X-Amz-Date"]
        _check_scope(scope, date, self.region)
        secret = self._secret(access_key, fields.get("X-Amz-Security-Token", ""))
        begin = calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
        if not begin - ALLOWED_SKEW <= self.now() <= begin + int(fields["X-Amz-Expires"]):
            raise Refused(403, "AccessDenied", Message="Request has expired")
        names = fields["X-Amz-SignedHeaders"]
        _check_names(request, names)
        payload_hash = request.header("x-amz-content-sha256") or UNSIGNED
        unsigned = [pair for pair in pairs if pair[0] != "X-Amz-Signature"]
        right = _signature(request, names, unsigned, payload_hash, date, scope, secret)
        if not hmac.compare_digest(right, fields["X-Amz-Signature"]):
            raise Refused(403, "SignatureDoesNotMatch")
        return None if payload_hash == UNSIGNED else payload_hash
