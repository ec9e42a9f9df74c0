"""The gate: its baseline in MLflow, what it records, and its webhook."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.diff.baseline import TAG, find_baseline
from blindspot.diff.command import run_gate
from blindspot.diff.gate import Options, gate
from blindspot.diff.side import read_side
from blindspot.diff.webhook import VARIABLE
from blindspot.errors import BlindspotError
from blindspot.paths import FAILURE_MODES, IMAGES, QUESTIONS, ROLLOUTS, VERDICTS
from tests.analysis.made_logs import FLAT, PLANTED, drawn
from tests.diff.sides import analysis, run
from tests.diff.webhook import LATE, received

NIGHTLY = Options("nightly")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(analysis(drawn(PLANTED), tmp_path_factory.mktemp("good") / "model"))


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same log, in which most answers about colours became wrong."""
    rows = drawn(PLANTED)
    colours = rows["question"].str.contains("colour") & (rows.index % 10 < 6)
    rows = rows.assign(wrong=rows["wrong"].where(~colours, 1), prediction=rows["prediction"].where(~colours, "pink"))
    return str(analysis(rows, tmp_path_factory.mktemp("bad") / "model"))


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    uri = f"sqlite:///{tmp_path}/store.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    return uri


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """A server that BLINDSPOT_WEBHOOK names; yields what it received."""
    with received() as (address, messages):
        monkeypatch.setenv(VARIABLE, address)
        yield messages


def tagged(uri: str) -> list[str]:
    """Returns the names of the gates whose tag a run has."""
    from mlflow import MlflowClient

    client = MlflowClient(uri)
    runs = client.search_runs([one.experiment_id for one in client.search_experiments()])
    return [run.data.tags[TAG] for run in runs if TAG in run.data.tags]


def test_the_baseline_moves_only_if_the_candidate_passes(good: str, bad: str, store: str) -> None:
    assert find_baseline("nightly") is None
    first = gate(good, NIGHTLY)
    assert first.passed and "there was no baseline yet" in first.sentence
    baseline = find_baseline("nightly")
    failed = gate(bad, NIGHTLY)
    assert not failed.passed and failed.sentence.startswith("failed: ")
    assert find_baseline("nightly") == baseline and find_baseline("other") is None
    assert gate(good, NIGHTLY).passed
    assert find_baseline("nightly") != baseline
    assert tagged(store) == ["nightly"]


def test_a_candidate_that_is_accepted_becomes_the_baseline(good: str, bad: str) -> None:
    gate(good, NIGHTLY)
    assert gate(bad, Options("nightly", accept=True)).passed
    assert gate(bad, NIGHTLY).sentence == "passed: no row is new or worse"


def test_with_a_folder_as_baseline_the_tag_does_not_move(good: str, bad: str, store: str) -> None:
    assert gate(good, Options(baseline=bad)).passed
    assert not gate(bad, Options(baseline=good)).passed
    assert tagged(store) == []


def test_the_run_of_a_gate_has_the_comparison_and_can_be_compared(good: str, bad: str, store: str) -> None:
    from mlflow import MlflowClient

    gate(good, NIGHTLY)
    client, baseline = MlflowClient(store), find_baseline("nightly")
    assert baseline
    gate(bad, NIGHTLY)
    [experiment] = [one for one in client.search_experiments() if one.name == "blindspot"]
    newest, *_ = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time DESC"])
    assert newest.data.metrics["gate/worse"] + newest.data.metrics["gate/new"] >= 1
    assert newest.data.tags["blindspot.passed"] == "False" and newest.data.tags["blindspot.candidate"] == "model"
    names = {one.path for one in client.list_artifacts(newest.info.run_id)}
    assert {"diff.html", "diff.json", "diff.xml", "diff.md", "images.json"} <= names
    read = read_side(baseline)
    assert read.candidate == "model" and len(read.rows) == len(read_side(good).rows)


def test_nothing_in_common_is_an_error_that_says_what_to_do(good: str, tmp_path: Path) -> None:
    gate(good, NIGHTLY)
    other = analysis(drawn(FLAT).assign(image_id=lambda rows: "x" + rows["image_id"]), tmp_path / "other")
    with pytest.raises(BlindspotError, match="they have no common image: use the same images and seed, or --ask"):
        gate(str(other), NIGHTLY)
    assert gate(good, NIGHTLY).passed


@pytest.mark.parametrize("name", ["", "a'b", "a b", "x" * 101, "../up"])
def test_a_name_that_is_no_name_is_refused(name: str, good: str) -> None:
    with pytest.raises(BlindspotError, match="is no name of a gate"):
        gate(good, Options(name))


def test_the_webhook_gets_failures_and_errors_alone(
    good: str, bad: str, webhook: list[dict[str, Any]], capfd: pytest.CaptureFixture[str]
) -> None:
    _, passed = run_gate(good, NIGHTLY, "text", None)
    assert passed and not webhook
    _, passed = run_gate(bad, NIGHTLY, "json", Path("gate.json"))
    assert not passed and json.loads(Path("gate.json").read_text())["failed"]
    with pytest.raises(BlindspotError):
        run_gate("missing", NIGHTLY, "text", None)
    assert [one["text"].split(": ")[1] for one in webhook] == ["failed", "error"]
    assert all(one["text"] == one["content"] for one in webhook)
    assert "warning" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/secret", "{}/broken/secret", "{}/silent/secret", "no address", "http://[x/secret"]
)
def test_a_webhook_that_fails_is_one_line_without_the_secret(
    address: str, bad: str, good: str, webhook: list[Any], monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setenv(VARIABLE, address.format(os.environ[VARIABLE].rsplit("/", 1)[0]))
    monkeypatch.setattr("blindspot.diff.webhook.SECONDS", LATE / 4)
    _, passed = run_gate(bad, Options(baseline=good), "markdown", Path("gate.md"))
    assert Path("gate.md").read_text().startswith("**failed: ")
    printed = capfd.readouterr().err
    [line] = [line for line in printed.splitlines() if "webhook" in line]
    assert not passed and "secret" not in printed
    assert line.startswith("warning: the webhook of BLINDSPOT_WEBHOOK did not take the message (")


def test_images_that_changed_since_the_baseline_are_left_out(tmp_path: Path) -> None:
    finished = run(tmp_path / "finished", ["family == relation"])
    assert gate(str(finished), NIGHTLY).passed
    image = next((finished / IMAGES / "test").glob("*.png"))
    image.write_bytes(b"another picture")
    result = gate(str(finished), NIGHTLY)
    assert result.diff and result.passed
    assert result.diff.notes[0].startswith("1 images have the same id and different content")


def test_a_revision_is_restored_from_the_dvc_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = run(tmp_path / "repository", ["family == relation"])
    for command in (["git", "init", "-q"], ["dvc", "init", "-q"]):
        _call(command, root)
    folders = [*{str(path.parent) for path in (VERDICTS, ROLLOUTS, FAILURE_MODES, QUESTIONS)}, str(IMAGES)]
    outs = "".join(f"\n      - {folder}" for folder in sorted(folders))
    (root / "dvc.yaml").write_text(f"stages:\n  all:\n    cmd: 'true'\n    outs:{outs}\n", encoding="utf-8")
    _call(["dvc", "commit", "-q", "-f"], root)
    for command in (["git", "add", "dvc.yaml", "dvc.lock", ".dvc"], ["git", "commit", "-q", "-m", "run"]):
        _call(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *command[1:]], root)
    before = read_side(str(root))
    monkeypatch.chdir(root)
    (root / VERDICTS).unlink()
    restored = read_side("git:HEAD")
    pd.testing.assert_frame_equal(restored.rows, before.rows)
    assert restored.candidate == before.candidate and restored.name == "git:HEAD"
    with pytest.raises(BlindspotError, match="the results of git:v9 cannot be restored"):
        read_side("git:v9")


def _call(command: list[str], folder: Path) -> None:
    words = [sys.executable, "-m", *command] if command[0] == "dvc" else command
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
