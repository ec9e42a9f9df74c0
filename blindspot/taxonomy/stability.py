"""How far a taxonomy and its failure modes are the same on other images: fitted again on resamples of them."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.clustering.assignment import SkillAssignment
from blindspot.taxonomy.clustering.fit import fit_skills
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.reading.primitive import Primitive

MOST = 20_000  # questions of a resample, about: of more, fewer images are drawn
SAME = 0.5  # Jaccard index of the questions that two modes claim, from which one is the other come back

Primitives = Sequence[Sequence[Primitive]]


def of_skills(
    skills: Sequence[Skill],
    primitives: Primitives,
    images: "pd.Series[str]",
    embedding: str,
    min_topic_size: int,
    seeds: range,
) -> list[float]:
    """The adjusted Rand index of the skills and those fitted on the questions about half of the images, by seed.

    Over all that the questions ask for: each primitive as often as it occurs.
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
    """The share of bootstrap resamples of the images in which each mode comes back, whatever it is then called.

    `questions`: those that the modes were found in, as `find_modes` wants them.
    """
    claimed, back = _claimed(modes, questions), np.zeros(len(modes))
    for seed in seeds:
        again = find_modes(_bootstrap(questions, seed), threshold, min_asked, examples=0)
        others = _claimed(again, questions)
        back += [any(_jaccard(one, other) >= SAME for other in others) for one in claimed]
    shares: list[float] = (back / max(len(seeds), 1)).tolist()
    return shares


def half(images: "pd.Series[str]", seed: int, share: float = 0.5) -> npt.NDArray[np.bool_]:
    """Which questions are about the images that are drawn: a `share` of them, one at least; of several not all."""
    names = np.array(sorted(images.unique()), dtype=object)
    most = max(1, len(names) - 1)
    drawn = np.random.default_rng(seed).permutation(len(names))[: min(max(1, round(share * len(names))), most)]
    return images.isin({*names[drawn]}).to_numpy()


def _bootstrap(questions: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The questions about as many images, drawn with replacement; one drawn twice is two images."""
    if questions.empty:
        return questions
    groups = [places for _, places in sorted(questions.groupby("image_id").indices.items())]
    count = max(1, round(len(groups) * min(1.0, MOST / len(questions))))
    drawn = np.random.default_rng(seed).integers(len(groups), size=count)
    copies = np.repeat(np.arange(len(drawn)), [len(groups[group]) for group in drawn])
    places = np.concatenate([groups[group] for group in drawn])
    return questions.iloc[places].assign(image_id=copies.astype(str)).reset_index(drop=True)


def _skills(skills: Sequence[Skill], primitives: Sequence[Primitive]) -> list[str]:
    """The skill of each primitive; its own phrase where it is of none."""
    placing = SkillAssignment(skills, [])
    known = {primitive: next(iter(placing.skills([primitive])), primitive.text) for primitive in {*primitives}}
    return [known[primitive] for primitive in primitives]


def _claimed(modes: Sequence[FailureMode], questions: pd.DataFrame) -> list[frozenset[int]]:
    """Of each mode the questions that it claims."""
    features = [*_all_features(questions)]
    return [frozenset(place for place, has in enumerate(features) if mode.claims(has)) for mode in modes]


def _all_features(questions: pd.DataFrame) -> Iterator[frozenset[str]]:
    for lists in zip(questions["skills"], questions["meta_skills"], questions["features"], strict=True):
        yield frozenset().union(*lists)


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / max(len(one | other), 1)
