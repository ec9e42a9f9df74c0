"""What a training hands over, without one."""

import json
from pathlib import Path

import pytest

from blindspot.models.description import describe_local
from blindspot.questioner.steering import read_targets, write_targets
from stages.train import CHECKPOINTS, MODEL, hand_over

HINTS = [("judging left-of", "answer yes"), ("counting",)]


def test_a_questioner_that_is_not_trained_keeps_its_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = tmp_path / "start"
    start.mkdir()
    for name in ("config.json", "model.safetensors"):
        (start / name).write_text("{}", "utf-8")
    write_targets(start, HINTS)
    monkeypatch.chdir(tmp_path)
    hand_over(describe_local(str(start), "the questioner"), [], [], [dict.fromkeys(("step", *CHECKPOINTS), 0)], {})
    assert read_targets(MODEL) == HINTS
    assert json.loads(Path("metrics/train.json").read_text("utf-8"))["steps"] == 0
