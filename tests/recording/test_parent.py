"""The run of a whole pipeline run in MLflow, and the runs of its stages below it."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from blindspot.recording.delivery import send_missed
from blindspot.runs import joining
from blindspot.runs.record import FINISHED, all_runs
from blindspot.tracking import stage_run, store_uri
from tests.project import experiment_id
from tests.recording.served import serving
from tests.recording.wire import Watch, Wire
from tests.runs.pipelines import write_output


@dataclass
class AtRequest(Watch):
    """The server goes away at one request of all. `stores`: after it has handled the request."""

    stores: bool = True
    seen: int = 0

    def before(self, path: str, body: bytes) -> bool:
        self.seen += 1
        return not self.stores and self.seen == self.chosen

    def after(self, path: str, body: bytes, reply: bytes) -> bool:
        return self.stores and self.seen == self.chosen


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a small checkout with parameters and metrics."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "params.yaml").write_text("candidate: {model: models/mine}\ntrain: {steps: 7}", "utf-8")
    rates = {"asked": 10, "failure_rate": 0.5, "valid_rate": 1.0, "error_rate": 0.25}
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "verify.json").write_text(json.dumps({"trained": rates}), "utf-8")
    return tmp_path


def runs(uri: str) -> Iterator[Any]:
    from mlflow import MlflowClient

    client = MlflowClient(uri, uri)
    yield from client.search_runs([experiment_id(client)])


def pair(uri: str) -> tuple[Any, Any]:
    """Returns the only parent and its only child."""
    found = {"blindspot.kind" in run.data.tags: run for run in runs(uri)}
    assert len([*runs(uri)]) == 2
    return found[True], found[False]


def record(work: Path, stage: str = "verify") -> None:
    with stage_run(stage, work, {"steps": 7}) as mlflow:
        mlflow.log_metrics({"x": 1.0})


def assert_whole(parent: Any, child: Any) -> None:
    assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert child.data.tags["blindspot.run"] == parent.data.tags["blindspot.run"]
    assert (parent.info.status, child.info.status) == (FINISHED, FINISHED)
    assert parent.info.run_name.startswith("mine 20")
    assert parent.data.metrics == {"failure_rate": 0.5, "valid_rate": 1.0, "error_rate": 0.25, "calls": 10.0}
    assert parent.data.params == {"candidate.model": "models/mine", "train.steps": "7"}
    assert f"[verify](#/experiments/1/runs/{child.info.run_id}?" in parent.data.tags["mlflow.note.content"]


def test_a_stage_is_a_child_of_a_run_with_the_figures_of_the_whole(folder: Path) -> None:
    record(folder / ".work")
    parent, child = pair(store_uri(folder / ".work"))
    assert_whole(parent, child)
    assert parent.data.tags["blindspot.kind"] == "stage" and parent.data.tags["blindspot.folder"] == str(folder)


@pytest.mark.slow
def test_a_skipped_stage_links_to_the_run_that_made_its_outputs(folder: Path) -> None:
    work = folder / ".work"
    write_output(folder, "verify", "verdicts", "aaa")
    record(work)
    maker = pair(store_uri(work))[1].info.run_id
    place = joining.Place(work, folder, store_uri(work), None)
    joining.open_flow(place, "abc", "discover", os.environ)
    joining.stage_skipped(work, "abc", "verify", "up to date")
    joining.end(work, "abc", FINISHED)
    assert send_missed(work) == 0
    [found] = [run for run in runs(store_uri(work)) if run.data.tags["blindspot.run"] == "abc"]
    assert found.data.tags["blindspot.made_by.verify"] == maker
    note = found.data.tags["mlflow.note.content"]
    assert "| verify | up to date | [made by mine 20" in note and f"/runs/{maker}?" in note
    assert (found.info.status, found.data.metrics["error_rate"]) == (FINISHED, 0.25)


@pytest.mark.slow
def test_a_flow_that_is_resumed_is_one_run_that_runs_again(folder: Path) -> None:
    work = folder / ".work"
    place = joining.Place(work, folder, store_uri(work), None)
    for state in ("FAILED", FINISHED):
        joining.open_flow(place, "abc", "discover", os.environ)
        assert send_missed(work) == 0
        [run] = runs(store_uri(work))
        assert run.info.status == "RUNNING"
        joining.end(work, "abc", state)
        send_missed(work)
        [run] = runs(store_uri(work))
        assert run.info.status == state


@pytest.mark.slow
def test_a_child_that_mlflow_gets_later_has_its_parent_and_nothing_is_there_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(folder / "mlflow") as server:
        wire = Wire(server, kills=False)
        wire.reconnect()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", wire.uri)
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", "0")
        record(folder / "first")  # which creates the experiment
        wire.watch = counted = AtRequest("", chosen=0)
        record(folder / "counted")
        requests = range(1, counted.seen + 1)
        assert len(requests) > 10
        before = len([*runs(server.uri)])
        cuts = [(at, stores) for at in requests for stores in (True, False) if stores or at % 3 == 0]
        for number, (at, stores) in enumerate(cuts):
            work = folder / f"work{number}"
            wire.watch = AtRequest("", chosen=at, stores=stores)
            record(work)
            assert wire.is_cut, f"request {at} was not made"
            wire.watch = Watch("")
            wire.reconnect()
            assert send_missed(work) == 0
            [known] = all_runs(work)
            ours = [run for run in runs(server.uri) if run.data.tags["blindspot.run"] == known.id]
            found = {"blindspot.kind" in run.data.tags: run for run in ours}
            assert len(ours) == 2, f"request {at}: {len(ours)} runs"
            assert_whole(found[True], found[False])
            assert not known.unsent
        assert len([*runs(server.uri)]) == before + 2 * len(cuts)


@pytest.mark.slow
def test_without_a_server_all_stages_get_their_parent_at_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = folder / ".work"
    with serving(folder / "mlflow") as server:
        wire = Wire(server, kills=False)
        monkeypatch.setenv("MLFLOW_TRACKING_URI", wire.uri)
        for stage in ("taxonomy", "report"):
            record(work, stage)
        [known] = all_runs(work)
        assert known.unsent and not known.mlflow_run
        wire.reconnect()
        assert send_missed(work) == 0
        [parent] = [run for run in runs(server.uri) if "blindspot.kind" in run.data.tags]
        children = [run for run in runs(server.uri) if "blindspot.kind" not in run.data.tags]
        assert {run.info.run_name for run in children} == {"taxonomy", "report"}
        assert {run.data.tags["mlflow.parentRunId"] for run in children} == {parent.info.run_id}
        note = parent.data.tags["mlflow.note.content"]
        assert all(f"/runs/{run.info.run_id}?" in note for run in children)
