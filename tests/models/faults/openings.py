"""Problems before the first call: mistakes in the endpoint file, unusual model lists, keys, the environment."""

from dataclasses import dataclass, field
from typing import Any

from tests.models.fake_server import MODELS, Reply
from tests.models.faults.fault import KEY

GONE = "http://127.0.0.1:1"  # no server listens there
PASSWORD = "planted-password"


@dataclass(frozen=True)
class Opening:
    """A problem, or an unusual but valid case, before the first call.

    Attributes:
        words: parts of the BlindspotError; None if the server is called as usual.
        options: keys of the endpoint file. Here and in `words`, {port} stands for the port of the server.
    """

    name: str
    words: tuple[str, ...] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    models: Reply = MODELS


def _url(name: str, url: str, *words: str) -> Opening:
    return Opening(name, words or None, {"base_url": url})


def _models(name: str, body: Any, *words: str, **given: Any) -> Opening:
    options = given.pop("options", {})
    return Opening(name, words or None, options, models=Reply(body, **given))


def _listed(revision: object) -> dict[str, Any]:
    return {"data": [{"id": "m", "revision": revision}]}


URLS: list[Opening] = [
    _url("a trailing slash", "http://127.0.0.1:{port}/v1/"),
    _url("repeated slashes", "http://127.0.0.1:{port}//v1//"),
    _url("surrounding blanks", "  http://127.0.0.1:{port}/v1 \n"),
    _url("the full path", "http://127.0.0.1:{port}/v1/chat/completions"),
    _url("the full path and a slash", "http://127.0.0.1:{port}/v1/chat/completions/"),
    _url("upper case", "HTTP://127.0.0.1:{port}/v1"),
    _url("no scheme", "127.0.0.1:{port}/v1", "base_url", "not a URL of http or https", "http://127.0.0.1:8000/v1"),
    _url("ftp", "ftp://127.0.0.1:{port}/v1", "base_url", "not a URL of http or https"),
    _url("one slash", "http:/127.0.0.1:{port}/v1", "base_url"),
    _url("no host", "http:///v1", "base_url"),
    _url("a port and no host", "http://:8000/v1", "base_url"),
    _url("a query", "http://127.0.0.1:{port}/v1?api-version=1&code=" + KEY, "base_url", "under the key query"),
    _url("a fragment", "http://127.0.0.1:{port}/v1#top", "base_url"),
    _url("port 99999", "http://127.0.0.1:99999/v1", "base_url", "65535"),
    _url("port 0", "http://127.0.0.1:0/v1", "base_url", "port 0"),
    _url("a port that is not a number", "http://127.0.0.1:many/v1", "base_url", "65535"),
    _url("an unclosed bracket", "http://[::1/v1", "base_url", "not a URL"),
    _url("an invalid host name", "http://é..x/v1", "base_url", "not a URL"),
    _url("a host with a blank", "http://exa mple.invalid/v1", "exa mple.invalid"),
    _url("an unknown host name", "http://nowhere.invalid:8000/v1", "the host name nowhere.invalid cannot be resolved"),
    _url("a port without a server", GONE + "/v1", "no server answers at http://127.0.0.1:1/v1/", "start the server"),
    _url(
        "TLS at a port without TLS",
        "https://127.0.0.1:{port}/v1",
        "the TLS handshake with https://127.0.0.1:{port}/v1/ failed",
    ),
]

#: No message may contain the password.
PASSWORDS: list[Opening] = [
    _url("it is sent", "http://user:" + PASSWORD + "@127.0.0.1:{port}/v1"),
    _url("no server", f"http://user:{PASSWORD}@127.0.0.1:1/v1", "no server answers at http://127.0.0.1:1/v1/"),
    _url(
        "an unknown host name",
        f"http://user:{PASSWORD}@nowhere.invalid/v1",
        "the host name nowhere.invalid cannot be resolved",
    ),
    _url("no scheme", f"user:{PASSWORD}@127.0.0.1/v1", "not a URL of http or https"),
    _url("one slash", f"http:/user:{PASSWORD}@127.0.0.1/v1", "base_url"),
    _url("an @ in the password", f"http://user:a@{PASSWORD}@127.0.0.1:1/v1", "no server answers"),
    _url("a slash in the password", f"http://user:a/{PASSWORD}@127.0.0.1/v1", "base_url"),
    _url("a port that is not a number", f"http://user:{PASSWORD}@127.0.0.1:x/v1", "base_url"),
    _url("a query", f"http://user:{PASSWORD}@127.0.0.1/v1?a=1", "under the key query"),
    _url("an unclosed bracket", f"http://user:{PASSWORD}@[::1/v1", "base_url"),
    _url("a full-width slash in the host", f"http://user:{PASSWORD}@exa\uff0fmple/v1", "base_url"),
]

_REVISION = {"revision": "abc"}
MODEL_LISTS: list[Opening] = [
    _models("HTML", "<html>hello</html>"),
    _models("a list", []),
    _models("null", None),
    _models("a list of numbers", {"data": [1, 2]}),
    _models("404", "no", status=404),
    _models("403", "no", status=403),
    _models("429", "slow down", status=429),
    _models("500", "broken", status=500),
    _models("five megabytes", {"data": [{"id": "m" * 5_000_000}]}),
    _models("100,000 levels", "[" * 100_000),
    _models("bytes that are not text", b"\xff\xfe"),
    _models("invalid gzip", b"rubbish", headers={"content-encoding": "gzip"}),
    _models("a circular redirect", "", status=307, headers={"location": "/v1/models"}),
    _models(
        "401",
        {"error": {"message": f"wrong key {KEY}"}},
        "rejects the API key (HTTP 401: wrong key …)",
        "PLANTED_KEY",
        status=401,
    ),
    _models("a redirect to another server", "", "redirects to", GONE, status=302, headers={"location": GONE + "/v1"}),
    _models("a redirect to an invalid URL", "", "127.0.0.1:{port}", status=302, headers={"location": "http://[::1"}),
    _models("a lost connection", "", "no server answers at", drop="before"),
    _models("a slow reply", {}, "no server answers at", "(timeout)", delay=0.5, options={"timeout": 0.1}),
    _models("a reply byte by byte", {"data": [1, 2, 3]}, "(timeout)", drip=0.05, options={"timeout": 0.1}),
    _models("the revision of the endpoint file", _listed("abc"), options=_REVISION),
    _models("no revision", _listed(None), options=_REVISION),
    _models("the revision of another model", {"data": [{"id": "n", "revision": "x"}]}, options=_REVISION),
    _models("a model that is a list", {"data": [{"id": [], "revision": "x"}]}, options=_REVISION),
    _models(
        "another revision", _listed("def"), "serves revision def of m, not abc", "set revision", options=_REVISION
    ),
    _models("a very long revision", _listed("x\n" * 9999), "serves revision x x", options=_REVISION),
]


def _with(name: str, *words: str, options: dict[str, Any] | None = None, **environment: str) -> Opening:
    return Opening(name, words or None, options or {}, environment)


ENVIRONMENT: list[Opening] = [
    _with("a key with a trailing line break", PLANTED_KEY=KEY + "\n"),
    _with("no api_key_env", options={"api_key_env": None}, PLANTED_KEY=KEY),
    _with("the key is empty", "is missing", "export PLANTED_KEY=…", PLANTED_KEY=""),
    _with("the key is blank", "is missing", "export PLANTED_KEY=…", PLANTED_KEY=" \n"),
    _with(
        "a line break inside the key",
        "has characters other than printable ASCII",
        "PLANTED_KEY",
        PLANTED_KEY=f"{KEY}\n{KEY}",
    ),
    _with("the key is not ASCII", "has characters other than printable ASCII", "PLANTED_KEY", PLANTED_KEY=KEY + "é"),
    _with("a missing file of certificates", "SSL_CERT_FILE=/nowhere/ca.pem", "unset", SSL_CERT_FILE="/nowhere/ca.pem"),
    _with("a file without certificates", "SSL_CERT_FILE=", "unset", SSL_CERT_FILE="pyproject.toml"),
    _with("variables of OpenAI", OPENAI_API_KEY="planted-a", OPENAI_BASE_URL=GONE, OPENAI_ORG_ID="planted-b"),
    _with("a proxy that NO_PROXY excludes", HTTP_PROXY=GONE, ALL_PROXY=GONE, NO_PROXY="127.0.0.1"),
    _with("a proxy, and a server on this machine", HTTP_PROXY=GONE),
    _with(
        "a proxy that does not answer",
        "no server answers",
        "a proxy is set by HTTP_PROXY",
        options={"base_url": "http://models.example/v1"},
        HTTP_PROXY=GONE,
    ),
    _with("a SOCKS proxy", "cannot be opened with the proxy set by ALL_PROXY", ALL_PROXY="socks5://127.0.0.1:1"),
    _with(
        "a proxy with an unknown scheme",
        "cannot be opened with the proxy set by HTTP_PROXY",
        HTTP_PROXY="foo://127.0.0.1:1",
    ),
]
