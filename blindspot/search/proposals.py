"""Questions that a questioner proposes, before any of them is asked."""

import random
from collections.abc import Sequence
from typing import NamedTuple

from blindspot.protocols import Steerable, Target
from blindspot.questioner.steering import of_answer
from blindspot.records.image import Image
from blindspot.taxonomy.reading.question_features import all_features

KEPT = 1000  # the latest proposals that were not asked yet
AT_FIRST = 5  # times as many, while there is nothing to choose from


class Proposal(NamedTuple):
    """A question about an image, with the features that it is thought to have."""

    image: Image
    question: str
    features: frozenset[str]


class Proposals:
    """Has questions proposed about images drawn at random, and keeps those that were not asked yet."""

    def __init__(self, questioner: Steerable, images: Sequence[Image], dice: random.Random) -> None:
        self._questioner, self._images, self._dice = questioner, images, dice
        self._kept: list[Proposal] = []
        self._known: set[tuple[str, str]] = set()

    def add(self, targets: Sequence[Target]) -> None:
        """Has a new question proposed for each target, but for those that were proposed before.

        Its true answer is thought to be what the questioner has in mind, for it sees the image; where it did not say
        that, what the target says of it.
        """
        targets = [*targets] * (1 if self._known else AT_FIRST)
        images = self._dice.choices(self._images, k=len(targets))
        posed = self._questioner.ask_for(targets, images, self._dice.getrandbits(32))
        for target, image, (question, answer, _) in zip(targets, images, posed, strict=True):
            if (image.image_id, question) not in self._known:
                self._known.add((image.image_id, question))
                features = all_features(question, answer).union(filter(of_answer, target if answer is None else ()))
                self._kept.append(Proposal(image, question, features))
        del self._kept[:-KEPT]

    def features(self) -> list[frozenset[str]]:
        """Of each proposal, in order."""
        return [proposal.features for proposal in self._kept]

    def take(self, places: Sequence[int]) -> tuple[list[Image], list[str]]:
        """The images and questions at these places, which are proposals no more."""
        taken = [self._kept[place] for place in places]
        self._kept = [proposal for place, proposal in enumerate(self._kept) if place not in {*places}]
        return [proposal.image for proposal in taken], [proposal.question for proposal in taken]
