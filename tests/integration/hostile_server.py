"""A server that was taken over, played by a test."""

import contextlib
import json
import time
import urllib.parse

import http_support


class HostileServer(http_support.HttpServer):
    """Takes events, and answers GET /api/config with what the test says, at once and however it is asked."""

    def __init__(self):
        self.settings = {}
        self.version = 1
        self.lets_wait = False  # like a good server, until there is another version, or `raw`
        self.knows_no_question = False  # like an older server, which does not have the path
        self.nothing_new = False  # says so at once, however long it might wait
        self.asked = []  # queries
        self.raw = []  # what answers the next questions in place of that: bytes, after which the connection is closed
        self.sent = 0  # requests with events
        hostile = self

        class Handler(http_support.Handler):
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
                    self.answer(304)
                else:
                    self.answer_json({"version": hostile.version, "settings": hostile.settings})

            def do_POST(self):
                self.read_body()
                hostile.sent += 1
                self.answer_json({"accepted": 0, "duplicates": 500, "rejected": []})

            def answer_json(self, value):
                self.answer(200, json.dumps(value).encode())

        super().__init__(Handler)
