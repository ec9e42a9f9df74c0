"""Uniform questions about the images of a search that were not asked, where they cost no call."""

from collections.abc import Sequence

import numpy as np

from blindspot.pool.questions import Pool
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.image import Image
from blindspot.search.predicted import UNASKED, Unasked


def uniform_unasked(images: Sequence[Image], pool: Pool | None, seed: int, most: int = UNASKED) -> list[Unasked]:
    """Returns at most `most` random questions of the pool, or of the templates where all images are scenes.

    Questions about photographs that no pool has would have to be generated, so there are none. Questions that were
    asked may be among them.
    """
    dice = np.random.default_rng(seed)
    if pool:
        about = pool.about(images)
        chosen = [about[place] for place in dice.permutation(len(about))[:most].tolist()]
        return [Unasked(one.image_id, one.question, one.reference) for one in chosen]
    if not all(image.scene for image in images):
        return []
    drawn = [images[place] for place in dice.integers(len(images), size=most).tolist()]
    asked = TemplateQuestioner().ask(drawn, int(dice.integers(2**31)))
    return [Unasked(image.image_id, one.question, str(one.answer)) for image, one in zip(drawn, asked, strict=True)]
