"""Finds the features and pairs of features whose error rate is significantly above a threshold."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from blindspot.metrics import Mask

LEVEL = 0.05  # false discovery rate
COMMON = 0.8  # share of all questions from which a feature is too common to distinguish questions
COLUMNS = ("abilities", "groups", "features")  # that hold a question's features, the most informative first

Counts = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tested:
    """Features and pairs, one row each, that are significantly worse than the threshold.

    `has`: which questions have them, a sparse array by question, shape (questions, rows). `questions`: the numbers of
    the questions of each row. `images`: the number of the image that each question is about. `spread`: the design
    effect of each row.
    """

    features: list[tuple[str, ...]]
    has: Any
    questions: list[Counts]
    asked: Counts
    failures: Counts
    spread: Numbers
    q_values: Numbers
    images: Counts


def find_worse(questions: pd.DataFrame, failed: Mask, threshold: float, min_asked: int) -> Tested | None:
    """Returns every feature and pair that is worse than the threshold, single features first; None where none is.

    One-sided binomial tests of the effective number of questions (those asked divided by the design effect), with
    Benjamini-Hochberg over all of them.
    """
    from scipy.stats import binom, false_discovery_control

    names, has = _table(questions, min_asked)
    asked, failures = ((has[rows].T @ has[rows]).toarray() for rows in (slice(None), failed))
    one, other = np.nonzero(np.triu(asked >= min_asked))
    if not len(one):
        return None
    asked, failures = asked[one, other], failures[one, other]
    chance = binom.sf(failures - 1, asked, threshold)
    plain = np.argsort(one != other, kind="stable")
    # With the design effect no further row is significant, so it is computed for these alone.
    worse = plain[false_discovery_control(chance, method="bh")[plain] <= LEVEL]
    having = has[:, one[worse]].multiply(has[:, other[worse]]).tocsc()
    images = pd.factorize(questions["image_id"])[0]
    sets = [having.indices[start:end] for start, end in pairwise(having.indptr)]
    spread = np.array([design_effect(images[which], failed[which]) for which in sets])
    chance[worse] = by_chance(failures[worse] / spread, asked[worse] / spread, threshold)
    q_values = false_discovery_control(chance, method="bh")[worse]
    kept = [place for place in _first_of_each(having) if q_values[place] <= LEVEL]
    rows = worse[kept]
    required = {*chain(*questions["abilities"], *questions["groups"])}
    both = ({names[a], names[b]} for a, b in zip(one[rows], other[rows], strict=True))
    features = [tuple(sorted(pair, key=lambda name: (name not in required, name))) for pair in both]
    if not kept:
        return None
    has, of_rows = having[:, kept].tocsr(), [sets[place] for place in kept]
    return Tested(features, has, of_rows, asked[rows], failures[rows], spread[kept], q_values[kept], images)


def design_effect(images: Counts, failed: Mask) -> float:
    """Returns how much larger the variance of the error rate is than that of a simple random sample, at least 1.

    Questions about one image are correlated (Rao and Scott 1992). `images`: which image each question is about, as a
    number from 0 on. Where no outcome varies, images count instead of questions.
    """
    asked, wrong = np.bincount(images), np.bincount(images, failed)
    number, rate = np.count_nonzero(asked), failed.mean()
    if number == 1 or rate in (0, 1):
        return len(images) / number
    between = ((wrong - rate * asked) ** 2).sum() * number / (number - 1)
    simple = rate * (1 - rate) * len(images) * len(images) / (len(images) - 1)
    most = (asked**2).sum() / len(images)  # where all questions about an image go the same way
    return float(np.clip(between / simple, 1.0, most))


def by_chance(failures: Numbers | Counts, asked: Numbers | Counts, threshold: float) -> Numbers:
    """Returns the binomial probability of as many failures or more at the threshold, also between whole numbers."""
    from scipy.special import betainc

    chance: Numbers = np.where(failures > 0, betainc(np.maximum(failures, 1e-9), asked - failures + 1, threshold), 1.0)
    return chance


def holm(chances: Numbers) -> list[float]:
    """Returns the p-values of Holm's step-down procedure (1979), in the same order."""
    order = np.argsort(chances, kind="stable")
    adjusted = np.empty_like(chances)
    adjusted[order] = np.maximum.accumulate(np.minimum(chances[order] * np.arange(len(chances), 0, -1), 1.0))
    return [*map(float, adjusted)]


def _table(questions: pd.DataFrame, min_asked: int) -> tuple[list[str], Any]:
    """Returns the features to test, by column and name, and which questions have them, sparse (questions, features).

    Features of fewer than `min_asked` questions or of COMMON of all are left out.
    """
    from scipy.sparse import csr_array

    lists = [{*chain(*found)} for found in zip(*(questions[column] for column in COLUMNS), strict=True)]
    uses = Counter(chain(*lists))
    columns = [sorted({*chain(*questions[column])}) for column in COLUMNS]
    names = [name for name in dict.fromkeys(chain(*columns)) if min_asked <= uses[name] < COMMON * len(questions)]
    place = {name: index for index, name in enumerate(names)}
    rows = [sorted(place[name] for name in found if name in place) for found in lists]
    ends, indices = np.cumsum([0, *map(len, rows)]), [*chain(*rows)]
    return names, csr_array((np.ones(len(indices), dtype=np.int64), indices, ends), shape=(len(rows), len(names)))


def _first_of_each(pairs: Any) -> list[int]:
    """Returns the first of the columns that hold exactly the same questions."""
    first: dict[bytes, int] = {}
    for column, (start, end) in enumerate(pairwise(pairs.indptr)):
        first.setdefault(pairs.indices[start:end].tobytes(), column)
    return list(first.values())
