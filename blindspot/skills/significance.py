"""Traits, and pairs of them, of questions where wrong_rate is significantly above a threshold."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

LEVEL = 0.05  # false discovery rate
COMMON = 0.8  # share of all questions above which a trait is everybody's and tells no question from another
COLUMNS = ("skills", "meta_skills", "traits")  # where a question's traits stand, those that say most first

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tested:
    """Traits and pairs, a row each, that are significantly worse than the threshold.

    `has`: which questions have them, sparse, shape (questions, rows). `spread`: how much wider than a simple random
    sample's the variance of their wrong_rate is, since questions about one image go together (the design effect of
    Rao and Scott 1992), 1 at least.
    """

    traits: list[tuple[str, ...]]
    has: Any
    asked: Counts
    failures: Counts
    spread: Numbers
    q_values: Numbers


def find_worse(questions: pd.DataFrame, failed: Mask, threshold: float, min_asked: int) -> Tested | None:
    """Every trait and pair that is worse than the threshold, the plainest first; None where there is none.

    One-sided binomial tests, of as many questions as tell as much as those that were asked about the same images;
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
    worse = plain[false_discovery_control(chance, method="bh")[plain] <= LEVEL]  # no other is with less to tell
    having = has[:, one[worse]].multiply(has[:, other[worse]]).tocsc()
    spread = _spread(having, failed, questions["image_id"], asked[worse], failures[worse])
    chance[worse] = by_chance(failures[worse] / spread, asked[worse] / spread, threshold)
    q_values = false_discovery_control(chance, method="bh")[worse]
    kept = [place for place in _first_of_each(having) if q_values[place] <= LEVEL]
    rows = worse[kept]
    skilled = {*chain(*questions["skills"], *questions["meta_skills"])}
    both = ({names[a], names[b]} for a, b in zip(one[rows], other[rows], strict=True))
    traits = [tuple(sorted(pair, key=lambda name: (name not in skilled, name))) for pair in both]
    found = Tested(traits, having[:, kept], asked[rows], failures[rows], spread[kept], q_values[kept])
    return found if kept else None


def _spread(having: Any, failed: Mask, images: "pd.Series[str]", asked: Counts, failures: Counts) -> Numbers:
    """The design effect of each column of `having`. Where nothing varies, images count in the place of questions."""
    from scipy.sparse import csr_array

    codes, names = pd.factorize(images)
    places = (codes, np.arange(len(codes)))
    by_image = csr_array((np.ones(len(codes), dtype=np.int64), places), shape=(len(names), len(codes)))
    of_image, wrong = by_image @ having, by_image @ having.multiply(failed[:, None]).tocsc()
    rate = failures / asked
    squares = [
        (one.multiply(other)).sum(axis=0) for one, other in ((wrong, wrong), (wrong, of_image), (of_image,) * 2)
    ]
    number = (of_image > 0).sum(axis=0)
    between = (squares[0] - 2 * rate * squares[1] + rate**2 * squares[2]) * number / np.maximum(number - 1, 1)
    simple = rate * (1 - rate) * asked * asked / np.maximum(asked - 1, 1)
    varies = (simple > 0) & (number > 1)
    effect: Numbers = np.maximum(np.divide(between, simple, out=asked / number, where=varies), 1.0)
    return effect


def by_chance(failures: Numbers, asked: Numbers, threshold: float) -> Numbers:
    """The probability of as many failures or more at the threshold: the binomial's, also between whole numbers."""
    from scipy.special import betainc

    chance: Numbers = np.where(failures > 0, betainc(np.maximum(failures, 1e-9), asked - failures + 1, threshold), 1.0)
    return chance


def _table(questions: pd.DataFrame, min_asked: int) -> tuple[list[str], Any]:
    """The traits that tell questions apart, by column and name, and who has them, sparse (questions, traits).

    What fewer than `min_asked` questions have can be no mode, what COMMON of them have is everybody's.
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
    """Of the columns that hold the very same questions the first."""
    first: dict[bytes, int] = {}
    for column, (start, end) in enumerate(zip(pairs.indptr, pairs.indptr[1:], strict=False)):
        first.setdefault(pairs.indices[start:end].tobytes(), column)
    return list(first.values())
