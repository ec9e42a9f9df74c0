"""Finds, completes and restores checkpoints. A checkpoint is TRL's, plus the state of the reward."""

from pathlib import Path
from typing import Any

from blindspot.rewards.trl import Reward
from blindspot.store import read_json, write_json

PREFIX = "checkpoint-"  # of the folder's name, from transformers
#: The state of the reward. It is written last, so a checkpoint without it is incomplete.
STATE = "blindspot.json"


def last_checkpoint(folder: Path) -> Path | None:
    """Returns the latest complete checkpoint in `folder`, or None."""
    found = [path.parent for path in folder.glob(f"{PREFIX}*/{STATE}")]
    return max(found, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """Returns the step of a checkpoint."""
    return int(checkpoint.name.removeprefix(PREFIX))


def history_of(checkpoint: Path) -> list[dict[str, Any]]:
    """Returns the trainer's log up to the checkpoint, one row per step."""
    history: list[dict[str, Any]] = read_json(checkpoint / "trainer_state.json")["log_history"]
    return history


def complete(reward: Reward, checkpoint: Path) -> None:
    """Completes a checkpoint: writes the state of the reward."""
    write_json(checkpoint / STATE, reward.state())


def restore(reward: Reward, checkpoint: Path) -> None:
    """Restores the state of the reward from a checkpoint."""
    reward.restore(read_json(checkpoint / STATE))
