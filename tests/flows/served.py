"""Starts Prefect servers as `make ui` and `make discover` do, and uses their API as a person uses the pages."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.secret import FILE
from tests.flows.toy import environment

# Starts the server of `make discover`, which runs as long as the command.
TEMPORARY = """
import os, time
from flows.environment import apply
from flows.server import start_temporary_server
start_temporary_server(apply())()
print(os.environ["PREFECT_API_URL"].removesuffix("/api"), flush=True)
time.sleep(600)
"""


class Server:
    """Uses a server as a person does who has signed in to Prefect's pages: through the API of the pages."""

    def __init__(self, address: str, secret: str) -> None:
        self.address, self.api, self.secret = address, f"{address}/api", secret
        self._csrf: dict[str, str] = {}

    @property
    def credentials(self) -> tuple[str, str]:
        user, _, password = self.secret.partition(":")
        return user, password

    def csrf(self) -> dict[str, str]:
        """Returns the CSRF headers. A page can only send them if it can read the server's responses."""
        if not self._csrf:
            token = self._answer("GET", "/csrf-token?client=tests").json()["token"]
            self._csrf = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "tests"}
        return self._csrf

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Sends a request and returns the JSON of the response. Retries on 503, which means that SQLite is busy."""
        headers, until = ({} if method == "GET" else self.csrf()), time.monotonic() + 60
        while (answer := self._answer(method, path, body, headers)).status_code == 503 and time.monotonic() < until:
            time.sleep(1)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _answer(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        import httpx

        ours: dict[str, Any] = {"auth": self.credentials, "headers": headers, "timeout": 60, "trust_env": False}
        return httpx.request(method, self.api + path, json=body, **ours)

    def deployment(self, name: str = "discover/blindspot", scheduled: bool = True) -> Any:
        """Waits for the deployment, with its schedules if it is `scheduled`, and returns the deployment."""
        import httpx

        until = time.monotonic() + 240
        while True:
            try:
                found = self.call("GET", f"/deployments/name/{name}")
                if (found["schedules"] or not scheduled) and not found["paused"]:
                    return found
            except httpx.HTTPStatusError:
                pass
            assert time.monotonic() < until, "the pipeline was not deployed"
            time.sleep(0.5)

    def start(self, deployment: Any, params: object) -> str:
        body = {"parameters": {"params": params}, "state": {"type": "SCHEDULED"}}
        return str(self.call("POST", f"/deployments/{deployment['id']}/create_flow_run", body)["id"])

    def runs(self) -> Any:
        return self.call("POST", "/flow_runs/filter", {})

    def state(self, flow_run: str) -> str:
        return str(self.call("GET", f"/flow_runs/{flow_run}")["state"]["type"])

    def ended(self, flow_run: str, seconds: float = 240) -> str:
        until = time.monotonic() + seconds
        while (state := self.state(flow_run)) in ("SCHEDULED", "PENDING", "RUNNING", "CANCELLING"):
            assert time.monotonic() < until, f"the run is still {state}"
            time.sleep(1)
        return state

    def cancel(self, flow_run: str) -> None:
        state = {"type": "CANCELLING", "name": "Cancelling"}
        self.call("POST", f"/flow_runs/{flow_run}/set_state", {"state": state})

    def logged(self, flow_run: str, line: str) -> bool:
        """Returns whether the log of the run or of a stage contains `line` in time. Prefect sends lines in batches."""
        until = time.monotonic() + 60
        while not (found := self.has_line(flow_run, line)) and time.monotonic() < until:
            time.sleep(1)
        return found

    def has_line(self, flow_run: str, line: str) -> bool:
        body = {"flow_runs": {"parent_flow_run_id": {"any_": [flow_run]}}}
        stages = [found["id"] for found in self.call("POST", "/flow_runs/filter", body)]
        logs = self.call("POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": [flow_run, *stages]}}})
        return any(log["message"] == line for log in logs)


@dataclass(frozen=True)
class Up:
    """A running `make ui`."""

    toy: Path
    server: Server
    mlflow: str
    process: subprocess.Popen[bytes]
    output: Path

    def terminal(self) -> str:
        return self.output.read_text("utf-8")


@contextmanager
def ui(toy: Path, variables: dict[str, str] | None = None) -> Iterator[Up]:
    """Runs `make ui` of this pipeline on free ports until the block ends. `variables`: of its environment."""
    ports, output = [free_port() for _ in range(2)], toy.with_name(f"{toy.name}-{free_port()}.log")
    command = [sys.executable, "-m", "flows.ui", "--mlflow-port", str(ports[0]), "--prefect-port", str(ports[1])]
    with output.open("wb") as file:
        env = environment() | (variables or {})
        process = subprocess.Popen(command, cwd=toy, env=env, stdout=file, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 240
        while "Press Ctrl-C to stop" not in output.read_text("utf-8"):
            assert process.poll() is None and time.monotonic() < until, "the pages did not open"
            time.sleep(0.2)
        secret = (toy / ".work" / FILE).read_text("utf-8").strip()
        yield Up(toy, Server(f"http://127.0.0.1:{ports[1]}", secret), f"http://127.0.0.1:{ports[0]}", process, output)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(180)
        finally:
            process.kill()
        print(output.read_text("utf-8"))


@contextmanager
def temporary(toy: Path) -> Iterator[Server]:
    """Starts the temporary server of `make discover` for this pipeline."""
    command = [sys.executable, "-c", TEMPORARY]
    with subprocess.Popen(command, cwd=toy, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            yield Server(address, (toy / ".work" / FILE).read_text("utf-8").strip())
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
