"""Starts Prefect's server: a temporary one for one run, unless there is one already, or that of `make ui`."""

import atexit
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
from flows.environment import API
from flows.found import PREFECT_PORT
from flows.leash import leashed

HOST = "127.0.0.1"
START_SECONDS = 180.0


def command(port: int, *options: str) -> list[str]:
    """Prefect's server on loopback."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port), *options]


def start_temporary(work: Path) -> Callable[[], None]:
    """Starts a server that lasts as long as this process, unless PREFECT_API_URL names one. Returns what waits for it.

    To be called before Prefect is imported: the import takes as long as the server's start, and Prefect would start
    one of its own later, which outlives a killed process.
    """
    if os.environ.get(API):
        return lambda: None
    port = _free_port()
    opened = ExitStack()
    atexit.register(opened.close)  # registered before Prefect's own, and so run after it: it sends its last events
    path = work / "prefect" / "server.log"
    log = opened.enter_context(path.open("wb"))
    # No schedules and no pages: those are `make ui`'s.
    quiet = {"PREFECT_SERVER_UI_ENABLED": "false"}
    process = opened.enter_context(leashed(command(port, "--no-services"), env=quiet, output=log))
    os.environ[API] = f"http://{HOST}:{port}/api"
    os.environ.setdefault("PREFECT_UI_URL", f"http://{HOST}:{PREFECT_PORT}")  # where the run's page is to be opened
    return partial(await_answer, f"{os.environ[API]}/health", {f"Prefect's server ({path})": process})


def await_answer(url: str, needed: dict[str, subprocess.Popen[bytes]]) -> None:
    """Waits till `url` answers. Raises BlindspotError where a needed process ends, or where it takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        refuse_ended(needed)
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise BlindspotError(f"{url} does not answer", f"see why {' or '.join(needed)} takes so long")


def refuse_ended(needed: dict[str, subprocess.Popen[bytes]]) -> None:
    """Raises BlindspotError naming a process that ended."""
    for name, process in needed.items():
        if process.poll() is not None:
            raise BlindspotError(f"{name} ended with exit code {process.returncode}", "see what it printed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
