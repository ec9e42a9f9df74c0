"""Starts Prefect's server: a temporary one for one run, unless there is one already, or that of `make ui`."""

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
from flows.pages import DEFAULT, HOST, opened
from flows.process_group import process_group

API = "PREFECT_API_URL"
UI = "PREFECT_UI_URL"
START_SECONDS = 180.0
# A proxy would read the secret, and could not reach the server.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def command(port: int) -> list[str]:
    """Prefect's server on loopback, which answers to its own address alone. Its settings are in its environment."""
    options = ["--host", HOST, "--port", str(port), "--workers", "1", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", "--factory", "flows.application:create", *options]


def environment(port: int, auth: str) -> dict[str, str]:
    """What the server's environment has besides ours. A command line would show the secret to every user."""
    address = f"http://{HOST}:{port}"
    return {
        secret.SERVER: auth,
        API: f"{address}/api",
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": address,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_UI_API_URL": f"{address}/api",
        "PREFECT__SERVER_FINAL": "1",  # as `prefect server start` has it: no second application, less memory
    }


def client(address: str, auth: str) -> dict[str, str]:
    """What the environment of a process has besides ours that uses such a server."""
    direct = ",".join(filter(None, [os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), HOST]))
    return {API: f"{address}/api", secret.CLIENT: auth, "NO_PROXY": direct, "no_proxy": direct}


def join(work: Path) -> bool:
    """Has this process use the Prefect server of the `make ui` that is up. The user's own PREFECT_API_URL is kept.

    Returns whether this process now uses it.
    """
    pages = None if os.environ.get(API) else opened(work)
    if pages is None:
        return False
    auth = secret.read_or_make(work)
    if not _accepts(pages.prefect, auth):
        problem = f"{pages.prefect} does not accept the secret in {work / secret.FILE}"
        print(f"warning: {problem}: start `make ui` again to sign in with it", file=sys.stderr)
        return False
    os.environ.update(client(pages.prefect, auth))
    return True


def start_temporary(work: Path) -> Callable[[], None]:
    """Starts a server that lasts as long as this process, unless there is one already. Returns what waits for it.

    To be called before Prefect is imported: the import takes as long as the server's start, and Prefect would start
    one of its own later, which outlives a killed process.
    """
    join(work)
    if os.environ.get(API):
        return lambda: None
    port, auth = _free_port(), secret.read_or_make(work)
    running = ExitStack()
    atexit.register(running.close)  # registered before Prefect's own, and so run after it: it sends its last events
    path = work / "prefect" / "server.log"
    log = running.enter_context(path.open("wb"))
    # No schedules and no pages: those are `make ui`'s.
    quiet = {"PREFECT_SERVER_UI_ENABLED": "false", "PREFECT__SERVER_WEBSERVER_ONLY": "1"}
    process = running.enter_context(process_group(command(port), env=environment(port, auth) | quiet, output=log))
    os.environ.update(client(f"http://{HOST}:{port}", auth))
    os.environ.setdefault(UI, (opened(work) or DEFAULT).prefect)  # where the run's page is to be opened
    return partial(await_answer, f"{os.environ[API]}/health", {f"Prefect's server ({path})": process})


def await_answer(url: str, needed: dict[str, subprocess.Popen[bytes]]) -> None:
    """Waits till `url` answers. Raises BlindspotError where a needed process ends, or where it takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        refuse_ended(needed)
        try:
            with _open(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise BlindspotError(f"{url} does not answer", f"see why {' or '.join(needed)} takes so long")


def refuse_ended(needed: dict[str, subprocess.Popen[bytes]]) -> None:
    """Raises BlindspotError naming a process that ended."""
    for name, process in needed.items():
        if process.poll() is not None:
            raise BlindspotError(f"{name} ended with exit code {process.returncode}", "see what it printed")


def _accepts(address: str, auth: str) -> bool:
    """Whether the server takes this secret."""
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
