"""Trainer callbacks: complete and evaluate checkpoints, stop at the budget, show progress, measure steps."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm
from transformers import ProgressCallback, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.integrations import deepspeed

from blindspot.budget import Meter
from blindspot.protocols import Target
from blindspot.questioner.steering import write_targets
from blindspot.rewards.trl import Reward
from blindspot.training.checkpoints import PREFIX, complete


@contextmanager
def without_zero3() -> Iterator[None]:
    """Loads models whole within the block. Under ZeRO-3 each rank would load its part, but only one rank is here."""
    config, deepspeed._hf_deepspeed_config_weak_ref = deepspeed._hf_deepspeed_config_weak_ref, None
    try:
        yield
    finally:
        deepspeed._hf_deepspeed_config_weak_ref = config


class CompleteCheckpoint(TrainerCallback):
    """Writes `targets` into each checkpoint, calls `evaluate(step, checkpoint)`, then marks it as complete."""

    def __init__(self, reward: Reward, targets: Sequence[Target], evaluate: Callable[[int, Path], None]) -> None:
        self._reward, self._targets, self._evaluate = reward, targets, evaluate

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Called by the trainer on every rank, after it has written its part of the checkpoint."""
        if state.is_world_process_zero:
            checkpoint = Path(str(args.output_dir)) / f"{PREFIX}{state.global_step}"
            write_targets(checkpoint, self._targets)
            # Loading a model uses random numbers, which a resumed training would not use.
            with torch.random.fork_rng(), without_zero3():
                self._evaluate(state.global_step, checkpoint)
            complete(self._reward, checkpoint)


class StepTimer(TrainerCallback):
    """Measures the last step. Attributes: `seconds`."""

    def __init__(self) -> None:
        self.seconds = self._start = 0.0

    def on_step_begin(self, *_: object, **__: object) -> None:
        """Starts the measurement."""
        self._start = time.perf_counter()

    def on_step_end(self, *_: object, **__: object) -> None:
        """Ends the measurement."""
        self.seconds = time.perf_counter() - self._start


class StopAtBudget(TrainerCallback):
    """Ends the training, with a checkpoint, if the budget is too small for `questions`.

    These are the questions of another step and of the evaluation of the checkpoint.
    """

    def __init__(self, meter: Meter, questions: int) -> None:
        self._meter, self._questions = meter, questions

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Called by the trainer on every rank after each step; the clock of the first rank decides."""
        ended = self._meter.agreed(self._meter.ended_by(self._questions))
        if ended and state.global_step < state.max_steps:
            control.should_training_stop = control.should_save = True
            if state.is_world_process_zero:
                print(f"train: ends after step {state.global_step} of {state.max_steps}: budget.{ended}", flush=True)
        if state.is_world_process_zero:
            self._meter.show(tqdm.write)


class Progress(ProgressCallback):
    """Shows a progress bar with the reward's components instead of a line of forty figures per step (see MLflow)."""

    def __init__(self, components: Sequence[str]) -> None:
        """`components`: their names."""
        super().__init__()
        self._components = components

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Called by the trainer with the metrics of a step."""
        bar: Any = self.training_bar
        if bar is not None and logs and "reward" in logs:
            shown = {name: logs.get(f"rewards/{name}/mean") for name in self._components}
            bar.set_postfix({name: f"{value:.2f}" for name, value in shown.items() if value is not None})
