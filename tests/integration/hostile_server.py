"""A server that was taken over, played by a test."""

import contextlib
import http.server
import json
import threading
import time
import urllib.parse


class HostileServer:
    """Takes events, and answers GET /api/config with what the test says, at once and however it is asked."""

    def __init__(self):
        self.settings = {}
        self.version = 1
        self.lets_wait = False  # as a good one does, until there is another version, or `raw`
        self.knows_no_question = False  # as a server of before there was one
        self.nothing_new = False  # says so at once, however long it might wait
        self.asked = []  # queries
        self.raw = []  # what answers the next questions in place of that: bytes, after which the connection is closed
        self.sent = 0  # requests with events
        hostile = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                hostile.asked.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
                while hostile.lets_wait and not hostile.raw and hostile.asked[-1]["version"] == str(hostile.version):
                    time.sleep(0.02)
                if hostile.raw:
                    self.close_connection = True
                    with contextlib.suppress(OSError):  # the agent may hear no more of it
                        for part in hostile.raw.pop(0):
                            self.wfile.write(part)
                elif hostile.knows_no_question:
                    self.send_error(404)
                elif hostile.nothing_new:
                    self.send_response(304)
                    self.end_headers()
                else:
                    self.answer({"version": hostile.version, "settings": hostile.settings})

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                hostile.sent += 1
                self.answer({"accepted": 0, "duplicates": 500, "rejected": []})

            def answer(self, value):
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # the agent may hang up
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
