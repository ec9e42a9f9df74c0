"""The connection between a stage and MLflow's server, which can be cut at a given moment of the stage's run."""

import http.client
import json
import threading
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.flows.served import free_port
from tests.recording.served import MLflow

#: When the server goes away, in the order of a run.
MOMENTS = {
    "before": "before the stage starts",
    "created": "when the run was created, before its reply arrives",
    "started": "when the stage knows that its run has started",
    "missed": "before a record is stored",
    "during": "when a record was stored, before its reply arrives",
    "last": "before the last record, which ends the run",
    "ended": "when the run has ended, before the reply arrives",
}
NOT_PASSED_ON = ("host", "content-length", "transfer-encoding", "connection")


@dataclass
class Watch:
    """Follows the requests of one stage, and says when the server goes away.

    `requests` counts from the reply that created the run to the request that ends it. `chosen`: the request at which
    the moments "missed" and "during" are.
    """

    stage: str
    moment: str = ""
    chosen: int = 0
    run_id: str = ""
    requests: int = 0

    def before(self, path: str, body: bytes) -> bool:
        """Returns whether the server goes away before it gets this request."""
        self.requests += bool(self.run_id)
        if self.moment == "missed":
            return bool(self.run_id) and self.requests == self.chosen
        return self.moment == "last" and self._ends(path, body)

    def after(self, path: str, body: bytes, reply: bytes) -> bool:
        """Returns whether the server goes away after it has handled this request."""
        if path.endswith("/runs/create") and json.loads(body)["run_name"] == self.stage and not self.run_id:
            self.run_id = json.loads(reply)["run"]["info"]["run_id"]
            return self.moment in ("created", "started")
        if self.moment == "during":
            return bool(self.run_id) and self.requests == self.chosen
        return self.moment == "ended" and self._ends(path, body)

    def _ends(self, path: str, body: bytes) -> bool:
        if not self.run_id or not path.endswith("/runs/update"):
            return False
        update = json.loads(body)
        return bool(update["run_id"] == self.run_id and update.get("status") == "FINISHED")


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """Passes requests on to a server. When it is cut, connections are refused, and the server is killed if `kills`."""

    def __init__(self, server: MLflow, kills: bool) -> None:
        self._server, self._kills, self._port = server, kills, free_port()
        self.uri = f"http://127.0.0.1:{self._port}"
        self.watch, self.requests = Watch(""), list[tuple[str, bytes, bytes]]()
        self._listener: _Listener | None = None
        self._lock = threading.RLock()

    @property
    def is_cut(self) -> bool:
        return self._listener is None

    def reconnect(self) -> None:
        """Starts the server, if it was killed, and accepts connections."""
        with self._lock:
            if self._listener is None:
                if not self._server.is_running:
                    self._server.start()
                self._listener = _Listener(("127.0.0.1", self._port), self)
                threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            if self._listener is not None:
                listener, self._listener = self._listener, None
                listener.shutdown()
                listener.server_close()
                if self._kills:
                    self._server.stop()

    def pass_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply | None:
        """Returns the server's reply; None if the wire is cut before the reply arrives."""
        with self._lock:
            if self.is_cut or (self.watch.before(path, body) and self._cuts()):
                return None
            reply = self._ask(method, path, headers, body)
            self.requests.append((path, body, reply.body))
            if self.watch.after(path, body, reply.body) and self._cuts():
                return reply if self.watch.moment == "started" else None
            return reply

    def _cuts(self) -> bool:
        self.cut()
        return True

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", int(self._server.uri.rpartition(":")[2]), timeout=60)
        kept = {name: value for name, value in headers.items() if name.lower() not in NOT_PASSED_ON}
        try:
            connection.request(method, path, body, kept)
            found = connection.getresponse()
            known = {name: value for name, value in found.getheaders() if name.lower() not in NOT_PASSED_ON}
            return Reply(found.status, known, found.read())
        finally:
            connection.close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], wire: Wire) -> None:
        self.wire = wire
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def _pass_on(self) -> None:
        assert isinstance(self.server, _Listener)
        reply = self.server.wire.pass_on(self.command, self.path, dict(self.headers.items()), self._body())
        if reply is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in (reply.headers | {"Content-Length": str(len(reply.body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = b""
        while size := int(self.rfile.readline(), 16):
            chunks += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return chunks

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Writes nothing."""
