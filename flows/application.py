"""Prefect's server for this machine's user alone: uvicorn's factory is `flows.application:create`.

Prefect's own settings ask for the secret and for CSRF tokens. Prefect does not check the headers Host and Origin, so
that a page of another site could still reach it: by a name that leads to 127.0.0.1, or by a request that needs no
answer. Such requests end here.
"""

from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"
ALIAS = "localhost"


class OwnPagesOnly:
    """Refuses what a page of another origin asks for, by HTTP or by websocket, and redirects localhost to its own."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app, self.origin = app, origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, or lets the application do so."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        url = HTTPConnection(scope).url
        if Headers(scope=scope).get("origin", self.origin) != self.origin:
            refused = PlainTextResponse("Pages of other origins are refused", status_code=403)
            await refused(scope, receive, send)
        elif url.hostname == ALIAS:
            # Prefect's pages call the API by its full address, which is another origin for a page of localhost.
            rest = f"{url.path}?{url.query}" if url.query else url.path
            await RedirectResponse(f"{self.origin}{rest}")(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def guarded(app: ASGIApp, port: int) -> ASGIApp:
    """The application, reachable by the address of its own pages and by no other name."""
    return TrustedHostMiddleware(OwnPagesOnly(app, f"http://{HOST}:{port}"), [HOST, ALIAS], www_redirect=False)


def create() -> ASGIApp:
    """Prefect's server with its API and its pages, for the port in Prefect's settings."""
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    return guarded(create_app(), get_current_settings().server.api.port)
