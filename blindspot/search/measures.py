"""How good a search is, measured against the truth: pure functions."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from blindspot.metrics import share
from blindspot.rewards.embedding import embed
from blindspot.skills.language import normalise
from blindspot.skills.primitives import extract

MATCHED = 0.5  # the Jaccard index from which a mode and a cell are the same
ALIKE = 0.95  # the cosine from which two questions are the same

Mask = npt.NDArray[np.bool_]


def matches(modes: Sequence[Mask], cells: Sequence[Mask]) -> list[tuple[int, int]]:
    """Which mode is which cell: places of pairs whose Jaccard index is at least MATCHED, each in one pair at most.

    Each mode and cell is given by the questions of one uniform sample that lie in it. As many pairs as there can be;
    of as many, those that agree best.
    """
    from scipy.optimize import linear_sum_assignment

    if not modes or not cells:
        return []
    index = np.array([[jaccard(mode, cell) for cell in cells] for mode in modes])
    worth = np.where(index >= MATCHED, 1 + index / (min(index.shape) + 1), 0.0)  # one more pair outweighs the rest
    pairs = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    return [(int(mode), int(cell)) for mode, cell in pairs if index[mode, cell] >= MATCHED]


def jaccard(one: Mask, other: Mask) -> float:
    """Questions in both ÷ questions in either, 0 where there is none."""
    return float((one & other).sum() / max((one | other).sum(), 1))


def mode_recall(modes: Sequence[Mask], counting: Sequence[Mask]) -> float | None:
    """The share of the weak cells that count which a mode matches; None where there is no such cell."""
    return share(len(matches(modes, counting)), len(counting))


def mode_recall_in_parts(modes: Sequence[Mask], counting: Sequence[Mask]) -> float | None:
    """The same, a cell being found too that modes tell in parts: of those that match none, those mostly within it."""
    pairs = dict(matches(modes, counting))
    free = [mode for place, mode in enumerate(modes) if place not in pairs]
    rest = [cell for place, cell in enumerate(counting) if place not in pairs.values()]
    found = 0
    for cell in rest:
        parts = [place for place, mode in enumerate(free) if 2 * (mode & cell).sum() > mode.sum()]
        if parts and jaccard(np.logical_or.reduce([free[place] for place in parts]), cell) >= MATCHED:
            found += 1
            free = [mode for place, mode in enumerate(free) if place not in parts]
    return share(len(pairs) + found, len(counting))


def mode_precision(modes: Sequence[Mask], weak: Sequence[Mask]) -> float | None:
    """The share of the modes that match a weak cell, one that does not count too; None where there is no mode."""
    return share(len(matches(modes, weak)), len(modes))


def distinct(questions: Sequence[str]) -> int:
    """How many are left after those of equal normalised text, or of a cosine of at least ALIKE, are merged.

    The cosine is of the abilities that they need, each as heavy: by `embed`, where what is asked for weighs most, the
    small red star and the small red circle would be one. What is like a third is alike: order does not matter.
    """
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    texts = {normalise(question) for question in questions}
    sets = sorted({tuple(sorted({primitive.ability for primitive in extract(text, None)})) for text in texts})
    if not sets:
        return 0
    vectors = normalize(CountVectorizer(analyzer=lambda abilities: abilities or ["none"]).fit_transform(sets))
    return int(connected_components((vectors @ vectors.T).toarray() >= ALIKE, directed=False)[0])


def variety(valid: Sequence[str], failures: Sequence[str], calls: int) -> dict[str, float | None]:
    """How different the failures among so many questions asked are, and how complex the valid ones: by name.

    `primitives_per_question`, `words_per_question`: means over the valid ones, None where there is none.
    """
    return {
        "distinct_failures_per_1000_calls": 1000 * distinct(failures) / calls if calls else None,
        "vendi": vendi(failures),
        "primitives_per_question": share(sum(len(extract(question, None)) for question in valid), len(valid)),
        "words_per_question": share(sum(len(question.split()) for question in valid), len(valid)),
    }


def vendi(questions: Sequence[str]) -> float | None:
    """Vendi score (Friedman & Dieng 2023): how many wholly different questions would be as diverse as these.

    exp of the entropy of the eigenvalues of their cosines ÷ their number; texts without words are left out, None where
    nothing is left.
    """
    vectors = [vector for vector in map(embed, questions) if vector.any()]
    if not vectors:
        return None
    spectrum = np.linalg.svd(np.array(vectors), compute_uv=False) ** 2 / len(vectors)
    kept = spectrum[spectrum > 0]
    return math.exp(-float(np.sum(kept * np.log(kept))))


def largest_family_ratio(failures: Sequence[str], due: Mapping[str, float]) -> float | None:
    """The share of the failures that are of their most frequent family ÷ the share that it is `due`.

    `failures`: the family of each. None where there are none, or nothing is due; infinite where it is due none.
    """
    if not failures or not due:
        return None
    family, count = max(sorted(Counter(failures).items()), key=lambda item: item[1])
    return count / len(failures) / due[family] if due.get(family) else math.inf


def calls_to(level: float, curve: Sequence[tuple[int, float | None]]) -> int | None:
    """The calls after which recall first reached the level, along (calls, recall); None where it never did."""
    return next((calls for calls, recall in curve if recall is not None and recall >= level), None)
