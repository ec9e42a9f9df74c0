"""A questioner that is steered by hints, one after another, so that all of them are asked for equally often."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blindspot.protocols import Hint, Posed, Steerable
from blindspot.records.image import Image
from blindspot.skills.plain import all_traits
from blindspot.store import read_json, write_json

FILE = "hints.json"  # beside the questioner's weights
SAMPLES = 3  # questions by one hint, of which one is asked
TRIES = 4  # hints that an image is asked with, until a question keeps one


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
        """One question for each image, in the same order, by hints dealt out evenly.

        With each hint an image is asked SAMPLES times; of the questions that keep it, as far as their words and the
        answers show that the questioner has in mind, that stands of which it was surest. Where none keeps it the image
        gets another hint, of those that it was not asked with the one that was kept least often; after TRIES its last
        question stands.
        """
        questions, kept = [""] * len(images), Counter(dict.fromkeys(range(len(self._hints)), 0))
        tried: dict[int, set[int]] = {
            int(place): set() for place in np.random.default_rng(seed).permutation(len(images))
        }
        for attempt in range(min(TRIES, len(self._hints))):
            dealt = _deal(kept, tried)
            found = self._sample(dealt, images, seed * TRIES + attempt)
            for (place, number), (keeping, question) in zip(dealt.items(), found, strict=True):
                questions[place] = question
                tried[place].add(number)
                if keeping:
                    kept[number] += 1
                    del tried[place]
            if not tried:
                break
        return questions

    def _sample(self, dealt: dict[int, int], images: Sequence[Image], seed: int) -> list[tuple[bool, str]]:
        """For each place that a hint is dealt to, whether its best question keeps the hint, and that question."""
        pairs = [(images[place], self._hints[number]) for place, number in dealt.items() for _ in range(SAMPLES)]
        asked = self._questioner.ask_for([hint for _, hint in pairs], [image for image, _ in pairs], seed)
        rated = [(keeps(one, hint), one) for (_, hint), one in zip(pairs, asked, strict=True)]
        alike = [rated[first : first + SAMPLES] for first in range(0, len(rated), SAMPLES)]
        best = [max(found, key=lambda one: (one[0], one[1].likelihood)) for found in alike]
        return [(keeping, one.question) for keeping, one in best]


def _deal(kept: Counter[int], tried: dict[int, set[int]]) -> dict[int, int]:
    """For each image that is open, the number of a hint that it was not tried with, the one kept least often."""
    planned, dealt = Counter(kept), dict[int, int]()
    for place, former in tried.items():
        dealt[place] = min((number for number in planned if number not in former), key=lambda one: (planned[one], one))
        planned[dealt[place]] += 1
    return dealt


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
