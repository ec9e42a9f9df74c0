"""Records a training in MLflow, step by step."""

import re
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from blindspot.tracking import current_recorder

#: Of the rewards in the trainer's log; everything else in it is TRL's own.
REWARD = {"reward": "reward/mean", "reward_std": "reward/std"}
COMPONENT = re.compile(r"rewards/(.+)/(mean|std)")
OWN, TRL = "reward/", "trl/"


def metric_name(name: str) -> str:
    """Returns the name in MLflow of a measure in the trainer's log: reward/… for the rewards, trl/… for the others."""
    if component := COMPONENT.fullmatch(name):
        return f"{OWN}{component[1]}/{component[2]}"
    return REWARD.get(name, f"{TRL}{name}")


class RecordTraining(TrainerCallback):
    """Logs the trainer's arguments and, after each step, its rewards and losses.

    In place of transformers' MLflowCallback, which ends the training if MLflow does not answer.
    """

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Called by the trainer on every rank before the first step."""
        if state.is_world_process_zero and (recorder := current_recorder()):
            recorder.log_params({f"{TRL}{name}": value for name, value in args.to_dict().items()})

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **_: Any
    ) -> None:
        """Called by the trainer on every rank after each step; `logs` are its measures."""
        if state.is_world_process_zero and (recorder := current_recorder()):
            found = {metric_name(name): value for name, value in (logs or {}).items()}
            numbers = {name: value for name, value in found.items() if isinstance(value, (int, float))}
            recorder.log_metrics(numbers, step=state.global_step)
