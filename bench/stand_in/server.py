"""A chat-completions server on loopback that replies as instruct models do about pictures of scenes.

It serves three models: questioner, candidate and judge. They see only the picture and the prompt of a request. The
server recognises the scene in the picture and replies from it.
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from bench.stand_in.models import WEAKNESSES, StandInCandidate, reply_as_judge, reply_as_questioner
from bench.stand_in.pictures import Gallery, decode_url
from blindspot.scenes.scene import Scene

ROLES = ("questioner", "candidate", "judge")
UNKNOWN = "Red."  # about a picture of no scene, such as the picture of a test question


class Asked(NamedTuple):
    """What a request asks. `picture`: the bytes of the first image, or None. `sampling`: empty at temperature 0."""

    role: str
    prompt: str
    picture: bytes | None
    sampling: list[Any]


def read_request(content: bytes, models: Sequence[str] = ROLES) -> Asked:
    """Reads the body of a request. Raises ValueError, LookupError or TypeError if it is no chat with a known model."""
    body = json.loads(content)
    if body["model"] not in models:
        raise ValueError(f"unknown model {body['model']}")
    parts = body["messages"][-1]["content"]
    prompt = "".join(part["text"] for part in parts if part["type"] == "text")
    urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    sampling = [body["temperature"], body.get("seed")] if body.get("temperature") else []
    return Asked(body["model"], prompt, decode_url(urls[0]) if urls else None, sampling)


class StandIn(ThreadingHTTPServer):
    """The server. Attributes: `models`, their names; `calls`, the number of chat completions by model."""

    models: Sequence[str] = ROLES
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, gallery: Gallery, weaknesses: Sequence[str] = (*WEAKNESSES.values(),), seed: int = 0) -> None:
        """`weaknesses`: conditions under which the candidate's answers are wrong. `seed`: of all replies."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self._gallery, self._candidate, self._seed = gallery, StandInCandidate(weaknesses), seed
        self._lock, self.calls = threading.Lock(), Counter[str]()

    @property
    def url(self) -> str:
        """The base URL for clients."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def reply(self, asked: Asked) -> str:
        """Returns the reply to a request. The same request gets the same reply."""
        scene = self._gallery.scene_in(asked.picture) if asked.picture else None
        with self._lock:
            self.calls[asked.role] += 1
        if scene is None:
            return UNKNOWN
        rng = random.Random(json.dumps([self._seed, asked.role, scene.to_json(), asked.prompt, asked.sampling]))
        return self._replies(asked.role, asked.prompt, scene, rng)

    def _replies(self, role: str, prompt: str, scene: Scene, rng: random.Random) -> str:
        if role == "questioner":
            return reply_as_questioner(prompt, scene, rng)
        return self._candidate.reply(prompt, scene, rng) if role == "candidate" else reply_as_judge(prompt, scene, rng)


class _Handler(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise a reply waits 40 ms until the client confirms the headers

    def do_GET(self) -> None:
        self._send(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.server.models]})

    def do_POST(self) -> None:
        try:
            asked = read_request(self.rfile.read(int(self.headers["content-length"])), self.server.models)
            text = self.server.reply(asked)
        except (ValueError, LookupError, TypeError) as error:
            return self._send(400, {"error": {"message": f"{type(error).__name__}: {error}"}})
        spent = {"prompt_tokens": 300, "completion_tokens": len(text) // 4 + 1}
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        completion = {"id": "1", "object": "chat.completion", "created": 0, "model": asked.role}
        usage = spent | {"total_tokens": sum(spent.values())}
        self._send(200, completion | {"choices": [choice], "usage": usage})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@contextmanager
def serving(server: StandIn) -> Iterator[StandIn]:
    """Runs the server in a thread while the block lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
