"""TRL's GRPOTrainer, set up to train a questioner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blindspot.models.local import LocalVLM
from blindspot.prompts import ASK
from blindspot.ranks import ranks
from blindspot.records.image import Image
from blindspot.rewards.components import COMPONENTS
from blindspot.rewards.trl import Reward

if TYPE_CHECKING:
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer


@dataclass(frozen=True)
class Schedule:
    """How long and how hard to train. `images_per_step` and `generations` count over all ranks."""

    steps: int
    images_per_step: int
    generations: int
    learning_rate: float
    kl_weight: float
    temperature: float
    max_new_tokens: int
    checkpoint_every: int
    weights: dict[str, float]
    seed: int


def build_trainer(
    start: Path,
    images: Sequence[Image],
    reward: Reward,
    schedule: Schedule,
    evaluate: Callable[[int, Path], None],
    work: Path,
) -> "GRPOTrainer":
    """A trainer for the questioner in `start`. `evaluate(step, checkpoint)` is told of each checkpoint in `work`."""
    from transformers import ProgressCallback

    from blindspot.training.callbacks import KeepState, Progress
    from blindspot.training.resumable import ResumableGRPOTrainer

    vlm = LocalVLM(start)
    trainer = ResumableGRPOTrainer(
        model=vlm.model,
        processing_class=vlm.processor,
        args=_config(schedule, work),
        train_dataset=_dataset(images),
        reward_funcs=[*reward.functions()],
    )
    trainer.remove_callback(ProgressCallback)
    trainer.add_callback(Progress)
    trainer.add_callback(KeepState(reward, evaluate))
    return trainer


def _config(schedule: Schedule, work: Path) -> "GRPOConfig":
    from trl import GRPOConfig

    completions = schedule.images_per_step * schedule.generations
    return GRPOConfig(
        output_dir=str(work),
        max_steps=schedule.steps,
        per_device_train_batch_size=completions // ranks().num_processes,
        num_generations=schedule.generations,
        steps_per_generation=1,
        learning_rate=schedule.learning_rate,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=10,
        beta=schedule.kl_weight,
        temperature=schedule.temperature,
        max_completion_length=schedule.max_new_tokens,
        reward_weights=[schedule.weights[name] for name in COMPONENTS],
        scale_rewards="batch",  # a group that agrees has no signal; scaled by its own deviation its noise would count
        save_steps=schedule.checkpoint_every,
        save_total_limit=2,
        logging_steps=1,
        report_to="mlflow",
        seed=schedule.seed,
        disable_tqdm=False,
        dataloader_num_workers=0,
        dataloader_pin_memory=ranks().device.type != "cpu",
        bf16=False,
    )


def _dataset(images: Sequence[Image]) -> "Dataset":
    """One row an image: the prompt, the picture, and the id by which the reward finds it."""
    from datasets import Dataset
    from datasets import Image as ImageFeature

    rows = [
        {"prompt": [{"role": "user", "content": ASK}], "image": str(image.path), "image_id": image.image_id}
        for image in images
    ]
    return Dataset.from_list(rows).cast_column("image", ImageFeature())
