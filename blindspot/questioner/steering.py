"""Steers a questioner by targets: each image gets a target that suits it, each target about as many images."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from blindspot.distributed import BLOCK
from blindspot.protocols import Posed, Steerable, Target
from blindspot.records.image import Image
from blindspot.store import read_json, write_json
from blindspot.taxonomy.reading.question_features import all_features

FILE = "targets.json"  # beside the questioner's weights
TRIED = 4  # targets that an image is asked by, where there are so many
SAMPLES = 8  # questions about an image, by all of them together, of which one stands
OVER, NONE = (
    3.0,
    100.0,
)  # what it costs, in standard deviations of sureness, that a target is over its share; keeps none

Floats = npt.NDArray[np.float64]


class SteeredQuestioner:
    """Asks by targets. What an image has no question for, the questioner declines by asking something else."""

    def __init__(self, questioner: Steerable, targets: Sequence[Target]) -> None:
        """Raises ValueError where there is no target."""
        if not targets:
            raise ValueError("nothing to steer by")
        self._questioner, self._targets = questioner, list(targets)

    @property
    def identity(self) -> str:
        """The questioner's, and a digest of the targets."""
        told = hashlib.sha256(json.dumps(self._targets).encode()).hexdigest()[:8]
        return f"{self._questioner.identity}, targets {told}"

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """One question for each image, in the same order, of each target about as many.

        The questioner asks SAMPLES questions about an image, for up to TRIED targets. A question keeps its target when
        its words, and the answer that the questioner expects, have the features of the target. Of these questions the
        most probable one is kept, standardised by target, so that a target goes to the images that suit it. If no
        question keeps its target, the most probable one is kept.
        """
        dice, questions = np.random.default_rng(seed), list[str]()
        for start in range(0, len(images), BLOCK):
            questions += self._ask(images[start : start + BLOCK], dice)
        return questions

    def _ask(self, images: Sequence[Image], dice: np.random.Generator) -> list[str]:
        tried = min(TRIED, len(self._targets))
        turns = dice.permutation(len(images))[:, None] + np.arange(SAMPLES) % tried
        numbers = np.sort(turns % len(self._targets), axis=1)  # of the targets, shape (images, SAMPLES)
        told = [self._targets[number] for number in numbers.ravel().tolist()]
        asked = self._questioner.ask_for(
            told, [image for image in images for _ in range(SAMPLES)], int(dice.integers(2**31))
        )
        sure = np.array([one.log_prob for one in asked]).reshape(numbers.shape)
        keeping = np.array([keeps(one, target) for one, target in zip(asked, told, strict=True)]).reshape(
            numbers.shape
        )
        dealt = _assign(_worth(numbers, np.where(keeping, sure, np.nan), len(self._targets)))
        by_target = keeping & (numbers == dealt[:, None])
        best = np.where(by_target.any(axis=1, keepdims=True) & ~by_target, -np.inf, sure).argmax(axis=1)
        return [asked[place * SAMPLES + one].question for place, one in enumerate(best.tolist())]


def _worth(numbers: npt.NDArray[np.intp], sure: Floats, targets: int) -> Floats:
    """How sure an image's best question by a target is, shape (images, targets), standardised by target; NaN: none."""
    worth = np.full((len(numbers), targets), np.nan)
    for target in range(targets):
        best = np.fmax.reduce(np.where(numbers == target, sure, np.nan), axis=1)
        known = best[~np.isnan(best)]
        if len(known):
            worth[:, target] = (best - known.mean()) / (known.std() + 1e-9)
    return worth


def _assign(worth: Floats) -> npt.NDArray[np.intp]:
    """The number of the target of each image: as much worth in all as can be; a target over its share costs OVER."""
    from scipy.optimize import linear_sum_assignment

    images, targets = worth.shape
    share = -(-images // targets)
    over = np.where(np.arange(images) < share, 0.0, OVER)
    slots = np.nan_to_num(worth, nan=-NONE)[:, :, None] - over
    _, chosen = linear_sum_assignment(slots.reshape(images, targets * images), maximize=True)
    numbers: npt.NDArray[np.intp] = chosen // images
    return numbers


def keeps(posed: Posed, target: Target) -> bool:
    """Whether the question has every feature of the target that its words and its expected answer can show."""
    shown = {feature for feature in target if posed.answer is not None or not of_answer(feature)}
    return shown <= all_features(posed.question, posed.answer)


def of_answer(feature: str) -> bool:
    """Whether only the true answer shows this feature."""
    return feature.startswith(("answer ", "counting ", "noticing absence"))


def write_targets(folder: Path, targets: Sequence[Target]) -> None:
    """Puts the targets beside the questioner's weights, where there are any."""
    if targets:
        write_json(folder / FILE, [list(target) for target in targets])


def read_targets(folder: Path) -> list[Target]:
    """Those that lie beside the weights; none where there are none."""
    return [tuple(target) for target in read_json(folder / FILE)] if (folder / FILE).is_file() else []
