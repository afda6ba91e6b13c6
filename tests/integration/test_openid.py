"""Signing in by OpenID Connect, with a provider that a test can have lie."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import unittest
import urllib.parse

from fake_openid import FakeOpenId, Key
from support import wait_until
from test_auth import PASSWORD, AuthTest

ROLES = ("groups=admins -> admin", "groups=desk -> viewer vm-1", "groups=desk -> viewer {workstation}",
         "groups=lead -> manager vm-9", "realm_access.roles=own -> self {workstation}")


class OpenIdTest(AuthTest):
    OPTIONS = ()
    PUBLIC_URL = "http://localhost:8100"

    def setUp(self):
        super(AuthTest, self).setUp()
        self.provider = FakeOpenId(self.folder)
        self.addCleanup(self.provider.shutdown)
        self.provider.person["groups"] = ["desk"]
        secret = self.folder / "secret"
        secret.write_text("s3cret+/\n")
        self.options = ["--public-url", self.PUBLIC_URL, "--oidc-issuer", self.provider.issuer,
                        "--oidc-client-id", "track", "--oidc-client-secret-file", secret, *self.OPTIONS]
        for role in ROLES:
            self.options += ["--oidc-role", role]
        self.server = self.start_server(*self.options)

    @staticmethod
    def cookies(headers):
        return dict(cookie.split(";")[0].split("=", 1) for cookie in headers.get_all("Set-Cookie") or [])

    def begin(self):
        """Where the browser is sent, and its cookie."""
        status, headers, body = self.ask("GET", "/api/login/openid")
        self.assertEqual(status, 302, body)
        self.assertIn("SameSite=Lax", headers["Set-Cookie"])
        self.assertIn("HttpOnly", headers["Set-Cookie"])
        return headers["Location"], f"openid={self.cookies(headers)['openid']}"

    def come_back(self, answer, cookie):
        """Status, session cookie and page."""
        path = "/api/login/openid/callback?" + urllib.parse.urlencode(answer)
        status, headers, page = self.ask("GET", path, Cookie=cookie)
        return status, self.cookies(headers).get("session"), page if isinstance(page, bytes) else json.dumps(page).encode()

    def sign_in(self):
        url, cookie = self.begin()
        return self.come_back(self.provider.code_for(url), cookie)

    def me(self, session):
        return self.ask("GET", "/api/me", Cookie=f"session={session}")[2]

    def refused(self, part):
        status, session, page = self.sign_in()
        self.assertEqual((status, session), (403, None), page)
        self.assertIn(part, page.decode())


class People(OpenIdTest):
    def test_claims_give_role_and_machines_anew_at_each_sign_in(self):
        self.provider.person["workstation"] = ["vm-2", "not a\nmachine"]
        status, session, page = self.sign_in()
        self.assertEqual(status, 200, page)
        self.assertEqual(self.me(session), {"user": "ann", "role": "viewer", "machines": ["vm-1", "vm-2"]})
        authorization, fields = self.provider.asked[0]
        self.assertEqual(base64.b64decode(authorization.split()[1]).decode(), "track:s3cret%2B%2F")
        self.assertEqual(fields["redirect_uri"], "http://localhost:8100/api/login/openid/callback")

        self.provider.person["groups"] = ["lead", "desk"]
        self.assertEqual(self.me(self.sign_in()[1])["role"], "viewer", "the first row that matches")
        self.provider.person["groups"] = ["admins"]
        self.assertEqual(self.me(self.sign_in()[1]), {"user": "ann", "role": "admin", "machines": []})
        self.provider.person.update(groups=[], realm_access={"roles": ["own"]})
        self.assertEqual(self.me(self.sign_in()[1])["role"], "self", "the last admin too")
        del self.provider.person["realm_access"]
        self.refused("nothing here is given to you")
        self.assertEqual(self.me(session)["status"], 401, "earlier sessions end with the rights")
        self.add_user("root", "admin")
        entries = self.ask("GET", "/api/audit", token=self.api_token("root"))[2]["entries"]
        signed_in = [entry for entry in entries if entry["action"] == "GET /api/login/openid/callback"]
        self.assertEqual([entry["status"] for entry in signed_in], [403, 200, 200, 200, 200])
        self.assertEqual([entry["target"]["id"] for entry in signed_in], ["ann"] * 5)
        self.assertEqual([entry["details"].get("role") for entry in signed_in],
                         [None, {"from": "admin", "to": "self"}, {"from": "viewer", "to": "admin"}, None,
                          {"from": None, "to": "viewer"}])
        self.assertEqual(signed_in[0]["details"]["refused"], "no row of oidc_role matches")

    def test_nobody_takes_over_an_account_by_its_name(self):
        self.add_user("ann", "admin")
        names = []
        for subject in ("1", "2"):
            self.provider.person.update(sub=subject, preferred_username="Ann")
            names.append(self.me(self.sign_in()[1])["user"])
        self.assertRegex(names[0], "^ann-[0-9a-f]{8}$")
        self.assertNotEqual(names[0], names[1])
        self.assertEqual(self.me(self.sign_in()[1])["user"], names[1], "the same person again")
        self.assertEqual(self.login()[0], 200, "by password, as before")
        refused = self.run_program("server", "user", "passwd", names[0], "--data-dir", self.folder / "data",
                                   stdin=PASSWORD + "\n", code=1)
        self.assertIn("OpenID Connect", refused.stderr)

    def test_what_the_token_lacks_is_asked_of_userinfo(self):
        person = self.provider.person
        self.provider.person, self.provider.userinfo = {"sub": "1"}, person
        self.assertEqual(self.me(self.sign_in()[1])["user"], "ann")
        self.provider.userinfo = {**person, "sub": "2"}
        self.refused("somebody else")


class Forgeries(OpenIdTest):
    def test_a_token_must_be_this_provider_s_for_this_sign_in(self):
        provider = self.provider
        wrong = [({"nonce": "x"}, "another sign-in"), ({"nonce": None}, "another sign-in"),
                 ({"aud": "other"}, "another client"), ({"aud": ["track", "other"]}, "another client"),
                 ({"aud": ["track"], "azp": "other"}, "another client"), ({"iss": "https://evil.example"}, "issuer"),
                 ({"exp": 1}, "expired"), ({"exp": None}, "expired"), ({"iat": 10**10}, "future"), ({"sub": ""}, "nobody")]
        for claims, part in wrong:
            with self.subTest(claims):
                provider.claims = claims
                self.refused(part)
                provider.claims = {}
                self.assertEqual(self.sign_in()[0], 200)  # and forgets the try
        provider.claims = {"aud": ["track", "other"], "azp": "track"}
        self.assertEqual(self.sign_in()[0], 200)

    def test_only_the_provider_s_keys_sign(self):
        provider, key = self.provider, self.provider.key
        self.assertEqual(self.sign_in()[0], 200)
        public = json.dumps(key.jwk()).encode()
        for header, sign in (({"alg": "none"}, lambda text: b""),
                             ({"alg": "HS256"}, lambda text: hmac.digest(public, text, hashlib.sha256)),
                             ({"alg": "ES256"}, key.sign), ({"crit": ["b64"], "b64": False}, key.sign)):
            with self.subTest(header):
                provider.header, provider.sign = header, sign
                self.refused("ID token")
                provider.header, provider.sign = {}, key.sign
                self.assertEqual(self.sign_in()[0], 200)
        provider.key = Key(self.folder, "other")
        provider.key.kid = "first"
        provider.sign = provider.key.sign
        self.refused("signature")
        provider.key.kid = "new"
        self.refused("does not show")
        provider.header = {"kid": None}
        self.refused("does not show")  # and the keys are asked for again, once a minute: it can be a new one

    def test_other_good_algorithms_and_short_keys(self):
        provider = self.provider
        provider.key = Key(self.folder, "curve", "ES256")
        provider.shown, provider.sign = [Key(self.folder, "short", bits=1024), provider.key], provider.key.sign
        self.assertEqual(self.sign_in()[0], 200)
        provider.key = provider.shown[0]
        provider.sign = provider.key.sign
        self.refused("signature")

    def test_an_answer_belongs_to_one_browser_and_counts_once(self):
        url, cookie = self.begin()
        answer = self.provider.code_for(url)
        other = self.begin()[1]
        for wrong in (other, "", "openid=x"):
            self.assertEqual(self.come_back(answer, wrong)[0], 400)
        self.assertEqual(self.come_back({**answer, "state": "x"}, cookie)[0], 400)
        self.assertEqual(self.come_back(answer, cookie)[0], 200)
        self.assertEqual(self.come_back(answer, cookie)[0], 400, "a second time")
        self.assertEqual(len(self.provider.asked), 1)

    def test_another_issuer_s_answer_and_a_provider_s_error(self):
        url, cookie = self.begin()
        mixed = {**self.provider.code_for(url), "iss": "https://evil.example"}
        self.assertEqual(self.come_back(mixed, cookie)[0], 403)
        self.assertEqual(self.provider.asked, [])
        url, cookie = self.begin()
        state = self.provider.code_for(url)["state"]
        status, _, page = self.come_back({"state": state, "error": "access_denied<script>",
                                          "error_description": "<img src=x>"}, cookie)
        self.assertEqual(status, 403)
        self.assertIn(b"access_denied&lt;script&gt; &lt;img src=x&gt;", page)
        url, cookie = self.begin()
        self.assertEqual(self.come_back({**self.provider.code_for(url), "code": "made up"}, cookie)[0], 403)

    def test_who_says_that_the_provider_refused_is_slowed(self):
        answers = []
        for _ in range(6):
            url, cookie = self.begin()
            state = self.provider.code_for(url)["state"]
            answers.append(self.come_back({"state": state, "error": "access_denied"}, cookie)[0])
        self.assertEqual(answers, [403] * 5 + [429])

    def test_a_slow_provider_delays_nobody_else(self):
        url, cookie = self.begin()
        self.provider.may_answer.clear()
        with concurrent.futures.ThreadPoolExecutor(1) as browser:
            late = browser.submit(self.come_back, self.provider.code_for(url), cookie)
            wait_until(lambda: self.provider.asked, "the server to ask the provider")
            self.assertEqual(self.status_of("GET", "/readyz"), 200)
            self.assertFalse(late.done())
            self.provider.may_answer.set()
            self.assertEqual(late.result()[0], 200)

    def test_a_provider_that_is_away_is_logged_once_a_minute(self):
        self.provider.shutdown()
        self.provider.server_close()
        self.assertEqual([self.status_of("GET", "/api/login/openid") for _ in range(3)], [503] * 3)
        self.assertEqual(self.server.log_end(100).count("a sign-in by OpenID Connect failed"), 1)

    def test_huge_and_strange_answers(self):
        for answer in (b" " * (1 << 20), b"[]", b"{", b"{}", b'{"id_token": {}}', b'{"id_token": "a.b.c"}',
                       json.dumps({"id_token": "a" * 100_000}).encode()):
            self.provider.answer = answer
            status, session, _ = self.sign_in()
            self.assertIn(status, (403, 429, 503))
            self.assertIsNone(session)
        self.assertEqual(self.status_of("GET", "/healthz"), 200)


class BehindTls(OpenIdTest):
    PUBLIC_URL = "https://track.example"

    def test_cookies_are_those_of_tls_also_if_the_proxy_does_not_speak_of_it(self):
        status, headers, _ = self.ask("GET", "/api/login/openid")
        self.assertEqual(status, 302)
        self.assertIn("; Secure", headers["Set-Cookie"])
        answer = urllib.parse.urlencode(self.provider.code_for(headers["Location"]))
        status, headers, _ = self.ask("GET", "/api/login/openid/callback?" + answer,
                                      Cookie=headers["Set-Cookie"].split(";")[0])
        self.assertEqual(status, 200)
        session = self.cookies(headers)["__Host-session"]
        self.assertEqual(self.status_of("POST", "/api/logout", {}, Cookie=f"__Host-session={session}",
                                        Origin=self.PUBLIC_URL), 200)


class Only(OpenIdTest):
    OPTIONS = ("--oidc-only", "true")

    def test_passwords_are_not_taken(self):
        self.add_user("root", "admin")
        self.assertEqual(self.login("root")[0], 403)
        self.assertEqual(self.sign_in()[0], 200)
        self.assertEqual(self.status_of("GET", "/api/users", token=self.api_token("root")), 200, "by the command line")


class Settings(AuthTest):
    def setUp(self):
        super(AuthTest, self).setUp()

    def test_what_cannot_work_is_refused(self):
        good = {"public-url": "https://track.example", "oidc-issuer": "https://login.example", "oidc-client-id": "track",
                "oidc-role": "groups=a -> admin"}
        for change, part in (({"oidc-issuer": "http://login.example"}, "https"), ({"oidc-client-id": None}, "client_id"),
                             ({"public-url": None}, "public_url"), ({"oidc-role": None}, "oidc_role"),
                             ({"oidc-role": "groups=a -> king"}, "role"), ({"oidc-role": "groups -> admin"}, "CLAIM"),
                             ({"oidc-issuer": None, "oidc-only": "true"}, "oidc_only"), ({"auth": "none"}, "auth")):
            with self.subTest(change):
                options = [word for key, value in {**good, **change}.items() if value for word in ("--" + key, value)]
                ended = self.run_program("server", "serve", "--data-dir", self.folder / "data", *options, code=2)
                self.assertIn(part, ended.stderr)


if __name__ == "__main__":
    unittest.main()
