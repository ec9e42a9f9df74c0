"""How different the questions of a search are from one another: pure functions."""

import math
from collections.abc import Sequence

import numpy as np

from blindspot.metrics import share
from blindspot.rewards.embedding import embed
from blindspot.taxonomy.reading.language import normalise
from blindspot.taxonomy.reading.primitives import extract

ALIKE = 0.95  # the cosine from which two questions are the same


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
