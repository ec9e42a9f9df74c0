"""Records a training in MLflow, step by step."""

from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from blindspot.tracking import current_recorder


class RecordTraining(TrainerCallback):
    """Logs the trainer's arguments and, after each step, its rewards and losses.

    In place of transformers' MLflowCallback, which ends the training if MLflow does not answer.
    """

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Called by the trainer on every rank before the first step."""
        if state.is_world_process_zero and (recorder := current_recorder()):
            recorder.log_params(args.to_dict())

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **_: Any
    ) -> None:
        """Called by the trainer on every rank after each step; `logs` are its measures."""
        if state.is_world_process_zero and (recorder := current_recorder()):
            numbers = {name: value for name, value in (logs or {}).items() if isinstance(value, (int, float))}
            recorder.log_metrics(numbers, step=state.global_step)
