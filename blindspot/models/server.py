"""Opens an HTTP client for an OpenAI-compatible server and explains why a server cannot be reached."""

import os
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from blindspot.errors import BlindspotError
from blindspot.models.description import Server
from blindspot.network import PROXIES, reach_loopback_directly
from blindspot.replies import shorten

if TYPE_CHECKING:
    import httpx

#: Environment variables from which httpx reads the location of certificates.
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
BY_GET = (301, 302, 303)  # redirects that turn a POST into a GET without a body


class RedirectedElsewhere(Exception):
    """The server redirects to another origin, or in a way that loses the body. `str(error)` is the new URL."""


def open_client(server: Server) -> "httpx.AsyncClient":
    """Returns a client that sends the API key and follows redirects within the server's origin. It does not retry.

    Raises BlindspotError if base_url, the key, a proxy or the certificates are invalid.
    """
    import httpx

    url, key = api_url(server), _key(server)
    reach_loopback_directly()
    try:
        return httpx.AsyncClient(
            base_url=url,
            params=server.query,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=server.timeout,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=server.concurrency),
            follow_redirects=True,
            event_hooks={"response": [_refuse_other_origin]},
        )
    except (OSError, ssl.SSLError) as error:
        variables = [f"{name}={os.environ[name]}" for name in CERTIFICATES if os.environ.get(name)]
        raise BlindspotError(
            f"the TLS certificates of {' and '.join(variables) or 'the system'} cannot be read ({error})",
            "unset the variable, or set it to a file of certificates" if variables else "install CA certificates",
        ) from None
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        if proxies := _proxies():
            raise BlindspotError(
                f"base_url {shown(url)} cannot be opened with the proxy set by {proxies}",
                "set the proxy as http://host:port, or unset it, or fix base_url",
            ) from error
        raise BlindspotError(f"base_url {shown(url)} is not a URL", "fix base_url in the endpoint file") from None


async def _refuse_other_origin(response: "httpx.Response") -> None:
    """Raises RedirectedElsewhere if a response leads to another origin, or to a request without its body."""
    import httpx

    if not response.has_redirect_location:
        return
    request = response.request
    try:
        target = request.url.join(response.headers["location"])
    except httpx.InvalidURL:
        return  # httpx raises an error of its own
    loses_body = request.method == "POST" and response.status_code in BY_GET
    if loses_body or _origin(target) != _origin(request.url):
        raise RedirectedElsewhere(shorten(shown(str(target))))


def api_url(server: Server) -> str:
    """Returns base_url without common mistakes. Raises BlindspotError if it is not a URL.

    Removes surrounding spaces, repeated slashes and a trailing /chat/completions.
    """
    text = server.base_url.strip()
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BlindspotError(
            f"base_url {shown(text)} is not a URL of http or https",
            "write base_url in the endpoint file as http://127.0.0.1:8000/v1",
        )
    if parts.query or parts.fragment:
        raise BlindspotError(
            f"base_url {shown(text)} has a query or a fragment",
            "remove it, and put query parameters under the key query of the endpoint file",
        )
    path = re.sub(r"/+", "/", parts.path).rstrip("/").removesuffix("/chat/completions")
    return f"{parts.scheme}://{parts.netloc}{path}/"


def shown(url: str) -> str:
    """Returns a URL without user name, password and query, so that messages can contain it."""
    scheme, rest = re.fullmatch(r"(\w+:?/+|)(.*)", url.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
    if not re.match(r"(?:[\w.-]+|\[[\w:.%]+\])(?::\d+)?(?:[/?#]|$)", rest):  # otherwise an @ belongs to the path
        rest = rest.rpartition("@")[2]
    return scheme + re.split(r"[?#]", rest)[0]


def unreachable(error: BaseException, url: str) -> tuple[str, str]:
    """Returns why a request did not reach the server, and the fix."""
    causes = [*_causes(error)]
    for cause in causes:
        if isinstance(cause, RedirectedElsewhere):
            return f"{shown(url)} redirects to {cause}", "set base_url to that URL if you trust it"
        if isinstance(cause, ssl.SSLError) or "ssl" in type(cause).__name__.lower():
            return (
                f"the TLS handshake with {shown(url)} failed ({shorten(str(cause))})",
                "check the certificate of the server, and base_url",
            )
        if isinstance(cause, socket.gaierror):
            return f"the host name {urlsplit(url).hostname} cannot be resolved", "fix base_url, or check the network"
    timed_out = isinstance(error, TimeoutError) or "Timeout" in type(error).__name__
    reason = "timeout" if timed_out else shorten(str(causes[-1]) or str(error)) or "the connection was lost"
    proxies = f"; a proxy is set by {_proxies()}" if _proxies() else ""
    return f"no server answers at {shown(url)} ({reason}{proxies})", "start the server, or fix base_url"


def listed_models(response: "httpx.Response") -> dict[str, Any]:
    """Returns the revision of each model in a list of models, by name. Empty where the response has another form."""
    if response.status_code != 200:
        return {}
    try:
        models = [model for model in response.json()["data"] if isinstance(model, dict) and "id" in model]
    except (ValueError, RecursionError, LookupError, TypeError):
        return {}
    return {str(model["id"]): model.get("revision") for model in models}


def refuse_other_revision(models: Mapping[str, Any], server: Server) -> None:
    """Raises BlindspotError if the server lists another revision of the model than the endpoint file."""
    served = models.get(server.model) or server.revision  # most servers do not list revisions
    if server.revision is not None and served != server.revision:
        url, model = shown(server.base_url), server.model
        raise BlindspotError(
            f"{url} serves revision {shorten(str(served))} of {model}, not {server.revision}",
            "set revision in the endpoint file to the served one, or serve the other",
        )


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # its message may contain a password
        problem = f"base_url {shown(text)} is not a URL, or its port is not a number up to 65535"
        raise BlindspotError(problem, "fix base_url in the endpoint file") from None
    if port == 0:
        raise BlindspotError(f"base_url {shown(text)} has port 0", "use the port on which the server listens")
    return parts


def _key(server: Server) -> str:
    if not server.api_key_env:
        return ""
    key = os.environ.get(server.api_key_env, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        problem = "is missing" if not key else "has characters other than printable ASCII"
        raise BlindspotError(f"the API key for {shown(server.base_url)} {problem}", f"export {server.api_key_env}=…")
    return key


def _proxies() -> str:
    """Returns the names of the environment variables that set a proxy, for a message."""
    return " and ".join(name for name in PROXIES if os.environ.get(name) or os.environ.get(name.lower()))


def _origin(url: "httpx.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
