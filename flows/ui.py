"""Opens MLflow and Prefect on loopback, with the pipeline deployed: `python -m flows.ui`, or `make ui`."""

import argparse
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from blindspot.errors import BlindspotError, run
from blindspot.tracking import store_uri
from flows import secret
from flows.environment import apply
from flows.pages import HOST, MLFLOW_PORT, PREFECT_PORT, Pages, announced, at
from flows.process_group import process_group
from flows.server import await_answer, client, command, environment, refuse_ended
from flows.summary import Link, recorded


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m flows.ui", description=__doc__)
    parser.add_argument("--mlflow-port", type=int, default=MLFLOW_PORT, help="default: %(default)s")
    parser.add_argument("--prefect-port", type=int, default=PREFECT_PORT, help="default: %(default)s")
    return parser.parse_args()


def main() -> None:
    """Serves till Ctrl-C, or till one of the servers ends."""
    asked = arguments()
    for port in (asked.mlflow_port, asked.prefect_port):
        _refuse_taken(port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    serve(asked.mlflow_port, asked.prefect_port, print)


def serve(mlflow_port: int, prefect_port: int, say: Callable[[str], None]) -> None:
    """Runs both servers and the deployment; all end with this. Raises BlindspotError where one ends by itself."""
    work = apply()
    (work / "mlflow").mkdir(parents=True, exist_ok=True)
    pages, auth = at(mlflow_port, prefect_port), secret.read_or_make(work)
    # MLflow's jobs judge traces of chats, which there are none of here: six processes less.
    no_jobs = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with ExitStack() as open_servers:
        started = {
            "MLflow": open_servers.enter_context(process_group(_mlflow(work, mlflow_port), env=no_jobs)),
            "Prefect": open_servers.enter_context(
                process_group(command(prefect_port), env=environment(prefect_port, auth))
            ),
        }
        await_answer(f"{pages.prefect}/api/health", started)
        await_answer(f"{pages.mlflow}/health", started)
        open_servers.enter_context(announced(pages, work))
        deploy = process_group(_python("flows.deploy"), env=client(pages.prefect, auth))
        started["deploy"] = open_servers.enter_context(deploy)
        say("\n".join(_lines(pages, work)))
        while True:
            refuse_ended(started)
            time.sleep(1)


def _lines(pages: Pages, work: Path) -> list[str]:
    """What the terminal says once the pages are open."""
    links = [
        Link("MLflow", pages.mlflow),
        *recorded(pages, work),
        Link("Prefect", pages.prefect, "Deployments: start, schedule or cancel a run"),
        Link("password", f"the line in {work / secret.FILE}", "sign in to Prefect with it"),
    ]
    return ["", *(link.line() for link in links), "Ctrl-C ends both"]


def _mlflow(work: Path, port: int) -> list[str]:
    # One worker, and a line for what goes wrong alone.
    options = ["--host", HOST, "--port", str(port), "--workers", "1", "--uvicorn-opts", "--log-level warning"]
    store = ["--backend-store-uri", store_uri(work), "--default-artifact-root", (work / "mlflow/artifacts").as_uri()]
    return [*_python("mlflow"), "server", *options, *store]


def _python(*command: str) -> list[str]:
    return [sys.executable, "-m", *command]


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise BlindspotError(f"port {port} is taken", "end what uses it, or give another port")


if __name__ == "__main__":
    try:
        run(main)
    except KeyboardInterrupt:
        sys.exit(0)
