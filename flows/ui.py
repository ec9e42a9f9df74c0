"""Starts MLflow and Prefect on this machine, deploys the pipeline, and prints the addresses of the pages (`make ui`).

Both servers run until Ctrl-C, and only this machine can reach them.
"""

import argparse
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from blindspot.errors import BlindspotError, run
from blindspot.tracking import store_uri
from flows import secret
from flows.command_line import parser as command_parser
from flows.environment import apply
from flows.pages import HOST, MLFLOW_PORT, PREFECT_PORT, Pages, pages_at, published
from flows.process_group import process_group
from flows.server import client_environment, require_running, server_command, server_environment, wait_until_ready
from flows.summary import Link, recorded


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("ui", __doc__, "", "--mlflow-port 5001 --prefect-port 4201")
    parser.add_argument("--mlflow-port", type=int, default=MLFLOW_PORT, help="default: %(default)s")
    parser.add_argument("--prefect-port", type=int, default=PREFECT_PORT, help="default: %(default)s")
    return parser.parse_args()


def main() -> None:
    """Serves until Ctrl-C, or until one of the servers ends."""
    given = arguments()
    for port in (given.mlflow_port, given.prefect_port):
        _require_free_port(port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    serve(given.mlflow_port, given.prefect_port, partial(print, flush=True))  # flush: stdout may be a file


def serve(mlflow_port: int, prefect_port: int, say: Callable[[str], None]) -> None:
    """Runs both servers and the deployment until interrupted. Raises BlindspotError where one of them ends."""
    work = apply()
    (work / "mlflow").mkdir(parents=True, exist_ok=True)
    pages, auth = pages_at(mlflow_port, prefect_port), secret.read_or_create(work)
    # MLflow's jobs evaluate chat traces. There are none here; without the jobs, six processes fewer run.
    no_jobs = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with ExitStack() as open_servers:
        started = {
            "MLflow": open_servers.enter_context(process_group(_mlflow(work, mlflow_port), env=no_jobs)),
            "Prefect": open_servers.enter_context(
                process_group(server_command(prefect_port), env=server_environment(prefect_port, auth))
            ),
        }
        wait_until_ready(f"{pages.prefect}/api/health", started)
        wait_until_ready(f"{pages.mlflow}/health", started)
        open_servers.enter_context(published(pages, work))
        deploy = process_group(_python("flows.deploy"), env=client_environment(pages.prefect, auth))
        started["deploy"] = open_servers.enter_context(deploy)
        say("\n".join(_lines(pages, work)))
        while True:
            require_running(started)
            time.sleep(1)


def _lines(pages: Pages, work: Path) -> list[str]:
    """Returns the lines that the terminal shows once the pages are open."""
    links = [
        Link("MLflow", pages.mlflow),
        *recorded(pages, work),
        Link("Prefect", pages.prefect, "Deployments: start, schedule or cancel a run"),
        Link("password", f"the line in {work / secret.FILE}", "sign in to Prefect with it"),
    ]
    return ["", *(link.line() for link in links), "Press Ctrl-C to stop both servers"]


def _mlflow(work: Path, port: int) -> list[str]:
    # One worker, which logs only warnings and errors.
    options = ["--host", HOST, "--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level warning"]
    store = ["--backend-store-uri", store_uri(work), "--default-artifact-root", (work / "mlflow/artifacts").as_uri()]
    return [*_python("mlflow"), "server", *options, *store]


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
