import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from blindspot.errors import BlindspotError
from blindspot.network import PROXIES, reach_loopback_directly, require_certificates


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*PROXIES, "NO_PROXY"):
        for one in (name, name.lower()):
            monkeypatch.setenv(one, "")  # so that the variable is deleted after the test
            monkeypatch.delenv(one)
    return monkeypatch


@pytest.fixture
def address() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_servers_on_this_machine_are_reached_without_the_proxy(
    name: str, environ: pytest.MonkeyPatch, address: str
) -> None:
    environ.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
    reach_loopback_directly()
    assert httpx.get(address).status_code == 204


def test_the_users_exceptions_are_kept(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("HTTPS_PROXY", "http://proxy:3128")
    environ.setenv("NO_PROXY", "example.org, 127.0.0.1")
    reach_loopback_directly()
    reach_loopback_directly()
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "example.org,127.0.0.1,localhost,::1"


def test_without_a_proxy_and_with_a_star_nothing_changes(environ: pytest.MonkeyPatch) -> None:
    reach_loopback_directly()
    assert "NO_PROXY" not in os.environ
    environ.setenv("HTTP_PROXY", "http://proxy:3128")
    environ.setenv("NO_PROXY", "*")
    reach_loopback_directly()
    assert os.environ["NO_PROXY"] == "*"


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_missing_certificates_are_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, str(tmp_path / "cacert.pem"))
    with pytest.raises(BlindspotError, match=rf"^{name} names .*cacert.pem, which is missing: unset {name}"):
        require_certificates()
    (tmp_path / "cacert.pem").write_text("", "utf-8")
    require_certificates()
