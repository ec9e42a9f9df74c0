"""The servers of `make ui` and `make discover` refuse requests without the secret and requests from other sites."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.flows.served import Server, Up

pytestmark = pytest.mark.slow
OPEN = {("GET", "/health"), ("GET", "/ready")}
NOT_IN_SCHEMA = ["/openapi.json", "/docs", "/redoc", "/static/prefect-logo-mark-gradient.png", "/nowhere"]
NOBODY = "00000000-0000-0000-0000-000000000000"
FOREIGN = "http://evil.example"


def routes(server: Server) -> list[tuple[str, str]]:
    """Returns the method and path of every route: those in the API's schema, and those that are not in it."""
    schema = server.call("GET", "/openapi.json")
    listed = [
        (method.upper(), re.sub(r"\{[^}]*\}", NOBODY, path))
        for path, methods in schema["paths"].items()
        for method in methods
    ]
    assert len(listed) > 100
    return [*listed, *(("GET", path) for path in NOT_IN_SCHEMA)]


def answers(server: Server, **options: Any) -> Iterator[tuple[str, httpx.Response]]:
    """Sends a request with these options to each route. Yields the route and its response."""
    with httpx.Client(base_url=server.api, trust_env=False, timeout=60) as client:
        for method, path in routes(server):
            if (method, path) not in OPEN:
                yield f"{method} {path}", client.request(method, path, **options)


def refused(answered: Iterator[tuple[str, httpx.Response]], *codes: int) -> int:
    """Checks that every route responds with one of `codes` and allows no other origin. Returns how many there are."""
    count = 0
    for route, answer in answered:
        assert answer.status_code in codes, f"{route}: {answer.status_code}"
        assert "access-control-allow-origin" not in answer.headers, route
        count += 1
    return count


def test_every_route_refuses_a_request_without_the_secret(server: Server) -> None:
    assert refused(answers(server), 401, 403) > 100
    assert refused(answers(server, headers=server.csrf()), 401) > 100
    wrong = {**server.csrf(), "Authorization": "Basic YWRtaW46d3Jvbmc="}
    assert refused(answers(server, headers=wrong), 401) > 100


def test_every_route_refuses_another_host_even_with_the_secret(server: Server) -> None:
    headers = {**server.csrf(), "Host": f"evil.example:{server.address.rpartition(':')[2]}"}
    assert refused(answers(server, headers=headers, auth=server.credentials), 400) > 100


def test_every_route_refuses_another_origin_even_with_the_secret(server: Server) -> None:
    for origin in (FOREIGN, "null", "http://127.0.0.1:1", server.address.replace("127.0.0.1", "localhost")):
        headers = {**server.csrf(), "Origin": origin}
        assert refused(answers(server, headers=headers, auth=server.credentials), 403) > 100


def test_only_its_own_origin_passes_the_preflight_request(server: Server) -> None:
    for origin, code in ((FOREIGN, 403), (server.address, 200)):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = httpx.options(f"{server.api}/deployments/filter", headers=headers, trust_env=False)
        assert answer.status_code == code
        assert answer.headers.get("access-control-allow-origin") == (origin if code == 200 else None)


def test_a_write_without_a_csrf_token_is_refused(server: Server) -> None:
    answer = httpx.post(f"{server.api}/flows/", json={"name": "x"}, auth=server.credentials, trust_env=False)
    assert answer.status_code == 403
    assert "CSRF" in answer.text


def test_health_and_readiness_need_no_secret_but_the_right_host(server: Server) -> None:
    for _, path in OPEN:
        assert httpx.get(server.api + path, trust_env=False).status_code == 200
        answer = httpx.get(server.api + path, headers={"Host": "evil.example"}, trust_env=False)
        assert answer.status_code == 400


def websockets() -> list[str]:
    """Returns the path of every websocket of Prefect's API."""
    from fastapi.routing import APIWebSocketRoute
    from prefect.server.api.server import API_ROUTERS

    found = [route.path for router in API_ROUTERS for route in router.routes if isinstance(route, APIWebSocketRoute)]
    return [re.sub(r"\{[^}]*\}", NOBODY, path) for path in found]


def first_response(server: Server, path: str, token: str, **options: Any) -> str:
    """Returns a websocket's response to a message with this token: auth_success, or the code of the refusal."""
    settings: dict[str, Any] = {"subprotocols": ["prefect"], "proxy": None, **options}
    url = f"{server.api}{path}".replace("http://", "ws://")
    try:
        with connect(url.replace("127.0.0.1", settings.pop("host", "127.0.0.1")), **settings) as opened:
            opened.send(json.dumps({"type": "auth", "token": token}))
            return str(json.loads(opened.recv(timeout=30))["type"])
    except ConnectionClosed as closed:
        return str(closed.rcvd.code if closed.rcvd else "closed")
    except InvalidStatus as answer:
        return str(answer.response.status_code)


def test_every_websocket_needs_the_secret_and_refuses_other_sites(server: Server) -> None:
    paths = websockets()
    assert {"/events/in", "/events/out", "/logs/out"} <= {*paths}
    port = int(server.address.rpartition(":")[2])
    for path in paths:
        assert first_response(server, path, "wrong") == "1008"
        assert first_response(server, path, server.secret, subprotocols=None) == "403"
        assert first_response(server, path, server.secret, origin=FOREIGN) == "403"
        rebound = socket.create_connection(("127.0.0.1", port))
        assert first_response(server, path, server.secret, host="evil.example", sock=rebound) == "400"
        if "/work_pools/" not in path:  # that one first looks for the pool
            assert first_response(server, path, server.secret) == "auth_success"
            assert first_response(server, path, server.secret, origin=server.address) == "auth_success"


def test_localhost_redirects_to_the_address_of_the_pages(pages: Up) -> None:
    asked = pages.server.address.replace("127.0.0.1", "localhost") + "/v2/deployments?page=1"
    answer = httpx.get(asked, trust_env=False)
    assert (answer.status_code, answer.headers["location"]) == (307, f"{pages.server.address}/v2/deployments?page=1")


def test_mlflow_refuses_another_host_and_another_origin(pages: Up) -> None:
    path = f"{pages.mlflow}/api/2.0/mlflow/experiments/search?max_results=1"
    assert httpx.get(path, trust_env=False).status_code == 200
    assert httpx.get(path, headers={"Host": "evil.example"}, trust_env=False).status_code == 403
    post = path.partition("?")[0].replace("search", "create")
    answer = httpx.post(post, json={"name": "x"}, headers={"Origin": FOREIGN}, trust_env=False)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_no_command_line_shows_the_secret(pages: Up) -> None:
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "flows.application:create" in shown
    assert pages.server.secret.partition(":")[2] not in shown
    assert pages.server.secret.partition(":")[2] not in pages.terminal()
