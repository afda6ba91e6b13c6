"""By what address people reach the server, as proxies and its settings say: who may sign in from where."""

import subprocess
import unittest

from test_auth import PASSWORD, AuthTest
from support import program, wait_until

LOGIN = {"user": "ann", "password": PASSWORD}


class OriginTest(AuthTest):
    """The server is asked by hand, as proxies ask it."""

    def setUp(self):  # each test starts a server of its own
        super(AuthTest, self).setUp()

    def start_for(self, *options):
        server = self.start_server(*options)
        self.add_user("ann", "viewer")
        return server

    def sign_in(self, origin, **headers):
        """Status, all of the cookies that were set, and the body."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        status, answer, body = self.ask("POST", "/api/login", LOGIN, Origin=origin, **headers)
        return status, " ".join(answer.get_all("Set-Cookie") or []), body

    def test_a_trusted_proxy_says_by_what_host_it_was_asked(self):
        server = self.start_for("--trusted-proxy", "127.0.0.1")
        by_proxy = {"X_Forwarded_Proto": "https", "Host": "upstream"}
        for forwarded, origin in (("track.example", "https://track.example"),
                                  ("track.example:8443", "https://track.example:8443"),
                                  ("track.example:443", "https://track.example"),
                                  ("evil.example, track.example", "https://track.example"),
                                  ("TRACK.example", "https://track.example")):
            with self.subTest(forwarded):
                status, cookies, body = self.sign_in(origin, X_Forwarded_Host=forwarded, **by_proxy)
                self.assertEqual(status, 200, body)
                self.assertIn("__Host-session=", cookies)
                self.assertIn("; Secure", cookies)
        for forwarded, origin in (("track.example", "https://evil.example"),
                                  ("track.example", "https://upstream"),
                                  ("track.example", "http://track.example"),
                                  ("track.example", "https://track.example:8443"),
                                  ("track.example:8443", "https://track.example"),
                                  ("evil.example, track.example", "https://evil.example")):
            with self.subTest(f"{forwarded} {origin}"):
                self.assertEqual(self.sign_in(origin, X_Forwarded_Host=forwarded, **by_proxy)[0], 403)
        self.stop(server)

    def test_nobody_else_says_it(self):
        server = self.start_for("--trusted-proxy", "127.0.0.2")
        status, _, body = self.sign_in("http://evil.example", X_Forwarded_Host="evil.example", Host="track.example")
        self.assertEqual(status, 403)
        for named in ("Origin is http://evil.example", "http://track.example", "public_url", "trusted_proxy",
                      "X-Forwarded-Host", "proxy_set_header Host"):
            self.assertIn(named, body["detail"])
        self.assertEqual(self.sign_in("http://evil.example", Forwarded="host=evil.example", Host="a")[0], 403)
        self.stop(server)

    def test_the_public_url_is_the_servers_own(self):
        server = self.start_for("--public-url", "https://Track.example:443/")
        status, cookies, _ = self.sign_in("https://track.example", Host="upstream")
        self.assertEqual(status, 200)
        self.assertIn("__Host-session=", cookies)
        self.assertIn("; Secure", cookies)
        by_cookie = {"Cookie": cookies.split(";")[0], "Host": "upstream"}
        self.assertEqual(self.status_of("GET", "/api/me", **by_cookie), 200)
        self.assertEqual(self.status_of("POST", "/api/logout", {}, **by_cookie, Origin="https://evil.example"), 403)
        self.assertEqual(self.status_of("POST", "/api/logout", {}, **by_cookie, Origin="https://track.example"), 200)
        self.assertEqual(self.status_of("GET", "/api/me", **by_cookie), 401)
        for origin in ("http://track.example", "https://track.example:8443", "https://track.example.evil.example", "null"):
            self.assertEqual(self.sign_in(origin, Host="upstream")[0], 403, origin)
        self.stop(server)

    def test_the_set_up_link_and_the_document_name_it(self):
        server = self.start_server("--public-url", "https://track.example")
        wait_until(lambda: "\n  https://track.example/setup?token=atu_" in server.log_end(50), "the link")
        document = self.ask("GET", "/openapi.json")[2]
        self.assertEqual(document["servers"], [{"url": "https://track.example"}])
        self.assertEqual(document["components"]["securitySchemes"]["session"]["name"], "__Host-session")
        self.stop(server)
        server = self.start_server(data="other")
        self.assertEqual(self.ask("GET", "/openapi.json")[2]["servers"], [{"url": "/"}])
        self.stop(server)

    def test_what_is_no_address_is_refused(self):
        for url in ("track.example", "https://track.example/at", "https://ann:secret@track.example", "ftp://track.example",
                    "http://track.example", "https://", "https://track.example?a=b", "https://track.example:0x", ""):
            with self.subTest(url):
                done = subprocess.run([program("server"), "--public-url", url, "--data-dir", str(self.folder / "data")],
                                      env=self.environment(), timeout=30, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("public_url", done.stderr)
                self.assertNotIn("secret", done.stderr)


if __name__ == "__main__":
    unittest.main()
