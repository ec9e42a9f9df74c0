"""A chat-completions server on loopback, whose faults are drawn by a seed."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = ("500", "503", "429", "slow", "dropped", "half", "empty", "page")
KEY = "sk-planted-0123456789abcdef"
SLOW = 3.0  # s, above the client's timeout


class Server(ThreadingHTTPServer):
    """Says what `reply` makes of the prompt. `share` of the calls go wrong; `key` is asked for where it is given."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, share: float = 0.0, key: str | None = None, faults: tuple[str, ...] = FAULTS) -> None:
        self.reply: Callable[[str], str] = lambda prompt: f"about {prompt}"
        super().__init__(("127.0.0.1", 0), _Handler)
        self.share, self.key, self.faults = share, key, faults
        self.random, self.lock = random.Random(1), threading.Lock()
        self.attempts: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.now = self.most_at_once = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, *_: object) -> None:
        """Silent: a client that gave up waiting is part of the test."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a reply would wait 40 ms for the client to confirm its head

    def do_GET(self) -> None:
        self._send(200 if self._allowed() else 401, {"object": "list", "data": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self._allowed():
            return self._send(401, {"error": {"message": f"wrong key {self.headers['authorization']}"}})
        with self.server.lock:
            self.server.now += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.now)
        try:
            self._answer(body)
        finally:
            with self.server.lock:
                self.server.now -= 1

    def _answer(self, body: dict[str, Any]) -> None:
        question = body["messages"][0]["content"][-1]["text"]
        server = self.server
        with server.lock:
            server.attempts[question] += 1
            server.bodies.append(body)
            fault = server.random.choice(server.faults) if server.random.random() < server.share else "none"
            server.met[fault] += 1
        content = None if fault == "withheld" else server.reply(question)
        reason = {"withheld": "content_filter", "long": "length"}.get(fault, "stop")
        choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": content}}
        usage = {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10}
        reply: dict[str, Any] = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
        reply |= {"choices": [choice]} if fault == "uncounted" else {"choices": [choice], "usage": usage}
        if fault.isdigit():
            self._send(int(fault), {"error": {"message": "injected"}}, {"retry-after": "0"} if fault == "429" else {})
        elif fault == "dropped":
            self.connection.close()
        elif fault == "half":
            self._send(200, json.dumps(reply)[:60])
        elif fault == "drip":  # a blank now and then, as proxies send to keep a connection
            self._send(200, " " * 40, pause=SLOW / 20)
        elif fault == "page":
            self._send(200, "<html>maintenance</html>")
        else:
            time.sleep(SLOW if fault == "slow" else 0.0)
            self._send(200, reply | ({"choices": []} if fault == "empty" else {}))

    def _allowed(self) -> bool:
        return self.server.key is None or self.headers["authorization"] == f"Bearer {self.server.key}"

    def _send(self, status: int, body: object, headers: dict[str, str] | None = None, pause: float = 0.0) -> None:
        payload = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(payload))}.items():
            self.send_header(name, value)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        for start in range(0, len(payload), 1 if pause else len(payload)):
            self.wfile.write(payload[start : start + 1] if pause else payload)
            time.sleep(pause)

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Runs it in a thread while the block lasts."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
