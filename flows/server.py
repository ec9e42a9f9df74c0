"""Starts the Prefect server: of `make ui`, or a temporary one for a single run where no server is running."""

import atexit
import base64
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from blindspot.errors import BlindspotError
from flows import secret
from flows.pages import HOST, running_pages
from flows.process_group import process_group

API = "PREFECT_API_URL"
UI = "PREFECT_UI_URL"
START_SECONDS = 180.0
# Without a proxy, which would see the secret and could not reach the server.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def server_command(port: int) -> list[str]:
    """Returns the command that starts the server on the loopback interface. Its settings are in its environment."""
    options = ["--host", HOST, "--port", str(port), "--workers", "1", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", "--factory", "flows.application:create", *options]


def server_environment(port: int, auth: str) -> dict[str, str]:
    """Returns the variables that the server needs. They hold the secret: all users can see command lines."""
    address = f"http://{HOST}:{port}"
    return {
        secret.SERVER: auth,
        API: f"{address}/api",
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": address,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_UI_API_URL": f"{address}/api",
        "PREFECT__SERVER_FINAL": "1",  # as `prefect server start` sets it: no second application, less memory
    }


def client_environment(address: str, auth: str) -> dict[str, str]:
    """Returns the variables that a process needs to use the server."""
    direct = ",".join(filter(None, [os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), HOST]))
    return {API: f"{address}/api", secret.CLIENT: auth, "NO_PROXY": direct, "no_proxy": direct}


def use_running_server(work: Path) -> bool:
    """Makes this process use the Prefect server of a running `make ui`. Keeps the user's own PREFECT_API_URL.

    Returns whether this process now uses that server.
    """
    pages = None if os.environ.get(API) else running_pages(work)
    if pages is None:
        return False
    auth = secret.read_or_create(work)
    if not _accepts(pages.prefect, auth):
        problem = f"{pages.prefect} does not accept the secret in {work / secret.FILE}"
        print(f"warning: {problem}: start `make ui` again to sign in with it", file=sys.stderr)
        return False
    os.environ.update(client_environment(pages.prefect, auth))
    return True


def start_temporary_server(work: Path) -> Callable[[], None]:
    """Starts a server that runs as long as this process, unless one is running. Returns a function that waits for it.

    Call this before importing Prefect. The import then happens while the server starts. Prefect would otherwise start
    a server of its own, which keeps running when this process is killed.
    """
    use_running_server(work)
    if os.environ.get(API):
        return lambda: None
    port, auth = _free_port(), secret.read_or_create(work)
    running = ExitStack()
    # Registered before Prefect's own exit handler, so it runs after that handler has sent the last events.
    atexit.register(running.close)
    path = work / "prefect" / "server.log"
    log = running.enter_context(path.open("wb"))
    # No schedules and no pages: `make ui` has them.
    minimal = {"PREFECT_SERVER_UI_ENABLED": "false", "PREFECT__SERVER_WEBSERVER_ONLY": "1"}
    env = server_environment(port, auth) | minimal
    process = running.enter_context(process_group(server_command(port), env=env, output=log))
    os.environ.update(client_environment(f"http://{HOST}:{port}", auth))
    pages = running_pages(work)
    os.environ.setdefault(UI, pages.prefect if pages else "")  # of the run's page; Prefect prints none if it is empty
    return partial(wait_until_ready, f"{os.environ[API]}/health", {f"Prefect's server ({path})": process})


def wait_until_ready(url: str, processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Waits until `url` answers. Raises BlindspotError where one of the processes ends or the time runs out."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        require_running(processes)
        try:
            with _open(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise BlindspotError(f"{url} does not answer", f"check the output of {' and '.join(processes)}")


def require_running(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Raises BlindspotError naming a process that ended."""
    for name, process in processes.items():
        if process.poll() is not None:
            raise BlindspotError(f"{name} ended with exit code {process.returncode}", "see its output")


def _accepts(address: str, auth: str) -> bool:
    """Returns whether the server accepts this secret."""
    header = {"Authorization": f"Basic {base64.b64encode(auth.encode()).decode()}"}
    try:
        with _open(urllib.request.Request(f"{address}/api/admin/version", headers=header), timeout=30):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
