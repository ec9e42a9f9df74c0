"""Opens an HTTP client for an OpenAI-compatible server, and explains why a server cannot be reached."""

import os
import re
import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from blindspot.errors import BlindspotError
from blindspot.models.description import Server
from blindspot.replies import shorten

if TYPE_CHECKING:
    import httpx

#: Environment variables that name certificates, which httpx reads.
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")  # in capitals or not
BY_GET = (301, 302, 303)  # statuses of redirects after which a client repeats a POST as GET, without its body


class RedirectedElsewhere(Exception):
    """A server sends the request to another origin, or in a way that loses its body. `str(error)` is the new URL."""


def open_client(server: Server) -> "httpx.AsyncClient":
    """A client that sends the key, follows redirects within the server's own origin, and tries each request once.

    Raises BlindspotError where base_url or the key cannot be right, or a certificate file is missing.
    """
    import httpx

    async def refuse_elsewhere(response: httpx.Response) -> None:
        if response.has_redirect_location:
            asked = response.request
            try:
                target = asked.url.join(response.headers["location"])
            except httpx.InvalidURL:
                return  # httpx refuses it too
            lost = asked.method == "POST" and response.status_code in BY_GET
            if lost or _origin(target) != _origin(asked.url):
                raise RedirectedElsewhere(shorten(shown(str(target))))

    url, key = api_url(server), _key(server)
    try:
        return httpx.AsyncClient(
            base_url=url,
            params=server.query,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=server.timeout,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=server.concurrency),
            follow_redirects=True,
            event_hooks={"response": [refuse_elsewhere]},
        )
    except (OSError, ssl.SSLError) as error:
        named = [f"{name}={os.environ[name]}" for name in CERTIFICATES if os.environ.get(name)]
        raise BlindspotError(
            f"the certificates that {' and '.join(named) or 'the system'} names cannot be read ({error})",
            "unset the variable, or set it to a file of certificates",
        ) from None
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        if proxies := _proxies():
            raise BlindspotError(f"no proxy can be used as {proxies} says", "set it to http://host:port") from error
        raise BlindspotError(f"base_url {shown(url)} is not a URL", "fix it in the endpoint file") from None


def api_url(server: Server) -> str:
    """The URL of the API without the slips that are common in it. Raises BlindspotError naming base_url."""
    text = server.base_url.strip()
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BlindspotError(
            f"base_url {shown(text)} is not a URL of http or https", "write it as http://127.0.0.1:8000/v1"
        )
    if parts.query or parts.fragment:
        raise BlindspotError(
            f"base_url {shown(text)} has a query", "put its parameters into the endpoint file under the key query"
        )
    path = re.sub(r"/+", "/", parts.path).rstrip("/").removesuffix("/chat/completions")
    return f"{parts.scheme}://{parts.netloc}{path}/"


def shown(url: str) -> str:
    """A URL without the user name, password and query that it may hold, for messages."""
    scheme, place = re.fullmatch(r"(\w+:?/+|)(.*)", url.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
    if not re.match(r"(?:[\w.-]+|\[[\w:.%]+\])(?::\d+)?(?:[/?#]|$)", place):  # else an @ is part of the path
        place = place.rpartition("@")[2]
    return scheme + re.split(r"[?#]", place)[0]


def unreachable(error: BaseException, url: str) -> tuple[str, str]:
    """What kept a request from reaching the server, and how to fix it."""
    causes = [*_causes(error)]
    for cause in causes:
        if isinstance(cause, RedirectedElsewhere):
            return f"{shown(url)} redirects to {cause}", "set base_url to that address if you trust it"
        if isinstance(cause, ssl.SSLError) or "ssl" in type(cause).__name__.lower():
            return (
                f"TLS fails at {shown(url)} ({shorten(str(cause))})",
                "check its certificate, or base_url",
            )
        if isinstance(cause, socket.gaierror):
            return f"no host is named {urlsplit(url).hostname}", "fix base_url, or see to the network"
    late = isinstance(error, TimeoutError) or "Timeout" in type(error).__name__
    reason = "it took too long" if late else shorten(str(causes[-1]) or str(error)) or "the connection broke"
    proxies = f", and {_proxies()} may lead elsewhere" if _proxies() else ""
    return f"no server answers at {shown(url)} ({reason}{proxies})", "start it, or fix base_url"


def refuse_other_revision(response: "httpx.Response", server: Server) -> None:
    """Raises BlindspotError where the list of models says that another revision is served than the file names."""
    if server.revision is None or response.status_code != 200:
        return
    try:
        listed = response.json()["data"]
        served = {one["id"]: one["revision"] for one in listed if one.get("revision")}
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return  # most servers list no revision
    found = served.get(server.model, server.revision)
    if found != server.revision:
        raise BlindspotError(
            f"{shown(server.base_url)} serves {server.model} in revision {shorten(str(found))}, not {server.revision}",
            "set revision in the endpoint file to the one that is served",
        )


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # its text may hold a password
        what = f"base_url {shown(text)} is not a URL, or its port is not a number up to 65535"
        raise BlindspotError(what, "fix it in the endpoint file") from None
    if port == 0:
        raise BlindspotError(f"base_url {shown(text)} has port 0", "name the port that the server listens on")
    return parts


def _key(server: Server) -> str:
    if not server.api_key_env:
        return ""
    key = os.environ.get(server.api_key_env, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        what = "is missing" if not key else "has characters that no key has"
        raise BlindspotError(f"the key for {shown(server.base_url)} {what}", f"export {server.api_key_env}=…")
    return key


def _proxies() -> str:
    """The environment variables that name a proxy."""
    return " and ".join(name for name in PROXIES if os.environ.get(name) or os.environ.get(name.lower()))


def _origin(url: "httpx.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
