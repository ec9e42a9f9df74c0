"""Measures how diverse the questions of a search are."""

import math
from collections.abc import Sequence

import numpy as np

from blindspot.metrics import share
from blindspot.rewards.embedding import embed
from blindspot.taxonomy.reading.language import normalise
from blindspot.taxonomy.reading.primitives import extract

SAME = 0.95  # cosine from which two questions count as the same


def distinct(questions: Sequence[str]) -> int:
    """Returns the number of different questions: those with the same normalised text or a cosine ≥ SAME are merged.

    The cosine is computed from the abilities that the questions need, with equal weights. With the weights of `embed`
    questions about the small red star and the small red circle would be merged. Merging is transitive, so the order of
    the questions does not matter.
    """
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    texts = {normalise(question) for question in questions}
    sets = sorted({tuple(sorted({primitive.ability for primitive in extract(text, None)})) for text in texts})
    if not sets:
        return 0
    vectors = normalize(CountVectorizer(analyzer=lambda abilities: abilities or ["none"]).fit_transform(sets))
    return int(connected_components((vectors @ vectors.T).toarray() >= SAME, directed=False)[0])


def variety(valid: Sequence[str], failures: Sequence[str], calls: int) -> dict[str, float | None]:
    """Returns measures of how diverse the failures among `calls` questions are, and how complex the valid questions.

    `distinct_failures_per_1000_calls`, `vendi`: of the failures. `primitives_per_question`, `words_per_question`:
    means over the valid questions. A measure is None if there are no questions for it.
    """
    return {
        "distinct_failures_per_1000_calls": 1000 * distinct(failures) / calls if calls else None,
        "vendi": vendi(failures),
        "primitives_per_question": share(sum(len(extract(question, None)) for question in valid), len(valid)),
        "words_per_question": share(sum(len(question.split()) for question in valid), len(valid)),
    }


def vendi(questions: Sequence[str]) -> float | None:
    """Returns the Vendi score (Friedman & Dieng 2023): how many fully different questions are as diverse as these.

    It is exp of the entropy of the eigenvalues of the cosine matrix ÷ the number of questions. Texts without words are
    ignored; None if no text is left.
    """
    vectors = [vector for vector in map(embed, questions) if vector.any()]
    if not vectors:
        return None
    spectrum = np.linalg.svd(np.array(vectors), compute_uv=False) ** 2 / len(vectors)
    kept = spectrum[spectrum > 0]
    return math.exp(-float(np.sum(kept * np.log(kept))))
