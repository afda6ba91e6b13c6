"""A proxy between agent and server that fails in every way a network and a server can."""

import random
import socket
import struct
import threading
import time

REFUSALS = {
    "error_500": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "busy_503": b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
    "too_many_429": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
}
FAULTS = ["refuse_connection", "reset_before_answer", "cut_request", "lose_answer", "cut_answer", "slow_answer",
          *REFUSALS]


def read_message(stream):
    """One HTTP message with a Content-Length, as raw bytes; b"" at the end of the stream."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = stream.read(1)
        if not byte:
            return b""
        head += byte
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = stream.read(length)
    return head + body if len(body) == length else b""


def reset(connection):
    """Closes with RST rather than FIN: what a crash or a firewall does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class FaultProxy:
    """Listens on `port`; each request meets a fault drawn by a seeded generator, or none with `calm`."""

    def __init__(self, server_port, seed, fault_rate=0.6):
        self.server_port = server_port
        self.fault_rate = fault_rate
        self.calm = False
        self.met = {name: 0 for name in ["none", *FAULTS]}
        self._random = random.Random(seed)
        self._deck = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _draw(self):
        with self._lock:
            fault = "none"
            if not self.calm and self._random.random() < self.fault_rate:
                if not self._deck:  # each fault comes once before any comes again
                    self._deck = self._random.sample(FAULTS, len(FAULTS))
                fault = self._deck.pop()
            self.met[fault] += 1
            return fault, self._random.random()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, client):
        try:
            with client, client.makefile("rb") as stream:
                while request := read_message(stream):
                    if not self._answer(client, request):
                        return
        except OSError:
            pass  # a side that was killed

    def _answer(self, client, request):
        """Passes one request on, or fails it. False: the connection is over."""
        fault, share = self._draw()
        if fault in REFUSALS:
            client.sendall(REFUSALS[fault])
            return True
        if fault in ("refuse_connection", "reset_before_answer"):
            reset(client)
            return False
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=30) as server:
            if fault == "cut_request":
                server.sendall(request[:int(len(request) * share)])
                reset(client)
                return False
            server.sendall(request)
            with server.makefile("rb") as answers:
                answer = read_message(answers)
        if not answer or fault == "lose_answer":
            reset(client)
            return False
        return self._pass_back(client, answer, fault, share)

    @staticmethod
    def _pass_back(client, answer, fault, share):
        if fault == "cut_answer":
            client.sendall(answer[:int(len(answer) * share)])
            reset(client)
            return False
        if fault == "slow_answer":
            for i in range(len(answer)):
                client.sendall(answer[i:i + 1])
                time.sleep(0.002)
            return True
        client.sendall(answer)
        return True
