"""Starts MLflow and Prefect on this machine, deploys the pipeline, and prints the addresses of the pages (`make ui`).

Both servers run until Ctrl-C, and only this machine can reach them.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from blindspot.errors import BlindspotError, run
from blindspot.recording.local_store import ARTIFACTS, DATABASE, local_uri
from blindspot.tracking import store_uri
from flows import secret
from flows.command_line import parser as command_parser
from flows.environment import apply
from flows.pages import HOST, MLFLOW_PORT, PREFECT_PORT, Pages, pages_at, published
from flows.process_group import process_group
from flows.registry import tracking_server
from flows.server import client_environment, require_running, server_command, server_environment, wait_until_ready
from flows.summary import Link, recorded

SHORTEST = 60.0  # s; a deployment that ends sooner with an error would end again
KILLED = 192  # exit codes of processes that a signal ended: 256 - signal


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("ui", __doc__, "", "--mlflow-port 5001 --prefect-port 4201")
    parser.add_argument("--mlflow-port", type=int, default=MLFLOW_PORT, help="default: %(default)s")
    parser.add_argument("--prefect-port", type=int, default=PREFECT_PORT, help="default: %(default)s")
    return parser.parse_args()


def main() -> None:
    """Serves until Ctrl-C, or until one of the servers ends."""
    given = arguments()
    for port in [*([] if tracking_server() else [given.mlflow_port]), given.prefect_port]:
        _require_free_port(port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    serve(given.mlflow_port, given.prefect_port, partial(print, flush=True))  # flush: stdout may be a file


def serve(mlflow_port: int, prefect_port: int, say: Callable[[str], None]) -> None:
    """Runs both servers and the deployment until interrupted. Raises BlindspotError where a server ends.

    Starts no server of MLflow if MLFLOW_TRACKING_URI names one.
    """
    work, server = apply(), tracking_server()
    pages, auth = pages_at(mlflow_port, prefect_port), secret.read_or_create(work)
    pages = replace(pages, mlflow=server) if server else pages
    started = {}
    with ExitStack() as open_servers:
        prefect = process_group(server_command(prefect_port), env=server_environment(prefect_port, auth))
        started["Prefect"] = open_servers.enter_context(prefect)
        if not server:
            started["MLflow"] = open_servers.enter_context(_mlflow(work, mlflow_port))
        wait_until_ready(f"{pages.prefect}/api/health", started)
        if not server:
            wait_until_ready(f"{pages.mlflow}/health", started)
        open_servers.enter_context(published(pages, work))
        say("\n".join(_lines(pages, work)))
        deploy(started, client_environment(pages.prefect, auth))


def deploy(servers: dict[str, subprocess.Popen[bytes]], env: dict[str, str]) -> NoReturn:
    """Runs the deployment while the servers run. If it is killed, starts it again: it marks its runs as crashed.

    Raises BlindspotError if a server ends, or if the deployment ends by itself soon after its start.
    """
    while True:
        began = time.monotonic()
        with process_group(_python("flows.deploy"), env=env) as process:
            while process.poll() is None:
                require_running(servers)
                time.sleep(1)
        if process.returncode < KILLED and time.monotonic() - began < SHORTEST:
            require_running({"deploy": process})
        text = f"the deployment ended with exit code {process.returncode}, and its runs with it"
        print(f"warning: {text}: it is started again", file=sys.stderr, flush=True)
        time.sleep(1)


def _lines(pages: Pages, work: Path) -> list[str]:
    """Returns the lines that the terminal shows once the pages are open."""
    links = [
        Link("MLflow", pages.mlflow, "the server that MLFLOW_TRACKING_URI names" if tracking_server() else ""),
        *recorded(pages, work, Path.cwd()),
        Link("Prefect", pages.prefect, "Deployments: start, schedule or cancel a run"),
        Link("password", f"the line in {work / secret.FILE}", "sign in to Prefect with it"),
    ]
    stop = "Press Ctrl-C to stop " + ("the server" if tracking_server() else "both servers")
    return ["", *(link.line() for link in links), stop]


@contextmanager
def _mlflow(work: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Runs MLflow's server, of the database in the work folder or the one that MLFLOW_TRACKING_URI names."""
    uri = store_uri(work)
    if uri == local_uri(work) and not (work / DATABASE).exists():  # an interrupted server would leave a broken one
        command = _python("blindspot.recording.local_store", str(work))
        if subprocess.run(command, env=secret.without_secret(os.environ), check=False).returncode:
            raise BlindspotError("MLflow's database was not created", "see the output above")
    # One worker, which logs only warnings and errors.
    options = ["--host", HOST, "--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level warning"]
    store = ["--backend-store-uri", uri, "--default-artifact-root", (work / ARTIFACTS).as_uri()]
    # MLflow's jobs evaluate chat traces. There are none here; without the jobs, six processes fewer run.
    no_jobs = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with process_group([*_python("mlflow"), "server", *options, *store], env=no_jobs) as process:
        yield process


def _python(*command: str) -> list[str]:
    return [sys.executable, "-m", *command]


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise BlindspotError(f"port {port} is in use", "stop the process that uses it, or choose another port")


if __name__ == "__main__":
    try:
        run(main, takes_arguments=True)
    except KeyboardInterrupt:
        sys.exit(0)
