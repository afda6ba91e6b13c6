"""How an agent gets its configuration where it cannot wait for it: through proxies, by TLS, from and to older programs."""

import ctypes
import http.client
import json

import http_support
from configuration_support import ConfigurationTest
from server_support import event
from support import find_program, wait_until
from tls_support import Authority

from rigs.process import Child, free_port


def unpacked(body):
    """Of zstd, which Python does not have yet."""
    zstd = ctypes.CDLL("libzstd.so.1")
    for function in (zstd.ZSTD_getFrameContentSize, zstd.ZSTD_decompress):
        function.restype = ctypes.c_uint64
    into = ctypes.create_string_buffer(zstd.ZSTD_getFrameContentSize(body, ctypes.c_size_t(len(body))))
    size = zstd.ZSTD_decompress(into, ctypes.c_size_t(len(into)), body, ctypes.c_size_t(len(body)))
    return into.raw[:size]


class Middleman(http_support.HttpServer):
    """Stands where the agent takes the server to be, and answers as `answer(handler, body)` does."""

    def __init__(self, answer):
        class Handler(http_support.Handler):
            def do_GET(self):
                answer(self, self.read_body())

            do_POST = do_GET

        super().__init__(Handler)


class DeliveryTest(ConfigurationTest):
    def start_middleman(self, answer):
        middleman = Middleman(answer)
        self.addCleanup(middleman.stop)
        return middleman.port

    def start_agent_of(self, port, scheme="http", **settings):
        return self.start_agent(server_url=f"{scheme}://127.0.0.1:{port}", send_interval_sec=1, **settings)


class OlderTest(DeliveryTest):
    def test_an_old_agent_sends_on_and_is_shown_as_it_is(self):
        """Its events are answered with the version, of which it knows nothing."""
        self.start_server()
        self.assertEqual(self.post([event(0, "test-machine")])["configuration_version"], 0)
        self.put("configuration/defaults", {"idle_after_sec": 30})
        self.assertEqual(self.post([event(1, "test-machine")]),
                         {"accepted": 1, "duplicates": 0, "rejected": [], "configuration_version": 1})
        shown = self.machine()
        self.assertEqual((shown["state"], shown["applied_version"], shown["asked_at"]), ("pending", 0, None))

    def test_an_old_server_is_sent_to_and_asked_rarely(self):
        asked, events = [], []

        def answer(handler, body):
            if handler.command == "GET":
                asked.append(handler.path)
                return handler.answer(404)
            sent = len(json.loads(unpacked(body))["events"])
            events.append(sent)
            return handler.answer(200, json.dumps({"accepted": sent, "duplicates": 0, "rejected": []}).encode())

        agent = self.start_agent_of(self.start_middleman(answer), collect_interval_sec=1)
        wait_until(lambda: sum(events) >= 4, "events to go on")
        self.assertEqual(len(asked), 1, asked)
        self.assertEqual(agent.log_end(1000).count("the server gives agents no configuration"), 1)


class WithoutLongPolls(DeliveryTest):
    def test_the_answer_to_events_brings_it_where_nothing_may_wait(self):
        server = self.start_server()
        server_port = self.port

        def answer(handler, body):
            if handler.command == "GET" and "&wait=0&" not in handler.path:
                return handler.answer(504)
            connection = http.client.HTTPConnection("127.0.0.1", server_port, timeout=30)
            connection.request(handler.command, handler.path, body, dict(handler.headers))
            response = connection.getresponse()
            return handler.answer(response.status, response.read())

        self.start_agent_of(self.start_middleman(answer), collect_interval_sec=1)
        for version, seconds in ((1, 30), (2, 31), (3, 32)):
            self.put("configuration/defaults", {"idle_after_sec": seconds})
            self.wait_until_applied(version)
        self.assertEqual(self.value("idle_after_sec"), "32")
        self.assertFalse(server.ended())

    def test_where_too_many_wait_the_others_get_it_when_they_send(self):
        server = self.start_server("--max-waiting-agents", "1")
        first = self.connect()
        first.sendall(b"GET /api/config?version=0&machine_id=other&wait=300 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: b"activitytrack_http_waiting 1\n" in self.request("GET", "/metrics")[2], "the first to wait")
        status, headers, _ = self.request("GET", "/api/config?version=0&machine_id=vm-2&wait=300")
        self.assertEqual((status, headers["Retry-After"]), (503, "60"))
        self.assertIn("more agents want to wait", server.log_end(100))
        self.start_sending_agent(collect_interval_sec=1)
        self.put("machines/test-machine/configuration", {"idle_after_sec": 30})
        self.wait_until_applied(1)
        first.close()
        wait_until(lambda: b"activitytrack_http_waiting 0\n" in self.request("GET", "/metrics")[2], "the first to be gone")


class ThroughTls(DeliveryTest):
    def test_by_the_servers_own_tls(self):
        authority = Authority(self.folder)
        certificate, key = authority.issue("box", 1)
        self.start_server("--tls-cert", certificate, "--tls-key", key)
        self.start_agent_of(self.port, "https", ca_file=str(authority.certificate))
        for seconds in ("30", "31"):
            self.command("config", "set", "defaults", f"idle_after_sec={seconds}", "--yes")
            wait_until(lambda: self.value("idle_after_sec") == seconds, "it to be in force")


class ThroughProxies(DeliveryTest):
    def start_proxy(self, program, text):
        self.need(program)
        port = free_port()
        file = self.folder / f"{program}.conf"
        file.write_text(text.replace("PUBLIC", str(port)).replace("SERVER", str(self.port)).replace("FOLDER", str(self.folder)))
        options = ["-db", "-f", file] if program == "haproxy" else ["-e", "stderr", "-c", file]
        proxy = Child([find_program(program), *map(str, options)], self.folder / f"{program}.log", self.environment())
        self.addCleanup(proxy.stop)
        return port

    def test_connections_that_rest_are_closed_and_no_version_is_lost(self):
        self.start_server()
        self.start_agent_of(self.start_proxy("haproxy", """
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive 1
frontend public
    bind 127.0.0.1:PUBLIC
    default_backend server
backend server
    server one 127.0.0.1:SERVER
"""))
        for version in range(1, 6):
            self.put("configuration/defaults", {"idle_after_sec": 30 + version})
            self.wait_until_applied(version)
        self.assertEqual(self.value("idle_after_sec"), "35")

    def test_a_proxy_that_cuts_what_rests_has_the_agent_wait_for_less(self):
        self.start_server()
        paths = "".join(f"{name}_temp_path FOLDER/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        self.start_agent_of(self.start_proxy("nginx", f"""
daemon off; master_process off; pid FOLDER/nginx.pid;
events {{}}
http {{
    log_format asked "$status $request_uri";
    access_log FOLDER/asked.log asked;
    {paths}
    server {{
        listen 127.0.0.1:PUBLIC;
        location / {{
            proxy_pass http://127.0.0.1:SERVER;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_read_timeout 21s;
        }}
    }}
}}
"""))

        def asked():
            return [line for line in (self.folder / "asked.log").read_text().splitlines() if "/api/config?" in line]

        wait_until(lambda: any(line.startswith("504") and "wait=300" in line for line in asked()), "the proxy to cut the wait")
        wait_until(lambda: any(line.startswith("304") and "wait=20" in line for line in asked()), "a shorter wait to end")
        self.put("configuration/defaults", {"idle_after_sec": 30})
        self.wait_until_applied(1)
