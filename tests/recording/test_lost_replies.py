"""The server goes away at each single request of a run, before or after it has handled the request."""

from pathlib import Path
from typing import Any

import pytest

from blindspot.recording.delivery import send_missed
from blindspot.tracking import log_checkpoint, log_samples, register, stage_run
from tests.recording.served import serving
from tests.recording.stored import Stored, read_stored
from tests.recording.wire import Watch, Wire


def record(folder: Path, stage: str, work: Path) -> None:
    """Records everything that a stage can record."""
    samples = {"image": [str(folder / "picture.png")], "question": ["a ?"]}
    with stage_run(stage, work, {"steps": 7}, [str(folder / "text.txt")]) as mlflow:
        mlflow.log_metrics({"reward": 0.25}, step=1)
        mlflow.log_artifacts(folder / "pages", "pages")
        log_samples(mlflow, samples, "samples.json")
        log_samples(mlflow, samples, "samples.json")
        model = log_checkpoint(mlflow, 1, [folder / "text.txt"], {"failure_rate": 0.5}, samples)
        register(mlflow, model, 0.5)


def make_files(folder: Path) -> None:
    from PIL import Image

    (folder / "pages").mkdir(parents=True)
    (folder / "pages" / "empty.html").touch()
    (folder / "text.txt").write_text("text", "utf-8")
    Image.new("RGB", (8, 8), "red").save(folder / "picture.png")


def content(runs: dict[str, list[Stored]], stage: str) -> dict[str, Any]:
    """Returns what MLflow has of the only run of a stage, without what names the stage or the best version."""
    [run] = runs[stage]
    versions = [{**version, "aliases": None} for version in run.content["versions"]]
    return run.content | {"tags": None, "versions": versions}


@pytest.mark.slow
def test_a_run_is_complete_and_nothing_is_there_twice_whichever_request_is_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, work, store = tmp_path / "files", tmp_path / ".work", tmp_path / "mlflow"
    make_files(files)
    with serving(store) as server:
        wire = Wire(server, kills=False)
        wire.reconnect()
        monkeypatch.setenv("MLFLOW_TRACKING_URI", wire.uri)
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", "0")
        record(files, "whole", work)
        wire.watch = Watch("counted")
        record(files, "counted", work)
        expected = content(read_stored(store, tmp_path), "whole")
        requests = range(1, wire.watch.requests + 1)
        cuts = [("created", 0), *(("during", at) for at in requests), *(("missed", at) for at in requests[::3])]
        for moment, at in cuts:
            wire.watch = Watch(f"{moment}-{at}", moment, at)
            record(files, wire.watch.stage, work)
            assert wire.is_cut, f"{moment}, request {at}: was not made"
            wire.watch = Watch("")
            wire.reconnect()
            assert send_missed(work) == 0
        runs = read_stored(store, tmp_path)
        assert len(runs) == len(cuts) + 2
        assert len(expected["versions"]) == 1
        assert {stage for stage in runs if content(runs, stage) != expected} == set()
