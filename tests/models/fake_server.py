"""A chat-completions server on loopback that sends scripted replies, including malformed ones."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, TypeVar

Body = dict[str, Any] | list[Any] | str | bytes | int | float | None


@dataclass(frozen=True)
class Reply:
    """What the server sends.

    Attributes:
        delay: seconds before the reply.
        drip: seconds between two bytes of the body.
        drop: the connection ends instead of a reply, after half of the body, or by a TCP reset.
        length: a content-length other than that of the body.
        raw: bytes sent instead of everything else, status line included.
    """

    body: Body = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    drop: Literal["", "before", "half", "reset"] = ""
    length: int | None = None
    chunked: bool = False
    raw: bytes | None = None

    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


MODELS = Reply({"object": "list", "data": [{"id": "m", "object": "model"}]})
Script = Callable[[str, int], Reply]
AnyServer = TypeVar("AnyServer", bound="FakeServer")


def completion(content: Any = "yes", finish: Any = "stop", usage: Any = None, **fields: Any) -> dict[str, Any]:
    """Returns a chat completion with one choice. `fields`: further fields of its message."""
    message = {"role": "assistant", "content": content} | fields
    tokens = {"prompt_tokens": 8, "completion_tokens": 2, "total_tokens": 10} if usage is None else usage
    choices = [{"index": 0, "finish_reason": finish, "message": message}]
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices, "usage": tokens}


class FakeServer(ThreadingHTTPServer):
    """Replies to each call as a script says, and records the calls.

    Attributes:
        script: returns the reply to the n-th call with a question.
        models: the reply to GET of any path.
        key: the API key that each request must have, or None.
        questions, bodies, times: of each call with the right key.
        paths, headers: of each request, GET included.
        most_at_once: the largest number of concurrent calls.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, script: Script, models: Reply = MODELS, key: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.models, self.key, self.lock = script, models, key, threading.Lock()
        self.questions: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.at_once = self.most_at_once = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def reply_to(self, body: dict[str, Any], question: str, number: int) -> Reply:
        """Returns the reply to the n-th call with a question."""
        return self.script(question, number)

    def handle_error(self, *_: object) -> None:
        """Prints nothing: some tests stop waiting for a reply."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise a reply waits 40 ms until the client confirms the headers

    def do_GET(self) -> None:
        self._send(self._rejection() or self.server.models)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if rejection := self._rejection():
            return self._send(rejection)
        server, question = self.server, body["messages"][-1]["content"][-1]["text"]
        with server.lock:
            server.bodies.append(body)
            server.questions.append(question)
            server.times.append(time.monotonic())
            number = server.questions.count(question)
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            self._send(server.reply_to(body, question, number))
        finally:
            with server.lock:
                server.at_once -= 1

    def _rejection(self) -> Reply | None:
        """Records a request, and returns the reply to one with a wrong key."""
        with self.server.lock:
            self.server.paths.append(self.path)
            self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        sent = self.headers["authorization"]
        if self.server.key is None or sent == f"Bearer {self.server.key}":
            return None
        return Reply({"error": {"message": f"wrong key {sent}"}}, 401)

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
        """Prints nothing."""


@contextmanager
def serving(server: AnyServer) -> Iterator[AnyServer]:
    """Runs a server in a thread while the block lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def fake(script: Script, models: Reply = MODELS) -> Iterator[FakeServer]:
    """Runs a FakeServer in a thread while the block lasts."""
    with serving(FakeServer(script, models)) as server:
        yield server
