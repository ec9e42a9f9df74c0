"""Measures how stable skills and failure modes are: both are found again on resamples of the images."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from blindspot.metrics import Mask, jaccard
from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.clustering.assignment import SkillAssignment
from blindspot.taxonomy.clustering.fit import fit_skills
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.modes.confirm import contained_in
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.reading.primitive import Primitive

MOST = 20_000  # questions of a resample, about; where there are more, fewer images are drawn
SAME = 0.5  # Jaccard index of the questions that two modes contain, from which they are the same mode

Primitives = Sequence[Sequence[Primitive]]


def of_skills(
    skills: Sequence[Skill],
    primitives: Primitives,
    images: "pd.Series[str]",
    embedding: str,
    min_topic_size: int,
    seeds: range,
) -> list[float]:
    """Returns the adjusted Rand index between the skills and those fitted on half of the images, one for each seed.

    Each primitive counts as often as it occurs in all questions; details do not count.
    """
    from sklearn.metrics import adjusted_rand_score

    asked = [primitive for one in primitives for primitive in one if not primitive.detail]
    before, indices = _skills(skills, asked), list[float]()
    for seed in seeds:
        places = np.flatnonzero(half(images, seed, min(0.5, MOST / max(len(images), 1)))).tolist()
        _, again = fit_skills([primitives[place] for place in places], embedding, min_topic_size, seed)
        indices.append(float(adjusted_rand_score(before, _skills(again, asked))))
    return indices


def of_modes(
    modes: Sequence[FailureMode], questions: pd.DataFrame, threshold: float, min_asked: int, seeds: range
) -> list[float]:
    """Returns the recurrence of each mode: the share of bootstrap resamples of the images in which it is found again.

    A mode is found again where one of the resample contains mostly the same questions, whatever its features.
    `questions`: those that the modes were found in, as for `find_modes`.
    """
    contained, back = [*contained_in(modes, questions)], np.zeros(len(modes))
    for seed in seeds:
        again = find_modes(_bootstrap(questions, seed), threshold, min_asked, examples=0)
        others = [*contained_in(again, questions)]
        back += [any(jaccard(one, other) >= SAME for other in others) for one in contained]
    shares: list[float] = (back / max(len(seeds), 1)).tolist()
    return shares


def half(images: "pd.Series[str]", seed: int, share: float = 0.5) -> Mask:
    """Draws a share of the images and returns a mask of the questions about them.

    At least one image is drawn and, where there are several, never all of them.
    """
    names = np.array(sorted(images.unique()), dtype=object)
    most = max(1, len(names) - 1)
    drawn = np.random.default_rng(seed).permutation(len(names))[: min(max(1, round(share * len(names))), most)]
    return images.isin({*names[drawn]}).to_numpy()


def _bootstrap(questions: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Returns the questions about as many images, drawn with replacement; an image drawn twice counts as two."""
    if questions.empty:
        return questions
    groups = [places for _, places in sorted(questions.groupby("image_id").indices.items())]
    count = max(1, round(len(groups) * min(1.0, MOST / len(questions))))
    drawn = np.random.default_rng(seed).integers(len(groups), size=count)
    copies = np.repeat(np.arange(len(drawn)), [len(groups[group]) for group in drawn])
    places = np.concatenate([groups[group] for group in drawn])
    return questions.iloc[places].assign(image_id=copies.astype(str)).reset_index(drop=True)


def _skills(skills: Sequence[Skill], primitives: Sequence[Primitive]) -> list[str]:
    """Returns the skill of each primitive; its own phrase where it belongs to none."""
    placing = SkillAssignment(skills, [])
    known = {primitive: next(iter(placing.skills([primitive])), primitive.text) for primitive in {*primitives}}
    return [known[primitive] for primitive in primitives]
