"""Rehearses the stage train: tries one training step on one picture, and keeps nothing of it.

The stage explore starts this module under launch.config, before its first call.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from blindspot import store
from blindspot.budget import Meter
from blindspot.distributed import process_state
from blindspot.errors import BlindspotError, run
from blindspot.models.description import Local, describe_local
from blindspot.params import BudgetParams, read
from blindspot.protocols import RewardComponent
from blindspot.records.image import Image
from blindspot.rewards.trl import Reward
from blindspot.training.grpo import build_trainer, refuse_impossible
from blindspot.training.options import TrainingParams

TARGETS = [(), ("counting",)]  # prompts of unequal length


def main() -> None:
    """Raises BlindspotError if the questioner of params.yaml cannot be trained with the parameters of train."""
    section = read()["train"]
    params = TrainingParams.model_validate({name: section[name] for name in TrainingParams.model_fields})
    start = describe_local(str(section["base_model"]), "train.base_model")
    images = store.read_images("train")
    refuse_impossible(start, params, len(images))
    rehearse(start, params, images[0])


def rehearse(start: Local, params: TrainingParams, image: Image, steps: int = 1) -> float:
    """Trains steps of one batch per process, in a temporary folder. Raises BlindspotError if that fails.

    Returns the seconds of the last step for each question of this process.
    """
    import torch
    from transformers.integrations.integration_utils import MLflowCallback

    from blindspot.training.callbacks import StepTimer

    chosen, targets = _one_batch(params, steps)
    reward, timer = cast(Reward, _NoCalls(chosen.components())), StepTimer()
    try:
        with tempfile.TemporaryDirectory() as folder:
            trainer = build_trainer(start, [image], targets, reward, chosen, 0, lambda *_: None, Path(folder))
            trainer.args.save_strategy = "no"
            trainer.remove_callback(MLflowCallback)
            trainer.add_callback(timer)
            trainer.train()
    except BlindspotError:
        raise
    except torch.OutOfMemoryError as error:
        raise BlindspotError(
            f"the memory is too small to train {start.model} ({error})",
            "lower train.batch_size, or see “A large questioner” in docs/models.md",
        ) from error
    except Exception as error:  # whatever fails here would fail in train, after the exploration
        raise BlindspotError(
            f"{start.model} cannot be trained ({type(error).__name__}: {str(error)[:300]})",
            "change the parameter of train that this concerns, or train.base_model (docs/architectures.md lists what "
            "is trained), or set train.steps to 0",
        ) from error
    return timer.seconds / chosen.batches_of_process()[0]


class _NoCalls:
    """A reward without calls of the candidate and the verifier: every second question gets a higher reward."""

    calls = 0

    def __init__(self, parts: Sequence[RewardComponent]) -> None:
        self.parts = parts
        self.meter = Meter(BudgetParams.model_validate({}))

    def functions(self) -> list[Callable[..., list[float | None]]]:
        """Returns one reward function for each component, as TRL calls them."""
        return [self._function(one.name) for one in self.parts]

    def _function(self, name: str) -> Callable[..., list[float | None]]:
        def component(completions: Sequence[object], **_: object) -> list[float | None]:
            return [float(index % 2) for index in range(len(completions))]

        component.__name__ = name
        return component


def _one_batch(params: TrainingParams, steps: int) -> tuple[TrainingParams, Sequence[tuple[str, ...]]]:
    """Returns the parameters of steps with one batch per process, and the targets of their prompts."""
    size, _ = params.batches_of_process()
    questions = max(size * process_state().num_processes, 2)
    prompts = 2 if questions % 2 == 0 and questions > 2 else 1
    changes = {"steps": steps, "images_per_step": prompts, "num_generations": questions // prompts}
    return params.model_copy(update=changes), TARGETS[:prompts]


if __name__ == "__main__":
    run(main)
