"""A questioner that is steered by hints: an image is asked about by one that suits it, each hint about as often."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from blindspot.protocols import Hint, Posed, Steerable
from blindspot.ranks import BLOCK
from blindspot.records.image import Image
from blindspot.skills.plain import all_traits
from blindspot.store import read_json, write_json

FILE = "hints.json"  # beside the questioner's weights
TRIED = 4  # hints that an image is asked by, where there are so many
SAMPLES = 8  # questions about an image, by all of them together, of which one stands
OVER, NONE = 3.0, 100.0  # what it costs, in standard deviations of sureness, that a hint is over its share; keeps none

Floats = npt.NDArray[np.float64]


class Steered:
    """Asks by hints. What an image has no question for, the questioner declines by asking something else."""

    def __init__(self, questioner: Steerable, hints: Sequence[Hint]) -> None:
        """Raises ValueError where there is no hint."""
        if not hints:
            raise ValueError("nothing to steer by")
        self._questioner, self._hints = questioner, list(hints)

    @property
    def identity(self) -> str:
        """The questioner's, and a digest of the hints."""
        told = hashlib.sha256(json.dumps(self._hints).encode()).hexdigest()[:8]
        return f"{self._questioner.identity}, hints {told}"

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """One question for each image, in the same order, of each hint about as many.

        An image is asked SAMPLES times, by up to TRIED hints. Of the questions that keep their hint, as far as their
        words and the answers show that the questioner has in mind, that stands of which it was surest, for this hint
        and among these images: so a hint goes to the images that suit it. Where none keeps its hint the surest stands.
        """
        dice, questions = np.random.default_rng(seed), list[str]()
        for start in range(0, len(images), BLOCK):
            questions += self._ask(images[start : start + BLOCK], dice)
        return questions

    def _ask(self, images: Sequence[Image], dice: np.random.Generator) -> list[str]:
        tried = min(TRIED, len(self._hints))
        turns = dice.permutation(len(images))[:, None] + np.arange(SAMPLES) % tried
        numbers = np.sort(turns % len(self._hints), axis=1)  # of the hints, shape (images, SAMPLES)
        told = [self._hints[number] for number in numbers.ravel().tolist()]
        asked = self._questioner.ask_for(
            told, [image for image in images for _ in range(SAMPLES)], int(dice.integers(2**31))
        )
        sure = np.array([one.likelihood for one in asked]).reshape(numbers.shape)
        keeping = np.array([keeps(one, hint) for one, hint in zip(asked, told, strict=True)]).reshape(numbers.shape)
        dealt = _assign(_worth(numbers, np.where(keeping, sure, np.nan), len(self._hints)))
        by_hint = keeping & (numbers == dealt[:, None])
        best = np.where(by_hint.any(axis=1, keepdims=True) & ~by_hint, -np.inf, sure).argmax(axis=1)
        return [asked[place * SAMPLES + one].question for place, one in enumerate(best.tolist())]


def _worth(numbers: npt.NDArray[np.intp], sure: Floats, hints: int) -> Floats:
    """How sure an image's best question by a hint is, shape (images, hints), standardised by hint; NaN: none."""
    worth = np.full((len(numbers), hints), np.nan)
    for hint in range(hints):
        best = np.fmax.reduce(np.where(numbers == hint, sure, np.nan), axis=1)
        known = best[~np.isnan(best)]
        if len(known):
            worth[:, hint] = (best - known.mean()) / (known.std() + 1e-9)
    return worth


def _assign(worth: Floats) -> npt.NDArray[np.intp]:
    """The number of the hint of each image: as much worth in all as can be; a hint over its share costs OVER."""
    from scipy.optimize import linear_sum_assignment

    images, hints = worth.shape
    share = -(-images // hints)
    over = np.where(np.arange(images) < share, 0.0, OVER)
    slots = np.nan_to_num(worth, nan=-NONE)[:, :, None] - over
    _, chosen = linear_sum_assignment(slots.reshape(images, hints * images), maximize=True)
    numbers: npt.NDArray[np.intp] = chosen // images
    return numbers


def keeps(posed: Posed, hint: Hint) -> bool:
    """Whether it has every trait of the hint that its words show, and the answer that its questioner has in mind."""
    shown = {trait for trait in hint if posed.answer is not None or not of_answer(trait)}
    return shown <= all_traits(posed.question, posed.answer)


def of_answer(trait: str) -> bool:
    """Whether only the true answer shows this trait."""
    return trait.startswith(("answer ", "counting ", "noticing absence"))


def write_hints(folder: Path, hints: Sequence[Hint]) -> None:
    """Puts the hints beside the questioner's weights, where there are any."""
    if hints:
        write_json(folder / FILE, [list(hint) for hint in hints])


def read_hints(folder: Path) -> list[Hint]:
    """Those that lie beside the weights; none where there are none."""
    return [tuple(hint) for hint in read_json(folder / FILE)] if (folder / FILE).is_file() else []
