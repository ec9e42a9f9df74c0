"""One run in MLflow for each execution of the pipeline: under dvc, as a flow, killed, failed and skipped."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.runs.record import PipelineRun, all_runs
from flows.runs import listed
from tests.flows.processes import ended, started
from tests.flows.toy import FAILS, discover, environment, make_toy, run

pytestmark = pytest.mark.slow

#: The toy's stage, recorded as a stage of the pipeline.
RECORDED = """
import os, sys
from pathlib import Path
from blindspot.tracking import stage_run
work = Path(os.environ.get("BLINDSPOT_WORK", ".work")).resolve()
os.environ["BLINDSPOT_WORK"] = str(work)
with stage_run("prepare" if sys.argv[1] == "data/images" else "train", work, {}):
    exec(Path("toy_stage.py").read_text())
"""
SEND = [sys.executable, "-m", "blindspot.recording.send", ".work"]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    folder = make_toy(tmp_path / "toy")
    (folder / "stage.py").rename(folder / "toy_stage.py")
    (folder / "stage.py").write_text(RECORDED, "utf-8")
    run(folder, "git", "add", ".")
    run(folder, "git", "-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "--message", "x")
    return folder


def set_steps(toy: Path, steps: int) -> None:
    values = yaml.safe_load((toy / "params.yaml").read_text("utf-8"))
    values["train"]["steps"] = steps
    (toy / "params.yaml").write_text(yaml.safe_dump(values), "utf-8")


def in_mlflow(toy: Path) -> list[tuple[Any, list[Any]]]:
    """Returns each parent run with its children, newest first."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{toy}/.work/mlflow/mlflow.db")
    runs = client.search_runs(["1"])
    parents = [one for one in runs if "blindspot.kind" in one.data.tags]
    return [
        (one, [run for run in runs if run.data.tags.get("mlflow.parentRunId") == one.info.run_id]) for one in parents
    ]


def shape(toy: Path) -> list[tuple[str, str, dict[str, str]]]:
    """Returns the kind and the status of each parent, and the status of its children by stage, newest first."""
    return [
        (one.data.tags["blindspot.kind"], one.info.status, {run.info.run_name: run.info.status for run in children})
        for one, children in in_mlflow(toy)
    ]


def newest(toy: Path) -> PipelineRun:
    return all_runs(toy / ".work")[0]


def test_a_dvc_process_is_a_run_and_the_next_one_links_to_it(toy: Path) -> None:
    run(toy, "dvc", "repro", "train")
    first = newest(toy)
    set_steps(toy, 7)
    run(toy, "dvc", "repro", "train")
    run(toy, *SEND)
    assert shape(toy) == [
        ("dvc", "FINISHED", {"train": "FINISHED"}),
        ("dvc", "FINISHED", {"prepare": "FINISHED", "train": "FINISHED"}),
    ]
    second = newest(toy).stages["prepare"]
    assert (second.result, second.made_by) == ("unchanged", first.id)
    [(parent, _), (_, children)] = in_mlflow(toy)
    [maker] = [one.info.run_id for one in children if one.info.run_name == "prepare"]
    assert parent.data.tags["blindspot.made_by.prepare"] == maker


def test_a_killed_dvc_process_is_a_killed_run_and_the_next_one_another(toy: Path) -> None:
    set_steps(toy, 99999)
    process = subprocess.Popen(["dvc", "repro", "train"], cwd=toy, env=environment())
    pids = started(toy / ".work" / "pids", seconds=180)
    process.send_signal(signal.SIGKILL)
    process.wait()
    run(toy, *SEND)
    assert shape(toy) == [("dvc", "RUNNING", {"prepare": "FINISHED", "train": "RUNNING"})]  # the stage goes on
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert ended(pids)
    set_steps(toy, 8)
    run(toy, "dvc", "repro", "train")
    run(toy, *SEND)
    assert shape(toy) == [
        ("dvc", "FINISHED", {"train": "FINISHED"}),
        ("dvc", "KILLED", {"prepare": "FINISHED", "train": "KILLED"}),
    ]


def test_a_flow_is_a_run_whatever_becomes_of_it(toy: Path) -> None:
    discover(toy, FAILS, check=False)
    discover(toy)
    done = discover(toy)
    assert shape(toy) == [
        ("discover", "FINISHED", {}),
        ("discover", "FINISHED", {"train": "FINISHED"}),
        ("discover", "FAILED", {"prepare": "FINISHED", "train": "FAILED"}),
    ]
    last, trained, failed = all_runs(toy / ".work")
    assert f"/{last.mlflow_run}?workflowType=machine_learning ({last.name}, after `make ui`)" in done.stdout
    assert {name: (one.result, one.made_by) for name, one in last.stages.items()} == {
        "prepare": ("up to date", failed.id), "train": ("up to date", trained.id),
    }  # fmt: skip
    assert trained.stages["prepare"].result == "restored"
    [one, other, clone] = listed(toy / ".work")
    assert (one["folder"], clone["folder"]) == (str(toy), str(toy / ".work" / "runs" / failed.id))
    assert clone["bytes"] > other["bytes"]
