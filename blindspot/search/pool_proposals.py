"""Proposes the questions of a pool, all of which can be chosen from until they are asked."""

import random
from collections import Counter
from collections.abc import Sequence

from blindspot.pool.questions import PoolQuestion
from blindspot.protocols import Target
from blindspot.records.image import Image
from blindspot.search.explorer import Explorer

KEPT = 2000  # questions that can be chosen from at once


class PoolProposals:
    """The questions of a pool that have not been asked, as `Proposals` has those of a questioner.

    Attributes: `without`, `message`: as of `Proposals`; a pool has no reply without a question.
    """

    is_mute = False

    def __init__(
        self, questions: Sequence[PoolQuestion], images: Sequence[Image], dice: random.Random, explorer: Explorer
    ) -> None:
        """`images`: those that the questions are about. `explorer`: reads features."""
        self._images = {image.image_id: image for image in images}
        self._left = dice.sample([*questions], len(questions))
        self._explorer = explorer
        self.without, self.message = Counter[str](), ""

    def add(self, targets: Sequence[Target], most: int) -> None:
        """Does nothing: all questions are proposed already."""

    def features(self) -> list[frozenset[str]]:
        """Returns the features of each proposal, in order."""
        return [self._explorer.features(one.question, one.reference) for one in self._left[:KEPT]]

    def take(self, places: Sequence[int]) -> tuple[list[Image], list[str]]:
        """Removes the proposals at these indices and returns their images and questions."""
        taken = [self._left[place] for place in places]
        self._left = [one for place, one in enumerate(self._left) if place not in {*places}]
        return [self._images[one.image_id] for one in taken], [one.question for one in taken]
