"""A chat-completions server on loopback that replies as a script says, in ways that servers should not."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Body = dict[str, Any] | list[Any] | str | bytes | int | float | None


@dataclass(frozen=True)
class Reply:
    """What the server sends. `length`: a content-length other than the body's. `drip`: s between two bytes.

    `drop`: the connection ends in place of a reply, after half of the body, or by a TCP reset.
    """

    body: Body = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    drop: Literal["", "before", "half", "reset"] = ""
    length: int | None = None
    chunked: bool = False
    raw: bytes | None = None  # in place of everything, status line included

    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


MODELS = Reply({"object": "list", "data": [{"id": "m", "object": "model"}]})
Script = Callable[[str, int], Reply]


def completion(content: Any = "yes", finish: Any = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    """A chat completion with one choice."""
    said = {"role": "assistant", "content": content} | message
    counted = {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10} if usage is None else usage
    choices = [{"index": 0, "finish_reason": finish, "message": said}]
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices, "usage": counted}


class FakeServer(ThreadingHTTPServer):
    """`script(question, n)`: the reply to the n-th call of that question. `models`: the reply to GET of any path."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, script: Script, models: Reply = MODELS) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.models, self.lock = script, models, threading.Lock()
        self.questions: list[str] = []  # of each call
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []  # of each request, GET included
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, *_: object) -> None:
        """Silent: a client that stops waiting is part of the test."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a reply would wait 40 ms for the client to confirm its head

    def do_GET(self) -> None:
        self._note()
        self._send(self.server.models)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        question = body["messages"][0]["content"][-1]["text"]
        self._note()
        with self.server.lock:
            self.server.bodies.append(body)
            self.server.questions.append(question)
            self.server.times.append(time.monotonic())
            number = self.server.questions.count(question)
        self._send(self.server.script(question, number))

    def _note(self) -> None:
        with self.server.lock:
            self.server.paths.append(self.path)
            self.server.headers.append({name.lower(): value for name, value in self.headers.items()})

    def _send(self, reply: Reply) -> None:
        time.sleep(reply.delay)
        if reply.raw is not None or reply.drop in ("before", "reset"):
            self.wfile.write(reply.raw or b"")
            return self._end(reset=reply.drop == "reset")
        payload = reply.payload()
        self.send_response(reply.status)
        length = {"transfer-encoding": "chunked"} if reply.chunked else {"content-length": str(len(payload))}
        if reply.length is not None:
            length = {"content-length": str(reply.length)}
        for name, value in ({"content-type": "application/json"} | length | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if reply.drop == "half":
            self.wfile.write(payload[: len(payload) // 2])
            return self._end()
        if reply.chunked:
            payload = b"".join(b"1\r\n%c\r\n" % byte for byte in payload) + b"0\r\n\r\n"
        for start in range(0, len(payload), 1 if reply.drip else max(1, len(payload))):
            self.wfile.write(payload[start : start + 1] if reply.drip else payload)
            time.sleep(reply.drip)
        if reply.length is not None:
            self._end()

    def _end(self, reset: bool = False) -> None:
        if reset:  # closing then sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def fake(script: Script, models: Reply = MODELS) -> Iterator[FakeServer]:
    """Runs a server in a thread while the block lasts."""
    server = FakeServer(script, models)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
