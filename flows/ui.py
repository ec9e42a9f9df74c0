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
from flows.environment import ADDRESS, API, apply
from flows.found import MLFLOW_PORT, PREFECT_PORT
from flows.leash import leashed
from flows.server import HOST, await_answer, command, refuse_ended


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
    mlflow, prefect = f"http://{HOST}:{mlflow_port}", f"http://{HOST}:{prefect_port}"
    # MLflow's jobs judge traces of chats, which there are none of here: six processes less.
    api = {API: f"{prefect}/api", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with ExitStack() as open_servers:
        started = {
            name: open_servers.enter_context(leashed(words, env=api))
            for name, words in _servers(work, mlflow_port, prefect_port).items()
        }
        await_answer(f"{prefect}/api/health", started)
        await_answer(f"{mlflow}/health", started)
        address = work / ADDRESS
        address.write_text(api[API], encoding="utf-8")
        open_servers.callback(address.unlink, missing_ok=True)
        started["deploy"] = open_servers.enter_context(leashed(_python("flows.deploy"), env=api))
        say(
            f"\nMLflow:  {mlflow}\nPrefect: {prefect} (Deployments: start, schedule or cancel a run)\nCtrl-C ends both"
        )
        while True:
            refuse_ended(started)
            time.sleep(1)


def _servers(work: Path, mlflow_port: int, prefect_port: int) -> dict[str, list[str]]:
    # One worker, and a line for what goes wrong alone.
    options = ["--host", HOST, "--port", str(mlflow_port), "--workers", "1", "--uvicorn-opts", "--log-level warning"]
    store = ["--backend-store-uri", store_uri(work), "--default-artifact-root", (work / "mlflow/artifacts").as_uri()]
    return {
        "MLflow": [*_python("mlflow"), "server", *options, *store],
        "Prefect": command(prefect_port),
    }


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
