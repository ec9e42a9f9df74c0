"""How a bench runs its stages: `flows/bench.py`, with DVC, on stages that only write a file."""

from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo

from blindspot.errors import BlindspotError
from flows.bench import AT_ONCE, IN_A_ROW, at_once, stages

COUNT = 2 * AT_ONCE * IN_A_ROW + 1


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The dvc.yaml of a repository of COUNT stages, which write one file each."""
    monkeypatch.chdir(tmp_path)
    Repo.init(no_scm=True).close()
    return plan(tmp_path / "dvc.yaml", failing=None)


def plan(file: Path, failing: int | None) -> Path:
    """Stages that take a moment, in which the other DVC has the lock, and of which one may fail."""
    planned = {}
    for number in range(COUNT):
        command = "false" if number == failing else f"sleep 0.3; echo {number} > {number}.txt"
        planned[f"make{number}"] = {"cmd": command, "outs": [f"{number}.txt"]}
    file.write_text(yaml.safe_dump({"stages": planned}, sort_keys=False), "utf-8")
    return file


def made(folder: Path) -> int:
    return len([*folder.glob("*.txt")])


@pytest.mark.slow
def test_every_stage_is_run(pipeline: Path) -> None:
    at_once(stages(pipeline.name))
    assert made(pipeline.parent) == COUNT


@pytest.mark.slow
def test_after_a_failure_the_rest_is_left_and_the_next_try_goes_on(pipeline: Path) -> None:
    plan(pipeline, failing=1)
    with pytest.raises(BlindspotError, match="a run failed"):
        at_once(stages(pipeline.name))
    assert 1 <= made(pipeline.parent) < COUNT - IN_A_ROW
    plan(pipeline, failing=None)
    at_once(stages(pipeline.name))
    assert made(pipeline.parent) == COUNT
