from pathlib import Path

from blindspot.judges.oracle import OracleVerifier
from blindspot.rewards.trl import Reward
from blindspot.training.checkpoints import STATE, complete, last_checkpoint, restore, step_of
from tests.project import meter
from tests.rewards.steps import STAR, SaysNo, rewards


def reward() -> Reward:
    return Reward([STAR], SaysNo(), OracleVerifier("invalid"), 8, meter(), form="thought")


def test_without_a_checkpoint_there_is_none(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path / "absent") is None


def test_the_latest_checkpoint_is_the_one_with_the_highest_step(tmp_path: Path) -> None:
    for step in (9, 10, 100):
        complete(reward(), tmp_path / f"checkpoint-{step}")
    latest = last_checkpoint(tmp_path)
    assert latest is not None and step_of(latest) == 100


def test_an_incomplete_checkpoint_is_ignored(tmp_path: Path) -> None:
    complete(reward(), tmp_path / "checkpoint-2")
    (tmp_path / "checkpoint-4").mkdir()
    (tmp_path / "checkpoint-4" / "model.safetensors").write_bytes(b"half")
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-2"


def test_archive_and_counters_are_restored(tmp_path: Path) -> None:
    first, second = reward(), reward()
    rewards(first, ["is there a red star ?", "how many stars are there ?"])
    complete(first, tmp_path / "checkpoint-1")
    assert (tmp_path / "checkpoint-1" / STATE).is_file()
    restore(second, tmp_path / "checkpoint-1")
    assert second.archive.questions == first.archive.questions
    assert second.meter.calls == first.meter.calls == {"candidate_calls": 2, "judge_calls": 2, "questioner_calls": 0}
