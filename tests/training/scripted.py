"""A candidate, a judge and parameters for trainings of one or two steps, whatever text the questioner writes."""

from collections.abc import Sequence
from typing import Any

from blindspot.prompts.files import SCENES
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.verdict import Verdict
from blindspot.training.options import TrainingParams


class SaysOne:
    """A candidate that always answers."""

    identity = "says-one/1"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        return [Answer("1")] * len(images)


class EvenWords:
    """Judges a question with an even number of words as a failure, any other as invalid, so that there is a signal."""

    identity = "even-words/1"

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        even = [len(question.split()) % 2 == 0 for question in questions]
        return [Verdict("failure" if one else "invalid", self.identity, None, "1") for one in even]


def training_params(**changes: Any) -> TrainingParams:
    """Parameters of a training with two images per step and four questions about each."""
    values = {
        "steps": 1,
        "images_per_step": 2,
        "num_generations": 4,
        "learning_rate": 0.001,
        "beta": 0.04,
        "temperature": 1.0,
        "max_new_tokens": 8,
        "checkpoint_every": 1,
        "weights": {"failure": 1.0, "semantic_diversity": 0.0, "lexical_diversity": 0.0, "invalid": 1.0},
        "batch_size": 8,
        "bf16": False,
        "gradient_checkpointing": True,
        "freeze_vision": False,
        "lora": {"rank": 0},
        "prompts": str(SCENES),
    }
    return TrainingParams.model_validate(values | changes)
