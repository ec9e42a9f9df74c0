"""The comparison of a finished run with the last one of its candidate."""

import os
from pathlib import Path

import pandas as pd
import pytest

from blindspot.diff.baseline import find_baseline
from blindspot.diff.gate import Options, gate
from blindspot.paths import VERDICTS
from blindspot.runs import joining
from blindspot.runs.kept import keep
from blindspot.runs.record import FINISHED, changing
from blindspot.store import write_frame
from flows.since import compare_with_last
from tests.diff.sides import run
from tests.runs.pipelines import place


def finished(folder: Path, work: Path, run_id: str, started: int) -> None:
    """Records a run in a folder as finished, with its kept report."""
    (folder / "reports").mkdir(exist_ok=True)
    (folder / "reports/report.html").write_text("<header></header><main>ours</main>", encoding="utf-8")
    joining.open_flow(place(folder), run_id, "discover", os.environ)
    joining.stage_started(work, run_id, "report")
    joining.stage_ended(work, run_id, "report", FINISHED)
    joining.end(work, run_id, FINISHED)
    with changing(work, run_id) as one:
        one.started, one.candidate = started, "mine"
    keep(work, run_id)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = run(tmp_path / "run", ["family == relation"])
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BLINDSPOT_WORK", str(folder / ".work"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return folder


def test_the_report_states_what_changed_since_the_last_run(folder: Path) -> None:
    work = folder / ".work"
    assert gate(str(folder), Options("results")).passed  # records the results in MLflow
    recorded = find_baseline("results")
    assert recorded
    finished(folder, work, "aaaaaaaaaaaa", started=1_700_000_000_000)
    assert compare_with_last(work, "aaaaaaaaaaaa", folder) is None
    with changing(work, "aaaaaaaaaaaa") as last:
        last.mlflow_run = recorded.removeprefix("runs:/")
    finished(folder, work, "bbbbbbbbbbbb", started=1_800_000_000_000)
    sentence = compare_with_last(work, "bbbbbbbbbbbb", folder)
    assert sentence and " unchanged" in sentence and sentence.startswith("since 2023-11-14 ")
    [kept] = (work / "reports").glob("*bbbbbbbb")
    assert {path.name for path in kept.iterdir()} == {"run.json", "report.html", "since.html"}
    text = (kept / "report.html").read_text("utf-8")
    assert "<dt>Failure modes</dt><dd>since 2023-11-14 " in text and text.endswith("<main>ours</main>")
    write_frame(folder / VERDICTS, pd.read_parquet(folder / VERDICTS).assign(verifier="judge@1"))
    with changing(work, "bbbbbbbbbbbb") as last:
        last.mlflow_run = recorded.removeprefix("runs:/")
    finished(folder, work, "cccccccccccc", started=1_900_000_000_000)
    sentence = compare_with_last(work, "cccccccccccc", folder)
    assert sentence and ": not compared, because their verifiers differ: " in sentence


def test_a_store_without_the_results_of_the_last_run_is_no_error(folder: Path) -> None:
    work = folder / ".work"
    finished(folder, work, "aaaaaaaaaaaa", started=1_700_000_000_000)
    with changing(work, "aaaaaaaaaaaa") as last:
        last.mlflow_run = "gone"
    finished(folder, work, "bbbbbbbbbbbb", started=1_800_000_000_000)
    assert compare_with_last(work, "bbbbbbbbbbbb", folder) is None
