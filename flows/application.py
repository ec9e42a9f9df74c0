"""The Prefect server, restricted to the user of this machine. `flows.application:create` is the factory for uvicorn.

Prefect's own settings require the secret and CSRF tokens. But Prefect does not check the Host and Origin headers. A
page of another site could therefore reach the server: through a name that resolves to 127.0.0.1 (DNS rebinding), or
with a request whose response it does not need. This module refuses such requests.
"""

from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"
ALIAS = "localhost"


class SameOriginOnly:
    """Refuses HTTP and websocket requests from pages of another origin. Redirects localhost to 127.0.0.1."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app, self.origin = app, origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses or redirects the request, or passes it to the application."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        url = HTTPConnection(scope).url
        if Headers(scope=scope).get("origin", self.origin) != self.origin:
            refused = PlainTextResponse("Pages of other origins are refused", status_code=403)
            await refused(scope, receive, send)
        elif url.hostname == ALIAS:
            # Prefect's pages call the API at http://127.0.0.1, which is another origin for a page at localhost.
            rest = f"{url.path}?{url.query}" if url.query else url.path
            await RedirectResponse(f"{self.origin}{rest}")(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def guard(app: ASGIApp, port: int) -> ASGIApp:
    """Returns the application with checks of Host and Origin: only its own pages can use it."""
    return TrustedHostMiddleware(SameOriginOnly(app, f"http://{HOST}:{port}"), [HOST, ALIAS], www_redirect=False)


def create() -> ASGIApp:
    """Creates the Prefect server, API and pages, for the port in Prefect's settings."""
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    return guard(create_app(), get_current_settings().server.api.port)
