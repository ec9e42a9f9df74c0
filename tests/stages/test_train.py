"""The outputs of the stage train, without a training."""

import json
from pathlib import Path

import pytest

from blindspot.models.description import describe_local
from blindspot.paths import QUESTIONER
from blindspot.questioner.steering import read_targets, write_targets
from blindspot.training.run import CHECKPOINT_COLUMNS
from stages.train import write_outputs

TARGETS = [("judging left-of", "answer yes"), ("counting",)]


def test_an_untrained_questioner_keeps_its_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = tmp_path / "start"
    start.mkdir()
    for name in ("config.json", "model.safetensors"):
        (start / name).write_text("{}", "utf-8")
    write_targets(start, TARGETS)
    monkeypatch.chdir(tmp_path)
    evaluations = [dict.fromkeys(("step", *CHECKPOINT_COLUMNS), 0)]
    write_outputs(describe_local(str(start), "the questioner"), [], [], evaluations, {})
    assert read_targets(QUESTIONER) == TARGETS
    assert json.loads(Path("metrics/train.json").read_text("utf-8"))["steps"] == 0
