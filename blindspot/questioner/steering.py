"""Steers a questioner with targets: each image gets a target that suits it, and each target about as many images."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from blindspot.distributed import BLOCK
from blindspot.protocols import ProposedQuestion, Steerable, Target
from blindspot.records.image import Image
from blindspot.store import read_json, write_json
from blindspot.taxonomy.modes.describe import is_answer
from blindspot.taxonomy.reading.question_features import has_all

FILE = "targets.json"  # in the folder of the questioner's weights
TRIED = 4  # targets tried for each image, at most
SAMPLES = 8  # questions sampled for each image, over all tried targets; one of them is kept
#: The same for a served questioner, of which each question costs a call.
TRIED_SERVED = SAMPLES_SERVED = 2
OVER_SHARE = 3.0  # cost of an image beyond a target's equal share, in standard deviations of the log-probability
UNMET = 100.0  # cost of a target that no question about the image meets

Floats = npt.NDArray[np.float64]


class SteeredQuestioner:
    """A questioner that asks for targets.

    The questioner may ask a question that does not meet the target, for example because the image does not allow one.
    """

    def __init__(
        self, questioner: Steerable, targets: Sequence[Target], samples: int = SAMPLES, tried: int = TRIED
    ) -> None:
        """`samples`: questions sampled for each image, over `tried` targets at most.

        Raises ValueError if `targets` is empty.
        """
        if not targets:
            raise ValueError("there are no targets to steer with")
        self._questioner, self._targets, self._samples, self._tried = questioner, list(targets), samples, tried

    @property
    def identity(self) -> str:
        """The identity of the questioner with a digest of the targets."""
        digest = hashlib.sha256(json.dumps(self._targets).encode()).hexdigest()[:8]
        return f"{self._questioner.identity}, targets {digest}"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns one question for each image, in order, with about as many questions for each target.

        The questioner samples several questions about each image, spread over several targets. A question meets
        its target if its words, and the answer that the questioner expects, have the features of the target. Each
        image is assigned one target: the assignment maximises the sum of the log-probabilities of the best questions
        that meet their targets, standardised by target. Of the questions that meet the assigned target, the most
        probable one is kept; if there is none, the most probable of all. A reply without a question is kept only if
        all replies about the image are. Each question has the target that its prompt named.
        """
        dice, questions = np.random.default_rng(seed), list[ProposedQuestion]()
        for start in range(0, len(images), BLOCK):
            questions += self._ask(images[start : start + BLOCK], dice)
        return questions

    def _ask(self, images: Sequence[Image], dice: np.random.Generator) -> list[ProposedQuestion]:
        tried = min(self._tried, len(self._targets))
        turns = dice.permutation(len(images))[:, None] + np.arange(self._samples) % tried
        numbers = np.sort(turns % len(self._targets), axis=1)  # of the targets, shape (images, samples)
        targets = [self._targets[number] for number in numbers.ravel().tolist()]
        asked = self._questioner.ask_for(
            targets, [image for image in images for _ in range(self._samples)], int(dice.integers(2**31))
        )
        log_probs = np.array([one.log_prob for one in asked]).reshape(numbers.shape)
        met = np.array([meets(one, target) for one, target in zip(asked, targets, strict=True)]).reshape(numbers.shape)
        assigned = _assign(_scores(numbers, np.where(met, log_probs, np.nan), len(self._targets)))
        by_target = met & (numbers == assigned[:, None])
        asks = np.array([one.reason is None for one in asked]).reshape(numbers.shape)
        kept = np.where(by_target.any(axis=1, keepdims=True), by_target, asks)
        best = np.where(kept, log_probs, -np.inf).argmax(axis=1)
        places = [place * self._samples + one for place, one in enumerate(best.tolist())]
        return [asked[place]._replace(target=targets[place]) for place in places]


def _scores(numbers: npt.NDArray[np.intp], log_probs: Floats, targets: int) -> Floats:
    """Returns the standardised log-probability of each image's best question for each target.

    `numbers`, `log_probs`: the target and the log-probability of each question, shape (images, samples); NaN if the
    question does not meet its target. Returns shape (images, targets), standardised by target; NaN if no question
    meets the target.
    """
    scores = np.full((len(numbers), targets), np.nan)
    for target in range(targets):
        best = np.fmax.reduce(np.where(numbers == target, log_probs, np.nan), axis=1)
        known = best[~np.isnan(best)]
        if len(known):
            scores[:, target] = (best - known.mean()) / (known.std() + 1e-9)
    return scores


def _assign(scores: Floats) -> npt.NDArray[np.intp]:
    """Returns the number of each image's target: the assignment with the highest total score minus costs."""
    from scipy.optimize import linear_sum_assignment

    images, targets = scores.shape
    share = -(-images // targets)
    costs = np.where(np.arange(images) < share, 0.0, OVER_SHARE)
    slots = np.nan_to_num(scores, nan=-UNMET)[:, :, None] - costs
    _, chosen = linear_sum_assignment(slots.reshape(images, targets * images), maximize=True)
    numbers: npt.NDArray[np.intp] = chosen // images
    return numbers


def meets(proposed: ProposedQuestion, target: Target) -> bool:
    """Returns whether the question has the features of the target.

    Features of the true answer are checked against the expected answer, and not checked if there is none.
    """
    if proposed.reason is not None:
        return False
    shown = {feature for feature in target if proposed.answer is not None or not is_answer_feature(feature)}
    return has_all(shown, proposed.question, proposed.answer)


def is_answer_feature(feature: str) -> bool:
    """Returns whether the feature depends on the true answer, not on the words of the question alone."""
    return is_answer(feature) or feature.startswith(("counting ", "noticing absence"))


def write_targets(folder: Path, targets: Sequence[Target]) -> None:
    """Writes the targets into the folder of the questioner's weights; writes no file if there are none."""
    if targets:
        write_json(folder / FILE, [list(target) for target in targets])


def read_targets(folder: Path) -> list[Target]:
    """Reads the targets from the folder of the questioner's weights; an empty list if there is no file."""
    return [tuple(target) for target in read_json(folder / FILE)] if (folder / FILE).is_file() else []
