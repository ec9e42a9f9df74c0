"""Runs MLflow's server and stages that log to it, as a user does."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.flows.served import free_port
from tests.project import environment, experiment_id

#: A stage that waits for a line of its input before it logs, and once more before it ends.
STAGE = """
import sys
from pathlib import Path
from blindspot.tracking import log_checkpoint, register, stage_run
work, name = Path(sys.argv[1]), sys.argv[2]
with stage_run(name, work, {"steps": 7}, [__file__] if "__file__" in globals() else []) as mlflow:
    print("started", flush=True); input()
    mlflow.log_metrics({"reward": 0.25}, step=1)
    mlflow.log_artifact(sys.argv[3], "files")
    mlflow.log_table({"question": ["a ?"], "image": [mlflow.Image(sys.argv[4])]}, "table.json")
    samples = {"image": [sys.argv[4]], "question": ["b ?"]}
    model = log_checkpoint(mlflow, 1, [Path(sys.argv[3])], {"failure_rate": 0.5}, samples)
    print("logged", flush=True); input()
    register(mlflow, model, 0.5)
"""


class Stage:
    """A running stage."""

    def __init__(self, folder: Path, name: str, uri: str | None) -> None:
        folder.mkdir(exist_ok=True)
        text, picture = folder / "text.txt", folder / "a b#1.png"
        text.write_text("text", "utf-8")
        _picture(picture)
        env = environment(folder) | {"PYTHONUNBUFFERED": "1"} | ({"MLFLOW_TRACKING_URI": uri} if uri else {})
        self.process = subprocess.Popen(
            [sys.executable, "-c", STAGE, str(folder / ".work"), name, str(text), str(picture)],
            cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait_for(self, line: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == line, self.process.communicate()[1]

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> str:
        """Lets the stage end. Returns what it wrote to stderr."""
        _, errors = self.process.communicate("\n\n", timeout=120)
        assert self.process.returncode == 0, errors
        return str(errors)


def _picture(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (8, 8), "red").save(path)


class MLflow:
    """A server of MLflow that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.uri = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        self._folder.mkdir(exist_ok=True)
        store = ["--backend-store-uri", f"sqlite:///{self._folder}/db", "--artifacts-destination", str(self._folder)]
        options = ["--host", "127.0.0.1", "--port", str(self._port), "--workers", "1"]
        env = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
        command = [sys.executable, "-m", "mlflow", "server", *options, *store]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + 180
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{self.uri}/health", timeout=5):
                return
            time.sleep(0.3)
        raise AssertionError("MLflow did not start")

    def stop(self) -> None:
        if self._process:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None


@contextmanager
def serving(folder: Path) -> Iterator[MLflow]:
    server = MLflow(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def recorded(uri: str) -> dict[str, dict[str, Any]]:
    """Returns what MLflow has of each run, by the name of the stage."""
    from mlflow import MlflowClient

    client = MlflowClient(uri, uri)
    experiment = experiment_id(client)
    found = {}
    for run in client.search_runs([experiment]):
        files = {one.path for folder in ("", "files") for one in client.list_artifacts(run.info.run_id, folder)}
        models = client.search_logged_models([experiment], f"source_run_id = '{run.info.run_id}'")
        found[run.info.run_name] = {
            "status": run.info.status, "metrics": run.data.metrics, "params": run.data.params, "files": files,
            "models": [(model.name, model.status.value) for model in models],
        }  # fmt: skip
    return found
