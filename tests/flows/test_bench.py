"""`flows/bench.py` runs the stages of a bench with DVC; here, stages that only write a file."""

from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo

from blindspot.errors import BlindspotError
from flows.bench import BATCH, WORKERS, list_stages, reproduce_in_parallel

COUNT = 2 * WORKERS * BATCH + 1


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns the dvc.yaml of a repository with COUNT stages, which write one file each."""
    monkeypatch.chdir(tmp_path)
    Repo.init(no_scm=True).close()
    return plan(tmp_path / "dvc.yaml", failing=None)


def plan(file: Path, failing: int | None) -> Path:
    """Writes stages that take a moment, so that the other DVC process holds the lock. One of them may fail."""
    planned = {}
    for number in range(COUNT):
        command = "false" if number == failing else f"sleep 0.3; echo {number} > {number}.txt"
        planned[f"make{number}"] = {"cmd": command, "outs": [f"{number}.txt"]}
    file.write_text(yaml.safe_dump({"stages": planned}, sort_keys=False), "utf-8")
    return file


def made(folder: Path) -> int:
    return len([*folder.glob("*.txt")])


@pytest.mark.slow
def test_every_stage_runs(pipeline: Path) -> None:
    reproduce_in_parallel(list_stages(pipeline.name))
    assert made(pipeline.parent) == COUNT


@pytest.mark.slow
def test_a_failure_stops_the_run_and_the_next_run_resumes(pipeline: Path) -> None:
    plan(pipeline, failing=1)
    with pytest.raises(BlindspotError, match="a stage of the bench failed"):
        reproduce_in_parallel(list_stages(pipeline.name))
    assert 1 <= made(pipeline.parent) < COUNT - BATCH
    plan(pipeline, failing=None)
    reproduce_in_parallel(list_stages(pipeline.name))
    assert made(pipeline.parent) == COUNT
