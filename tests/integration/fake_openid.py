"""A provider of OpenID Connect that answers as a test wants, also wrongly. It signs with openssl."""

import base64
import hashlib
import http.server
import json
import subprocess
import threading
import time
import urllib.parse


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, stdin=b""):
    return subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, check=True).stdout


class Key:
    """Of RS256 or ES256."""

    def __init__(self, folder, kid, algorithm="RS256", bits=2048):
        self.kid, self.algorithm, self.file = kid, algorithm, folder / f"{kid}.pem"
        kind = ["RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}"] if algorithm == "RS256" else \
               ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        openssl("genpkey", "-algorithm", *kind, "-out", self.file)

    def jwk(self):
        public = openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")
        head = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        if self.algorithm == "ES256":
            return {**head, "kty": "EC", "crv": "P-256", "x": base64url(public[-64:-32]), "y": base64url(public[-32:])}
        modulus = openssl("rsa", "-in", self.file, "-noout", "-modulus").decode().strip().split("=")[1]
        return {**head, "kty": "RSA", "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}

    def sign(self, text):
        signature = openssl("dgst", "-sha256", "-sign", self.file, stdin=text)
        return signature if self.algorithm == "RS256" else self.raw(signature)

    @staticmethod
    def raw(der):
        """The two numbers of a DER signature, 32 bytes each."""
        numbers, at = b"", 2
        for _ in range(2):
            end = at + 2 + der[at + 1]
            numbers += der[at + 2:end].lstrip(b"\0").rjust(32, b"\0")
            at = end
        return numbers


class FakeOpenId(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = Key(folder, "first")
        self.shown = [self.key]
        self.claims, self.header, self.document = {}, {}, {}  # what a test changes
        self.person = {"sub": "1", "preferred_username": "ann"}
        self.userinfo = None
        self.answer = None  # instead of a token: bytes
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.sign = lambda text: self.key.sign(text)
        self.codes, self.asked = {}, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A server that had enough of an answer cuts it off."""

    def code_for(self, url):
        """Signs a person in who was sent to `url`, and returns what the browser brings back."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        assert query["code_challenge_method"] == "S256" and query["response_type"] == "code", query
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def id_token(self, nonce):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "track", "exp": now + 300, "iat": now, "nonce": nonce,
                  **self.person, **self.claims}
        header = {"alg": self.key.algorithm, "kid": self.key.kid, **self.header}
        text = ".".join(base64url(json.dumps({k: v for k, v in part.items() if v is not None}).encode())
                        for part in (header, claims)).encode()
        return (text + b"." + base64url(self.sign(text)).encode()).decode()

    def trade(self, fields):
        begun = self.codes.pop(fields["code"], None)
        challenge = base64url(hashlib.sha256(fields["code_verifier"].encode()).digest())
        if not begun or challenge != begun["code_challenge"] or fields["redirect_uri"] != begun["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token(begun["nonce"])}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def give(self, status, body):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        provider = self.server
        if self.path == "/.well-known/openid-configuration":
            self.give(200, {"issuer": provider.issuer, "authorization_endpoint": provider.issuer + "/authorize?a=b",
                            "token_endpoint": provider.issuer + "/token", "jwks_uri": provider.issuer + "/keys",
                            **({"userinfo_endpoint": provider.issuer + "/userinfo"} if provider.userinfo else {}),
                            **provider.document})
        elif self.path == "/keys":
            self.give(200, {"keys": [key.jwk() for key in provider.shown]})
        elif self.path == "/userinfo" and self.headers["Authorization"] == "Bearer access":
            self.give(200, provider.userinfo)
        else:
            self.give(404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(urllib.parse.parse_qsl(body))
        self.server.asked.append((self.headers["Authorization"], fields))
        self.server.may_answer.wait(30)
        if self.server.answer is not None:
            return self.give(200, self.server.answer)
        self.give(*self.server.trade(fields))
