"""The server behind real proxies, as docs/tls.md shows them: people sign in through them, and pictures and exports pass."""

import http.client
import json
import os
import socket
import ssl
import unittest

from documents import ROOT, read_blocks
from screenshot_support import picture, shot
from server_support import batch, event
from support import find_program, wait_until
from test_auth import PASSWORD, AuthTest
from test_server_metrics import SPELLINGS
from tls_support import Authority, client_context

from rigs.process import Child, free_port

CLIENT = "127.0.0.9"  # people's address; the proxy is at 127.0.0.1
LOGIN = {"user": "ann", "password": PASSWORD}


class ProxyTest(AuthTest):
    """`self.public` is the proxy's port, by TLS; `self.port` the server's."""

    def setUp(self):  # each test starts a server of its own
        super(AuthTest, self).setUp()
        if os.environ.get("ACTIVITYTRACK_TEST_WITHOUT_SERVERS"):
            self.skipTest("without servers")
        self.authority = Authority(self.folder)
        self.certificate, self.key = self.authority.issue("box", 1)
        self.public = free_port()

    def start_behind(self, *options):
        server = self.start_server(*options)
        self.add_user("ann", "admin")
        return server

    def example(self, language):
        """The block of docs/tls.md, with the places of this test."""
        (block,) = [block for block in read_blocks(ROOT / "docs/tls.md") if block.language == language]
        both = self.folder / "both.pem"
        both.write_text(self.certificate.read_text() + self.key.read_text())
        text = block.text
        for written, meant in {"127.0.0.1:8100": f"127.0.0.1:{self.port}", "/etc/ssl/box.pem": self.certificate,
                               "/etc/ssl/box.key": self.key, "/etc/haproxy/activity.pem": both, "maxconn 20000": "maxconn 100",
                               "listen 443": f"listen 127.0.0.1:{self.public}", "bind :443": f"bind 127.0.0.1:{self.public}",
                               "track.example {": f"https://localhost:{self.public} {{"}.items():
            text = text.replace(written, str(meant))
        return text

    def start_proxy(self, program, *arguments, home=None):
        proxy = Child([find_program(program), *map(str, arguments)], self.folder / f"{program}.log",
                      self.environment(XDG_DATA_HOME=str(home or self.folder)))
        self.addCleanup(proxy.stop)

        def listens():
            with socket.socket() as probe:
                return proxy.ended() or probe.connect_ex(("127.0.0.1", self.public)) == 0

        wait_until(listens, f"{program} to listen")
        self.assertFalse(proxy.ended(), proxy.log_end(30))
        return proxy

    def start_nginx(self, server_block):
        self.need("nginx")
        paths = "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        file = self.folder / "nginx.conf"
        file.write_text(f"daemon off; master_process off; pid {self.folder}/nginx.pid;\nevents {{}}\n"
                        f"http {{\naccess_log off;\n{paths}{server_block}}}\n")
        return self.start_proxy("nginx", "-e", "stderr", "-c", file)

    def connect_public(self):
        connection = http.client.HTTPSConnection("127.0.0.1", self.public, timeout=60, source_address=(CLIENT, 0),
                                                 context=client_context(self.authority))
        self.addCleanup(connection.close)
        return connection

    def through(self, method, path, body=None, **headers):
        """Status, headers and body of what the proxy answers."""
        connection = self.connect_public()
        headers = {"Host": f"localhost:{self.public}", "Content-Type": "application/json", **headers}
        connection.request(method, path, json.dumps(body) if isinstance(body, dict) else body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()

    def sign_in(self, **headers):
        return self.through("POST", "/api/login", LOGIN, Origin=f"https://localhost:{self.public}", **headers)

    def check_signing_in(self):
        status, headers, body = self.sign_in()
        self.assertEqual(status, 200, body)
        cookies = " ".join(headers.get_all("Set-Cookie"))
        self.assertIn("__Host-session=", cookies)
        self.assertIn("; Secure", cookies)
        self.assertIn("Strict-Transport-Security", headers)
        self.assertRegex(headers["X-Request-Id"], r"^[0-9a-f-]{32,}$")
        self.assertNotEqual(self.through("GET", "/healthz", **{"X-Request-Id": "mine"})[1]["X-Request-Id"], "mine")
        cookie = headers.get_all("Set-Cookie")[0].split(";")[0]
        audit = json.loads(self.through("GET", "/api/audit", Cookie=cookie)[2])
        self.assertEqual([row["client"] for row in audit["entries"] if row["action"] == "POST /api/login"], [CLIENT])
        made = self.through("POST", "/api/enroll-tokens", {}, Cookie=cookie, Origin=f"https://localhost:{self.public}")
        self.assertEqual(made[0], 201, made[2])
        foreign = self.through("POST", "/api/enroll-tokens", {}, Cookie=cookie, Origin="https://evil.example")
        self.assertEqual(foreign[0], 403)
        forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "192.0.2.7", "Forwarded": "host=evil.example"}
        status = self.through("POST", "/api/login", LOGIN, Origin="https://evil.example", **forged)[0]
        self.assertEqual(status, 403, "who signs in has chosen the host")

    def check_pictures_and_exports(self):
        machine = self.enrol("vm-1")
        bearer = {"Authorization": f"Bearer {machine}"}
        content = picture(5_000_000)
        about = shot(content)
        self.assertEqual(self.through("POST", "/api/screenshots", about, **bearer)[0], 200)
        self.put_after_continue(f"/api/screenshots/vm-1/{about['id']}/content?offset=0", content, machine)
        events = batch([event(number, "vm-1", active_window="w" * 200) for number in range(9000)])
        self.assertEqual(self.through("POST", "/api/events", events, **bearer)[0], 200)
        reader = {"Authorization": f"Bearer {self.api_token('ann')}"}
        self.assertEqual(self.through("GET", f"/api/screenshots/vm-1/{about['id']}/content", **reader)[2], content)
        status, headers, exported = self.through("GET", "/api/activity/vm-1/export?format=jsonl", **reader)
        self.assertEqual((status, exported.count(b"\n"), headers["Transfer-Encoding"]), (200, 9000, "chunked"))

    def put_after_continue(self, path, content, credential):
        """Sends the body only when it is asked for."""
        connection = self.connect_public()
        connection.connect()
        connection.sock.sendall(f"PUT {path} HTTP/1.1\r\nHost: localhost:{self.public}\r\nContent-Length: {len(content)}\r\n"
                                f"Authorization: Bearer {credential}\r\nExpect: 100-continue\r\n\r\n".encode())
        answers = connection.sock.makefile("rb")
        self.assertIn(b" 100 ", answers.readline())
        connection.sock.sendall(content)
        status = b" 100 "
        while b" 100 " in status or not status.startswith(b"HTTP/"):  # some proxies say it, and pass the server's on
            status = answers.readline()
        self.assertIn(b" 200 ", status)

    def check_metrics_are_kept_inside(self):
        self.assertEqual(self.status_of("GET", "/metrics"), 200, "on this machine")
        for path in ("/metrics", "/metrics?a=b", *SPELLINGS):
            for target in (path, f"https://localhost:{self.public}{path}"):
                for method in ("GET", "HEAD"):
                    with self.subTest(f"{method} {target}"):
                        self.assertNotEqual(self.raw_status(method, target), 200)

    def raw_status(self, method, target):
        with socket.create_connection(("127.0.0.1", self.public), timeout=60, source_address=(CLIENT, 0)) as plain:
            with client_context(self.authority).wrap_socket(plain, server_hostname="localhost") as tls:
                tls.sendall(f"{method} {target} HTTP/1.1\r\nHost: localhost:{self.public}\r\nConnection: close\r\n\r\n".encode())
                try:
                    return int(tls.recv(4096).split()[1])
                except (IndexError, ssl.SSLError):
                    return 0

    def check_all(self):
        self.check_signing_in()
        self.check_pictures_and_exports()
        self.check_metrics_are_kept_inside()

    def test_nginx(self):
        server = self.start_behind("--trusted-proxy", "127.0.0.1")
        self.start_nginx(self.example("nginx"))
        self.check_all()
        self.stop(server)

    def test_haproxy(self):
        self.need("haproxy")
        server = self.start_behind("--trusted-proxy", "127.0.0.1")
        file = self.folder / "haproxy.cfg"
        file.write_text(self.example("haproxy"))
        self.start_proxy("haproxy", "-db", "-f", file)
        self.check_all()
        self.stop(server)

    def test_caddy(self):
        self.need("caddy")
        server = self.start_behind("--trusted-proxy", "127.0.0.1")
        file = self.folder / "Caddyfile"
        file.write_text("{\nadmin off\nauto_https disable_redirects\n}\n" + self.example("caddy"))
        self.start_proxy("caddy", "run", "--adapter", "caddyfile", "--config", file)
        self.check_all()
        self.stop(server)

    def test_a_proxy_that_sends_another_host_on(self):
        """nginx as it is unless told otherwise, and a server that is told its own address, or nothing."""
        plain = ("server {{ listen 127.0.0.1:{public} ssl; ssl_certificate {certificate}; ssl_certificate_key {key};\n"
                 "location / {{ proxy_pass http://127.0.0.1:{port}; }} }}\n")
        server = self.start_behind()
        proxy = self.start_nginx(plain.format(**vars(self)))
        status, _, body = self.sign_in()
        self.assertEqual(status, 403)
        detail = json.loads(body)["detail"]
        self.assertIn(f"Origin is https://localhost:{self.public}", detail)
        self.assertIn(f"http://127.0.0.1:{self.port}", detail)
        self.assertIn(f"public_url https://localhost:{self.public}", detail)
        proxy.stop()
        self.stop(server)
        server = self.start_server("--public-url", f"https://localhost:{self.public}")
        self.start_nginx(plain.format(**vars(self)))
        status, headers, body = self.sign_in()
        self.assertEqual(status, 200, body)
        cookie = headers.get_all("Set-Cookie")[0]
        self.assertIn("; Secure", cookie)
        self.assertEqual(self.through("GET", "/api/me", Cookie=cookie.split(";")[0])[0], 200)
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
