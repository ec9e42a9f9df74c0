"""Runs of the command in MLflow."""

import os
from pathlib import Path
from typing import Any

import pytest

import blindspot
from blindspot.analysis.command import analyze_files
from blindspot.analysis.record import record
from blindspot.errors import BlindspotError
from blindspot.logs.columns import Columns
from blindspot.telemetry import disable_telemetry
from tests.analysis.made_logs import PLANTED, drawn
from tests.project import REPOSITORY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a log and no MLflow store."""
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "BLINDSPOT_WORK"):
        monkeypatch.delenv(name, raising=False)
    drawn(PLANTED, rows=400).to_csv("log.csv", index=False)
    return tmp_path


def lines() -> list[str]:
    return [*analyze_files([Path("log.csv")], Columns(answer="prediction"), Path("out"), None, None)]


def recorded(uri: str) -> list[Any]:
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    return [*client.search_runs([one.experiment_id for one in client.search_experiments()])]


def artifacts(uri: str, run: Any, path: str) -> list[str]:
    from mlflow import MlflowClient

    return [one.path for one in MlflowClient(uri).list_artifacts(run.info.run_id, path)]


def test_without_a_store_nothing_is_recorded(folder: Path) -> None:
    assert lines()[-1] == "report: out/reports/index.html"
    assert {one.name for one in folder.iterdir()} == {"log.csv", "out"}


def test_a_dvc_project_of_the_user_is_no_checkout(folder: Path) -> None:
    Path("dvc.yaml").write_text("stages: {}", encoding="utf-8")
    Path("params.yaml").write_text("seed: 1", encoding="utf-8")
    assert lines()[-1] == "report: out/reports/index.html" and not Path(".work").exists()


def test_a_store_that_the_environment_names(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = f"sqlite:///{folder}/store.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert lines()[-1] == "recorded in MLflow"
    [run] = recorded(uri)
    assert run.data.params["model"] == "log" and run.data.params["files"] == "log.csv"
    assert run.data.params["answer"] == "prediction" and "question" not in run.data.params
    log = drawn(PLANTED, rows=400)
    assert (run.data.metrics["asked"], run.data.metrics["scored"]) == (400, 400)
    assert run.data.metrics["error_rate"] == pytest.approx(log["wrong"].mean())
    assert {"failure_modes", "confirmed"} <= {*run.data.metrics} and run.info.status == "FINISHED"
    assert artifacts(uri, run, "report") == ["report/index.html"]
    assert artifacts(uri, run, "taxonomy") == ["taxonomy/failure_modes.json"]


def test_in_a_checkout_its_store_is_used(folder: Path) -> None:
    for name in ("dvc.yaml", "params.yaml", "flows"):
        Path(name).symlink_to(REPOSITORY / name)
    assert lines()[-1] == "recorded in MLflow"
    [run] = recorded(f"sqlite:///{folder}/.work/mlflow/mlflow.db")
    assert run.data.tags["blindspot.stage"] == "analyze"


def test_the_environment_does_not_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
    disable_telemetry()  # once for all
    before = dict(os.environ)
    analysis = blindspot.analyze(drawn(PLANTED))
    analysis.write("out")
    assert record(analysis, Path("out"), {})
    assert dict(os.environ) == before


def test_each_model_is_a_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = f"sqlite:///{folder}/store.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    log = drawn(PLANTED, rows=40)
    log["model"] = ["a/b" if place % 2 else "reports" for place in range(40)]
    analysis = blindspot.analyze(log)
    analysis.write("out")
    assert record(analysis, Path("out"), {"name": "x" * 10_000})
    assert {run.data.params["model"] for run in recorded(uri)} == {"a/b", "reports"}


def test_a_store_that_fails_costs_nothing_but_the_record(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/log.csv/store.db")
    printed = lines()
    assert printed[-2] == "report: out/reports/index.html" and Path("out/reports/index.html").is_file()
    assert printed[-1].startswith("note: the analysis is not recorded in MLflow (")
    with pytest.raises(BlindspotError, match="set MLFLOW_TRACKING_URI to a store that works"):
        record(blindspot.analyze(drawn(PLANTED, rows=40)), Path("out"), {})
