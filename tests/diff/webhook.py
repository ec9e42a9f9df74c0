"""A server that takes the messages of a webhook."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

LATE = 1.0  # s


@contextmanager
def received() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yields the address of a webhook and the messages that it gets.

    It answers 500 to a path with `broken` in it, and late to one with `silent`.
    """
    messages = list[dict[str, Any]]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            time.sleep(LATE if "silent" in self.path else 0)
            self.send_response(500 if "broken" in self.path else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/secret-path", messages
        server.shutdown()
