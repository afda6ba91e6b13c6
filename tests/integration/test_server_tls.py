"""The server's TLS, spoken to by Python's: versions, resumption, certificates changed while connections stay."""

import re
import signal
import socket
import ssl
import subprocess
import unittest
from pathlib import Path

from server_support import ServerTest, batch, event
from support import program, wait_until
from tls_support import Authority, Client, client_context, send_key_changes, unread_bytes

TLS = ssl.TLSVersion


class TlsTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder)
        self.certificate, self.key = self.authority.issue("first", 1)

    def start_tls(self, *options):
        return self.start_server("--tls-cert", self.certificate, "--tls-key", self.key, *options)

    def connect_tls(self, context=None, session=None):
        client = Client(self.port, context or client_context(self.authority), session)
        self.addCleanup(client.close)
        return client

    def reload(self, server, expected="configuration read again"):
        before = server.log_end(1000).count(expected)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: server.log_end(1000).count(expected) > before, expected)

    def install(self, name, serial, **how):
        certificate, key = self.authority.issue(name, serial, **how)
        certificate.replace(self.certificate)
        key.replace(self.key)

    def test_versions_1_2_and_1_3_alone(self):
        server = self.start_tls()
        for version, name in ((TLS.TLSv1_2, "TLSv1.2"), (TLS.TLSv1_3, "TLSv1.3")):
            client = self.connect_tls(client_context(self.authority, version))
            self.assertEqual(client.tls.version(), name)
            self.assertIsNone(client.tls.compression())
            head, body = client.get()
            self.assertTrue(head.startswith(b"HTTP/1.1 200 OK"), head)
            self.assertEqual(body, b'{"status":"ok"}')
        old = client_context(self.authority, TLS.TLSv1_1)
        old.set_ciphers("ALL:@SECLEVEL=0")
        with self.assertRaisesRegex(ssl.SSLError, "ALERT_PROTOCOL_VERSION"):
            self.connect_tls(old)
        weak = client_context(self.authority, TLS.TLSv1_2)
        weak.set_ciphers("AES128-SHA:AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
        with self.assertRaisesRegex(ssl.SSLError, "ALERT_HANDSHAKE_FAILURE"):
            self.connect_tls(weak)
        self.assertTrue(self.connect_tls().get()[0].startswith(b"HTTP/1.1 200"))
        self.stop(server)

    def test_bodies_of_any_size_and_pipelined_requests(self):
        server = self.start_tls()
        client = self.connect_tls()
        body = batch([event(number, active_window="w" * 500) for number in range(5000)])
        head = f"POST /api/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        client.tls.sendall(head + body + head + body + b"GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while chunk := client.tls.recv(65536):
            answer += chunk
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d{3}) ", answer), [b"200", b"200", b"404"])
        self.assertIn(b'"accepted":5000', answer)
        self.assertIn(b'"duplicates":5000', answer)
        page = self.connect_tls().get("/api/activity/load/events?limit=5000")
        self.assertEqual(page[1].count(b'"timestamp"'), 5000)
        self.stop(server)

    def test_browsers_are_told_to_insist_on_tls(self):
        server = self.start_tls()
        self.assertIn(b"Strict-Transport-Security: max-age=31536000", self.connect_tls().get()[0])
        self.stop(server)
        server = self.start_tls("--hsts-max-age-sec", "0")
        self.assertNotIn(b"Strict-Transport-Security", self.connect_tls().get()[0])
        self.stop(server)
        server = self.start_server()
        self.assertNotIn("Strict-Transport-Security", self.request("GET", "/healthz")[1])
        self.stop(server)

    def expiry(self):
        metrics = self.connect_tls().get("/metrics")[1].decode()
        return int(float(re.search(r"^activitytrack_tls_certificate_expiry_timestamp_seconds (\S+)$", metrics, re.MULTILINE).group(1)))

    def expiry_by_openssl(self):
        shown = subprocess.run(["openssl", "x509", "-in", self.certificate, "-noout", "-enddate"], capture_output=True, text=True,
                               timeout=60, check=True).stdout
        return ssl.cert_time_to_seconds(shown.strip().removeprefix("notAfter="))

    def test_a_certificate_that_expires_is_told_of(self):
        server = self.start_tls()
        wait_until(lambda: "the TLS certificate expires soon" in server.log_end(), "the warning")
        self.assertRegex(server.log_end(), r"expires=\S+Z days=[12]\n")
        self.assertEqual(self.expiry(), self.expiry_by_openssl())
        self.install("longer", 2, days=30)
        self.reload(server)
        wait_until(lambda: self.expiry() == self.expiry_by_openssl(), "the new certificate's time")
        self.assertEqual(server.log_end(100).count("the TLS certificate expires soon"), 1)
        self.install("ended", 3, days=-1)
        self.reload(server)
        wait_until(lambda: "the TLS certificate has expired" in server.log_end(), "the warning")
        self.stop(server)
        server = self.start_server()
        self.assertNotIn(b"certificate_expiry", self.request("GET", "/metrics")[2])
        self.stop(server)

    def resumed(self, context, session):
        client = self.connect_tls(context, session)
        client.get()
        return client.tls.session_reused

    def session_of(self, context):
        """A ticket: in TLS 1.3 it comes after the handshake, with the first answer."""
        client = self.connect_tls(context)
        client.get()
        self.assertFalse(client.tls.session_reused)
        return client.tls.session

    def test_sessions_are_resumed_across_a_reload(self):
        server = self.start_tls()
        for version in (TLS.TLSv1_2, TLS.TLSv1_3):
            context = client_context(self.authority, version)
            session = self.session_of(context)
            self.assertTrue(self.resumed(context, session))
            self.reload(server)
            self.assertTrue(self.resumed(context, session), "the reload forgot the ticket's key")
        self.stop(server)

    def test_servers_with_the_same_ticket_keys_resume_each_others_sessions(self):
        keys = self.folder / "tickets"
        keys.write_bytes(bytes(range(160)))
        context = client_context(self.authority)
        server = self.start_tls("--tls-ticket-keys", keys)
        session = self.session_of(context)
        self.stop(server)
        keys.write_bytes(bytes(range(80, 160)) + bytes(range(80)))  # rotated: the old first key is now the second
        server = self.start_tls("--tls-ticket-keys", keys)
        self.assertTrue(self.resumed(context, session))
        self.stop(server)
        server = self.start_tls()
        self.assertFalse(self.resumed(context, session), "a ticket of foreign keys was taken")
        self.stop(server)

    def test_a_new_certificate_is_in_force_while_connections_stay(self):
        server = self.start_tls()
        kept = self.connect_tls()
        kept.get()
        self.assertEqual(kept.serial, 1)
        self.install("second", 2)
        self.reload(server)
        self.assertEqual(self.connect_tls().serial, 2)
        self.assertTrue(kept.get()[0].startswith(b"HTTP/1.1 200"))
        self.assertEqual(kept.serial, 1)

        self.certificate.write_text("nonsense")
        self.reload(server, "configuration refused")
        self.assertIn(str(self.certificate), server.log_end(5))
        self.assertEqual(self.connect_tls().serial, 2)
        self.assertTrue(kept.get()[0].startswith(b"HTTP/1.1 200"))
        self.stop(server)

    def test_a_key_of_another_type_leaves_the_old_pair_in_force(self):
        server = self.start_tls()
        _, rsa_key = self.authority.issue("other", 2, ("rsa:2048",))
        rsa_key.replace(self.key)
        self.reload(server, "configuration refused")
        self.assertIn(f"{self.key} is not the key of", server.log_end(5))
        self.assertEqual(self.connect_tls().serial, 1)
        self.stop(server)

    def test_files_that_do_not_fit_are_refused_before_listening(self):
        _, other_key = self.authority.issue("other", 3)
        rsa, rsa_key = self.authority.issue("rsa", 4, ("rsa:2048",))
        rare, rare_key = self.authority.issue("rare", 5, ("ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"))
        locked = self.folder / "locked.key"
        subprocess.run(["openssl", "ec", "-in", self.key, "-aes256", "-passout", "pass:secret", "-out", locked],
                       check=True, capture_output=True, timeout=30)
        none = self.folder / "none.pem"
        empty = self.folder / "empty.pem"
        empty.touch()
        request = self.folder / "request.pem"
        request.write_text("-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n")
        der = self.folder / "cert.der"
        subprocess.run(["openssl", "x509", "-in", self.certificate, "-outform", "DER", "-out", der], check=True,
                       capture_output=True, timeout=30)
        damaged = self.folder / "damaged.pem"
        damaged.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        cases = [
            (["--tls-cert", self.certificate], "tls_cert needs tls_key"),
            (["--tls-key", self.key], "tls_key needs tls_cert"),
            (["--tls-cert", none, "--tls-key", self.key], str(none)),
            (["--tls-cert", self.certificate, "--tls-key", none], str(none)),
            (["--tls-cert", self.certificate, "--tls-key", other_key], f"{other_key} is not the key of"),
            (["--tls-cert", self.certificate, "--tls-key", rsa_key], f"{rsa_key} is not the key of"),
            (["--tls-cert", rsa, "--tls-key", self.key], f"{self.key} is not the key of"),
            (["--tls-cert", rare, "--tls-key", rare_key], f"no client could connect with the certificate in {rare}"),
            (["--tls-cert", self.key, "--tls-key", self.key], f"tls_cert: {self.key} holds a key and no certificate"),
            (["--tls-cert", self.certificate, "--tls-key", self.certificate],
             f"tls_key: {self.certificate} holds a certificate and no key"),
            (["--tls-cert", self.certificate, "--tls-key", locked], f"{locked} is locked by a password"),
            (["--tls-cert", empty, "--tls-key", self.key], f"tls_cert: {empty} is empty"),
            (["--tls-cert", self.certificate, "--tls-key", empty], f"tls_key: {empty} is empty"),
            (["--tls-cert", request, "--tls-key", self.key], f"{request} holds a request"),
            (["--tls-cert", der, "--tls-key", self.key], f"{der} is not PEM"),
            (["--tls-cert", damaged, "--tls-key", self.key], f"tls_cert: {damaged} cannot be used; it is damaged"),
            (["--tls-cert", self.certificate, "--tls-key", self.key, "--tls-ticket-keys", self.key], "80 bytes"),
            (["--tls-ticket-keys", self.key], "needs tls_cert"),
        ]
        for options, part in cases:
            with self.subTest(part):
                done = subprocess.run(
                    [program("server"), "--listen", "127.0.0.1:0", "--data-dir", str(self.folder / "data"),
                     *map(str, options)],
                    env=self.environment(), stdin=subprocess.DEVNULL, timeout=30, capture_output=True, text=True,
                    check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(part, done.stderr)
                self.assertNotIn("listening", done.stderr)

    def test_a_handshake_has_its_time(self):
        server = self.start_tls("--header-timeout-sec", "1")
        silent, plain = self.connect(), self.connect()
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with self.subTest("plain HTTP is not served"):
            self.assertNotIn(b"HTTP/", plain.recv(4096))
        self.assertEqual(silent.recv(1), b"")
        self.stop(server)

    def s_client(self, *options):
        return ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-CAfile", str(self.authority.certificate),
                *options]

    def test_nobody_renegotiates(self):
        server = self.start_tls()
        done = subprocess.run(self.s_client("-tls1_2"), input=b"R\n", capture_output=True, timeout=60, check=False)
        self.assertIn(b"no renegotiation", done.stderr + done.stdout)
        self.assertTrue(self.connect_tls().get()[0].startswith(b"HTTP/1.1 200"))
        self.stop(server)

    def test_a_client_cannot_choose_a_costly_key_agreement(self):
        server = self.start_tls()
        for group, is_taken in (("X25519", True), ("P-256", True), ("P-384", True), ("P-521", False), ("X448", False),
                                ("ffdhe2048", False), ("ffdhe8192", False)):
            with self.subTest(group):
                done = subprocess.run(self.s_client("-tls1_3", "-groups", group), stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=60, check=False)
                self.assertEqual(done.returncode == 0, is_taken, done.stdout + done.stderr)
        done = subprocess.run(self.s_client("-tls1_2", "-cipher", "DHE"), stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=60, check=False)
        self.assertIn(b"handshake failure", done.stderr)
        self.stop(server)

    def test_handshakes_are_computed_beside_the_network_thread(self):
        self.certificate, self.key = self.authority.issue("large", 2, ("rsa:4096",))
        server = self.start_tls()
        tasks = Path(f"/proc/{server.process.pid}/task")

        def cpu_ns():
            return {int(task.name): int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()}

        before = cpu_ns()
        context = client_context(self.authority)
        for _ in range(50):
            Client(self.port, context).close()
        used = {thread: ns - before.get(thread, 0) for thread, ns in cpu_ns().items()}
        network = used[server.process.pid]
        self.assertLess(network, sum(used.values()) / 2, used)
        self.stop(server)

    def test_changes_of_keys_without_end_stop_nobody_else(self):
        server = self.start_tls()
        client = self.connect_tls()
        changing = self.connect()
        own_port = changing.getsockname()[1]
        send_key_changes(changing, 30_000)
        answered = 0
        while unread_bytes(self.port, own_port) > 0:
            self.assertTrue(client.get()[0].startswith(b"HTTP/1.1 200"))
            answered += 1
        self.assertGreater(answered, 2)
        self.stop(server)

    def connect_from(self, address):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(address, 0))
        try:
            return client_context(self.authority).wrap_socket(plain, server_hostname="localhost")
        except OSError:
            plain.close()
            raise

    def connections_until_closed(self, address, most):
        """How many handshakes the address is let have one after the other, at most `most`."""
        for number in range(most):
            try:
                self.connect_from(address).close()
            except OSError:
                return number
        return most

    def test_an_address_has_its_share_of_handshakes(self):
        server = self.start_tls("--max-handshakes-per-min", "5")
        kept = Client(self.port, client_context(self.authority))
        self.addCleanup(kept.close)
        # Some come back meanwhile, on a slow machine.
        closed_after = self.connections_until_closed("127.0.0.1", 200)
        self.assertIn(closed_after, range(4, 200))
        self.connect_from("127.0.0.2").close()
        self.assertIn(b'activitytrack_tls_handshakes_total{result="limited"} 1\n', kept.get("/metrics")[1])
        wait_until(lambda: "max_handshakes_per_min=5" in server.log_end(50), "the log to say so")
        self.stop(server)

    def test_a_trusted_proxy_shakes_hands_for_all_its_clients(self):
        server = self.start_tls("--max-handshakes-per-min", "5", "--trusted-proxy", "127.0.0.1", "--auth", "required")
        self.assertEqual(self.connections_until_closed("127.0.0.1", 50), 50)
        self.assertLess(self.connections_until_closed("127.0.0.2", 200), 200)
        self.stop(server)


class ExposureTest(ServerTest):
    def refused(self, *options):
        done = subprocess.run([program("server"), "--data-dir", str(self.folder / "data"), *options],
                              env=self.environment(), timeout=30, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stderr

    def test_other_addresses_need_tls_or_a_proxy(self):
        self.assertIn("tls_cert", self.refused("--listen", "0.0.0.0:0"))
        self.assertIn("trusted_proxy", self.refused("--listen", "[::]:0"))
        self.assertIn("not a proxy's address", self.refused("--trusted-proxy", "box"))
        for options in (["--trusted-proxy", "127.0.0.0/8"], ["--insecure-listen", "true"]):
            server = self.start("server", "--listen", "0.0.0.0:0", "--data-dir", self.folder / "data", *options)
            wait_until(lambda: "listening address=0.0.0.0" in server.log_end(20) or server.ended(), "the server to listen")
            self.assertFalse(server.ended(), server.log_end(20))
            self.stop(server)

    def test_a_trusted_proxy_alone_says_that_tls_was_used(self):
        told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        server = self.start_server("--auth", "required", "--trusted-proxy", "127.0.0.1")
        self.assertIn("Strict-Transport-Security", self.request("GET", "/healthz", headers=told)[1])
        self.assertNotIn("Strict-Transport-Security", self.request("GET", "/healthz")[1])
        self.stop(server)
        server = self.start_server("--auth", "required", "--trusted-proxy", "127.0.0.2")
        self.assertNotIn("Strict-Transport-Security", self.request("GET", "/healthz", headers=told)[1])
        with socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=("127.0.0.2", 0)) as proxy:
            proxy.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n\r\n")
            self.assertIn(b"Strict-Transport-Security", proxy.recv(4096))
        self.stop(server)


if __name__ == "__main__":
    unittest.main()
