"""Collects questions that a questioner proposes, before any of them is asked."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from blindspot.protocols import PastFailure, Steerable, Target
from blindspot.questioner.reading import NoQuestion
from blindspot.questioner.steering import is_answer_feature
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.search.explorer import Explorer

KEPT = 1000  # number of latest proposals that are kept
PAST = 8  # latest questions about an image that the questioner is shown
FIRST_FACTOR = 5  # factor on the number of proposals in the first round


class Proposal(NamedTuple):
    """A question about an image, with the features that it probably has."""

    image: Image
    question: str
    features: frozenset[str]


class Proposals:
    """Has questions proposed about randomly drawn images, and keeps those that have not been asked yet.

    Attributes: `without`, how many replies of the questioner had no question, by the reason; `message`, the start of
    the first of them.
    """

    def __init__(
        self, questioner: Steerable, images: Sequence[Image], dice: random.Random, explorer: Explorer, examples: int
    ) -> None:
        """`explorer`: reads features and stores failures. `examples`: most past failures shown to the questioner."""
        self._questioner, self._images, self._dice = questioner, images, dice
        self._explorer, self._examples = explorer, examples
        self._kept: list[Proposal] = []
        self._known: set[tuple[str, str]] = set()
        self._past = defaultdict[str, list[str]](list)
        self.without, self.message = Counter[str](), ""

    def add(self, targets: Sequence[Target], most: int) -> None:
        """Has a question proposed for each target, at most `most`, and adds those that were not proposed before.

        Features of the true answer are taken from the answer that the questioner expects, which sees the image; if
        there is none, from the target. A reply without a question is counted in `without`, by its reason.
        """
        targets = ([*targets] * (1 if self._known or any(targets) else FIRST_FACTOR))[:most]
        images = self._dice.choices(self._images, k=len(targets))
        past = [self._past[image.image_id][-PAST:] for image in images]
        shown = [*map(self._failures, targets, images)] if self._examples else []
        proposed = self._questioner.ask_for(targets, images, self._dice.getrandbits(32), past, shown)
        for target, image, one in zip(targets, images, proposed, strict=True):
            if one.reason == Unscored.BUDGET:
                continue
            if one.reason is not None:
                self.without[one.reason] += 1
                self.message = self.message or one.message
            elif (image.image_id, one.question) not in self._known:
                self._known.add((image.image_id, one.question))
                self._past[image.image_id].append(one.question)
                of_target = filter(is_answer_feature, target) if one.answer is None else ()
                features = self._explorer.features(one.question, one.answer).union(of_target)
                self._kept.append(Proposal(image, one.question, features))
        del self._kept[:-KEPT]

    @property
    def is_mute(self) -> bool:
        """Whether the questioner never replied with a question, for another reason than that it declined a target."""
        return bool(self.without) and not self._known and NoQuestion.DECLINED not in self.without

    def _failures(self, target: Target, image: Image) -> list[PastFailure]:
        """Returns the latest failures with the features of the target, about other images."""
        found = self._explorer.failures(target, image.image_id, self._examples)
        return [(row.question, row.reference or "") for row in found]

    def features(self) -> list[frozenset[str]]:
        """Returns the features of each proposal, in order."""
        return [proposal.features for proposal in self._kept]

    def take(self, places: Sequence[int]) -> tuple[list[Image], list[str]]:
        """Removes the proposals at these indices and returns their images and questions."""
        taken = [self._kept[place] for place in places]
        self._kept = [proposal for place, proposal in enumerate(self._kept) if place not in {*places}]
        return [proposal.image for proposal in taken], [proposal.question for proposal in taken]
