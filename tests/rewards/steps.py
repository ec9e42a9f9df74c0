"""Steps of a training about one scene, with the arguments with which TRL calls the reward functions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.rewards.trl import Reward
from blindspot.scenes.scene import Scene, Thing

STAR = Image("a", Path("a.png"), "train", Scene((Thing(0, 0, "small", "red", "star"),)).to_json())


class SaysNo:
    """A candidate that counts its calls."""

    identity = "says-no/1"

    def __init__(self) -> None:
        self.asked = 0

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        self.asked += len(questions)
        return [Answer("no")] * len(images)


def rewards(reward: Reward, questions: list[str], target: tuple[str, ...] = ()) -> dict[str, list[float | None]]:
    given = arguments(questions, target)
    return {function.__name__: function(**given) for function in reward.functions()}


def arguments(questions: list[str], target: tuple[str, ...] = ()) -> dict[str, Any]:
    """The arguments with which TRL calls each reward function."""
    completions = [[{"role": "assistant", "content": question}] for question in questions]
    return {"completions": completions, "image_id": ["a"] * len(questions), "target": [[*target]] * len(questions)}
