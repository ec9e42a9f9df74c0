"""What a checkpoint holds beyond TRL's own, and which one a training goes on from."""

from pathlib import Path
from typing import Any

from blindspot.rewards.trl import Reward
from blindspot.store import read_json, write_json

PREFIX = "checkpoint-"  # transformers' name of them
#: Written last, so a checkpoint that holds it is whole: a kill may leave one that is not.
STATE = "blindspot.json"


def last_checkpoint(folder: Path) -> Path | None:
    """The latest whole checkpoint in `folder`, None where there is none."""
    whole = [path.parent for path in folder.glob(f"{PREFIX}*/{STATE}")]
    return max(whole, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """The step at which it was written."""
    return int(checkpoint.name.removeprefix(PREFIX))


def history_of(checkpoint: Path) -> list[dict[str, Any]]:
    """The trainer's log up to the checkpoint, a row a step."""
    history: list[dict[str, Any]] = read_json(checkpoint / "trainer_state.json")["log_history"]
    return history


def keep(reward: Reward, checkpoint: Path) -> None:
    """Makes the checkpoint whole: adds the reward's archive and counters."""
    write_json(checkpoint / STATE, reward.state())


def restore(reward: Reward, checkpoint: Path) -> None:
    """Takes up the archive and counters that the checkpoint keeps."""
    reward.restore(read_json(checkpoint / STATE))
