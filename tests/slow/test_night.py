"""A night: the schedule starts a run, its gate compares the candidate, and a message reports a failure."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.diff.sides import run as finished_run
from tests.diff.webhook import received
from tests.flows.served import Server, ui
from tests.flows.toy import make_toy, run
from tests.flows.waiting import first_scheduled

pytestmark = pytest.mark.slow

EVERY_MINUTE = "* * * * *"
COUNTING, RELATIONS = "family == counting and answer >= 2", "family == relation"
#: A stage that restores what a run of the candidate found: of `bad` if train.steps is 8, else of `good`.
PIPELINE = """
stages:
  train:
    cmd: python restore.py
    deps: [restore.py, results]
    params: [seed, train]
    outs: [data/images, data/rollouts, data/verdicts, data/taxonomy]
"""
RESTORE = """
import pathlib, shutil, yaml
steps = yaml.safe_load(open("params.yaml"))["train"]["steps"]
for name in ("images", "rollouts", "verdicts", "taxonomy"):
    shutil.rmtree(pathlib.Path("data") / name, ignore_errors=True)
    shutil.copytree(pathlib.Path("results") / ("bad" if steps == 8 else "good") / "data" / name, f"data/{name}")
"""
GATE = {"name": "nightly", "ask": False}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A pipeline whose runs restore the results of a good or of a bad candidate."""
    project = make_toy(tmp_path / "toy")
    (project / "dvc.yaml").write_text(PIPELINE, encoding="utf-8")
    (project / "restore.py").write_text(RESTORE, encoding="utf-8")
    for name, gaps in (("good", [COUNTING]), ("bad", [COUNTING, RELATIONS])):
        folder = finished_run(tmp_path / name, gaps, calls=1000)
        shutil.copytree(folder / "data", project / "results" / name / "data")
    (project / ".gitignore").write_text(".work/\n/data\n", encoding="utf-8")
    run(project, "git", "add", ".")
    run(project, "git", "-c", "user.name=toy", "-c", "user.email=toy@localhost", "commit", "-q", "-m", "results")
    return project


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with received() as (address, messages):
        yield address, messages


def start(server: Server, deployment: Any, steps: int) -> str:
    parameters = {"params": {"train": {"steps": steps}}, "gate": GATE}
    body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
    return str(server.call("POST", f"/deployments/{deployment['id']}/create_flow_run", body)["id"])


def test_a_night_gates_and_notifies_and_a_restart_keeps_its_history(
    toy: Path, webhook: tuple[str, list[dict[str, Any]]]
) -> None:
    address, messages = webhook
    with ui(toy, {"BLINDSPOT_WEBHOOK": address}) as pages:
        server = pages.server
        deployment = server.deployment()
        path = f"/deployments/{deployment['id']}/schedules"
        night = {"schedule": {"cron": EVERY_MINUTE}, "active": True, "parameters": {"params": {}, "gate": GATE}}
        [made] = server.call("POST", path, [night])
        first = first_scheduled(server)
        assert server.ended(first) == "COMPLETED"
        assert "there was no baseline yet" in server.call("GET", f"/flow_runs/{first}")["state"]["message"]
        server.call("PATCH", f"{path}/{made['id']}", {"active": False})
    with ui(toy) as pages:  # the address of the webhook is in Prefect's database by now
        server = pages.server
        deployment = server.deployment()
        assert server.state(first) == "COMPLETED"
        bad = start(server, deployment, steps=8)
        assert server.ended(bad) == "FAILED"
        assert "gate nightly: failed: " in server.call("GET", f"/flow_runs/{bad}")["state"]["message"]
        good = start(server, deployment, steps=7)
        assert server.ended(good) == "COMPLETED"
        assert "passed: no row is new or worse" in server.call("GET", f"/flow_runs/{good}")["state"]["message"]
    [message] = messages
    assert "Failed. gate nightly: failed: " in message["text"] and message["content"] == message["text"]
