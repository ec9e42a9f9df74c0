"""What happens during a training, beside the training."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import ProgressCallback, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.integrations import deepspeed

from blindspot.budget import Meter
from blindspot.protocols import Target
from blindspot.questioner.steering import write_targets
from blindspot.rewards.components import COMPONENTS
from blindspot.rewards.trl import Reward
from blindspot.training.checkpoints import PREFIX, keep


@contextmanager
def unsplit() -> Iterator[None]:
    """Models are loaded whole in here: under ZeRO-3 every rank would load its part, and only one is here."""
    known, deepspeed._hf_deepspeed_config_weak_ref = deepspeed._hf_deepspeed_config_weak_ref, None
    try:
        yield
    finally:
        deepspeed._hf_deepspeed_config_weak_ref = known


class KeepState(TrainerCallback):
    """Puts `targets` into every checkpoint, calls `evaluate(step, checkpoint)`, then makes it whole."""

    def __init__(self, reward: Reward, targets: Sequence[Target], evaluate: Callable[[int, Path], None]) -> None:
        self._reward, self._targets, self._evaluate = reward, targets, evaluate

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Called by the trainer once its own part of the checkpoint is written, on every rank."""
        if state.is_world_process_zero:
            checkpoint = Path(str(args.output_dir)) / f"{PREFIX}{state.global_step}"
            write_targets(checkpoint, self._targets)
            # loading a model draws numbers, which a resumed training would not draw
            with torch.random.fork_rng(), unsplit():
                self._evaluate(state.global_step, checkpoint)
            keep(self._reward, checkpoint)


class KeepWithin(TrainerCallback):
    """Ends the training, with a checkpoint, where the budget has no room for another step of `questions`."""

    def __init__(self, meter: Meter, questions: int) -> None:
        self._meter, self._questions = meter, questions

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Called by the trainer after each step, on every rank; the first one's clock decides."""
        from accelerate.utils import broadcast_object_list

        ended = broadcast_object_list([self._meter.ended_by(self._questions)])[0]
        if ended and state.global_step < state.max_steps:
            control.should_training_stop = control.should_save = True
            if state.is_world_process_zero:
                print(f"train: ends after step {state.global_step} of {state.max_steps}: budget.{ended}", flush=True)


class Progress(ProgressCallback):
    """A bar with the reward's components, rather than a line of forty figures a step; MLflow has those."""

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Called by the trainer with the figures of a step."""
        bar: Any = self.training_bar
        if bar is not None and logs and "reward" in logs:
            shown = {name: logs.get(f"rewards/{name}/mean") for name in COMPONENTS}
            bar.set_postfix({name: f"{value:.2f}" for name, value in shown.items() if value is not None})
