"""Chooses which questions to ask while the weaknesses of the candidate are unknown.

Proposing a question costs no call and asking it does, so the most informative of many proposals are asked. Each
question tests all its pairs of features at once, as in group testing. Half of the questions are chosen for pairs that
have rarely been asked, about equally many for each kind of question. In a pool, this half is drawn at random. The
other half follow failures that no failure mode explains yet, until it is clear which of their pairs causes them. Only
the words of the questions, the true answers and the outcomes are used.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Set
from itertools import combinations, islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from blindspot.protocols import Target
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.search.given import GivenTargets
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.reading.lexicon import GROUPS
from blindspot.taxonomy.reading.question_features import all_features, columns
from blindspot.taxonomy.reading.wording import wording

GROUP_NAMES = frozenset(GROUPS.values())
FOLLOW_SHARE = 0.5  # share of the questions that follow failures, if there are any to follow
#: A pair is no longer a suspect after so many valid questions outside of settled modes: if it were the cause, more of
#: them would have failed.
CLEARED = 15
#: The same for a pair that fails more often than the threshold: if it were the cause, it would be a mode by now.
CLEARED_ABOVE_THRESHOLD = 300
#: A mode is settled after 8 valid questions with an error_rate of at least 0.8, or after 20.
SETTLED_EARLY, SETTLED = (8, 0.8), 20
MIN_VALID = 40  # valid questions before the search for modes starts
PRIOR = (2.0, 2.4)  # valid and asked questions added to the counts of each pair
DISCOUNT = 0.8  # factor on the suspicion of a pair for each question of the batch that already has it

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


class Explorer:
    """Stores the questions asked so far, chooses targets for proposals, and chooses among proposals.

    Attributes: `modes`, the failure modes in the questions asked so far.
    """

    def __init__(
        self, threshold: float, min_asked: int, seed: int, given: Sequence[Target] = (), of_pool: bool = False
    ) -> None:
        """`threshold`, `min_asked`: the threshold of the error_rate of a mode, and the valid questions it needs.

        `given`: targets to propose before the explorer's own. `of_pool`: whether the proposals are the questions of a
        pool. Then modes may have any feature of the wording, not only those of `given`, and the questions that do not
        follow failures are drawn at random.
        """
        self.modes: list[FailureMode] = []
        self._threshold, self._min_asked = threshold, min_asked
        self._given = GivenTargets(given, min_asked)
        self._worded, self._uniform = None if of_pool else self._given.wording, of_pool
        self._dice = np.random.default_rng(seed)
        self._pairs: dict[Target, int] = {}
        self._found: dict[frozenset[str], Indices] = {}
        self._kinds = Counter[frozenset[str]]()
        self._rows: list[tuple[Asked, frozenset[str], Indices]] = []

    def add(self, asked: Iterable[Asked]) -> None:
        """Adds questions with their outcomes, except unscored ones, and searches for modes again."""
        for row in asked:
            if row.outcome != "unscored":
                features = self.features(row.question, row.reference)
                self._rows.append((row, features, self._indices(features)))
                self._given.add(features)
        self.modes = self.modes_after(len(self._rows))

    def features(self, question: str, reference: str | None) -> frozenset[str]:
        """Returns the features of a question that the explorer uses."""
        return all_features(question, reference).union(_of_wording(question, reference, self._worded))

    def failures(self, target: Target, image_id: str, count: int) -> list[Asked]:
        """Returns the latest `count` failures about other images that have all features of a target.

        None for an empty target.
        """
        found = (
            row
            for row, features, _ in reversed(self._rows)
            if target and row.outcome == "failure" and row.image_id != image_id and features.issuperset(target)
        )
        return [*islice(found, count)]

    @property
    def is_done(self) -> bool:
        """Whether there are no failures to follow, and no given targets that lack questions."""
        return not self._given.open and not self._statistics()[1].any()

    def modes_after(self, count: int) -> list[FailureMode]:
        """Returns the failure modes in the first `count` scored questions."""
        valid = [row for row, *_ in self._rows[:count] if row.outcome != "invalid"]
        if len(valid) < MIN_VALID:
            return []
        return modes_in(valid, self._threshold, self._min_asked, self._worded)

    def targets(self, count: int) -> list[Target]:
        """Returns targets for `count` proposals: suspected pairs of features, and pairs that have rarely been asked.

        Given targets come first, until each has enough questions. Without them, all targets are empty before the first
        question.
        """
        if given := self._given.draw(count):
            return given
        if not self._pairs:
            return [()] * count
        asked, suspicion, _ = self._statistics()
        follow = int(count * FOLLOW_SHARE) if suspicion.any() else 0
        drawn = [self._draw(suspicion**2, follow), self._draw(_coverage(asked), count - follow)]
        names = [*self._pairs]
        return [names[place] for place in np.concatenate(drawn).tolist()]

    def choose(self, proposals: Sequence[Collection[str]], count: int) -> list[int]:
        """Returns the indices of `count` proposals (or all, if fewer), each proposal given by its features.

        Proposals that given targets need are chosen first.
        Questions of settled modes are not chosen to follow failures, because they would add no information. They may
        be chosen for rarely asked pairs, which shows whether a mode is too broad.
        """
        settled = self._settled()
        rows = [self._indices(features) for features in proposals]
        unsettled = np.array([not any(mode.contains(features) for mode in settled) for features in proposals])
        asked, suspicion, valid_rate = self._statistics()
        has, valid = _table(rows, len(self._pairs)), np.array([valid_rate[indices].mean() for indices in rows])
        sizes, free = np.array([*map(len, rows)]), np.ones(len(rows), dtype=bool)
        kinds = [_kind(features) for features in proposals]
        follow, chosen = int(count * FOLLOW_SHARE) if suspicion.any() else 0, list[int]()
        first = self._given.first(proposals, count)
        while len(chosen) < count and free.any():
            worth = has.multiply(suspicion[None]).max(axis=1).toarray() if len(chosen) < follow else None
            if worth is not None:
                score = valid * unsettled * worth.ravel()
            elif self._uniform:
                score = self._dice.random(len(rows))
            else:
                even = np.array([1 / (1 + self._kinds[kind]) for kind in kinds])
                score = valid * even * (has @ _coverage(asked)) / sizes
            best = int(np.argmax(np.where(free, score + 1e-9 * self._dice.random(len(rows)), -1.0)))
            best = first[len(chosen)] if len(chosen) < len(first) else best
            free[best] = False
            chosen.append(best)
            asked[rows[best]] += 1
            self._kinds[kinds[best]] += 1
            suspicion[rows[best]] *= DISCOUNT
        return chosen

    def _draw(self, weights: Floats, count: int) -> Indices:
        """Draws the indices of `count` pairs with probabilities proportional to their weights."""
        if not count:
            return np.empty(0, dtype=np.intp)
        return self._dice.choice(len(weights), count, p=weights / weights.sum()).astype(np.intp)

    def _indices(self, features: Collection[str]) -> Indices:
        """Returns the indices of these features and of their pairs; new ones are added."""
        key = frozenset(features)
        if key not in self._found:  # the same proposals come again in every round
            names = sorted(key)
            pairs = [*((name,) for name in names), *combinations(names, 2)]
            self._found[key] = np.array([self._pairs.setdefault(pair, len(self._pairs)) for pair in pairs], np.intp)
        return self._found[key]

    def _settled(self) -> list[FailureMode]:
        """Returns the modes that need no further questions."""
        least, rate = SETTLED_EARLY
        return [
            mode for mode in self.modes if mode.asked >= SETTLED or (mode.asked >= least and mode.error_rate >= rate)
        ]

    def _statistics(self) -> tuple[Floats, Floats, Floats]:
        """Returns for each pair the number of questions, the suspicion, and the rate of valid questions.

        Suspicion is the smoothed error_rate among questions outside of settled modes. It is 0 without a failure among
        these, after CLEARED valid questions if the error_rate is not above the threshold, and after
        CLEARED_ABOVE_THRESHOLD otherwise.
        """
        settled = self._settled()
        asked, valid, rest, failed = (np.zeros(len(self._pairs)) for _ in range(4))
        for row, features, indices in self._rows:
            asked[indices] += 1
            if row.outcome != "invalid":
                valid[indices] += 1
                if not any(mode.contains(features) for mode in settled):
                    rest[indices] += 1
                    failed[indices] += row.outcome == "failure"
        still = np.where(failed > rest * self._threshold, CLEARED_ABOVE_THRESHOLD, CLEARED)
        suspicion = np.where((failed > 0) & (rest < still), (failed + 0.1) / (rest + 1), 0.0)
        return asked, suspicion, (valid + PRIOR[0]) / (asked + PRIOR[1])


def _kind(features: Collection[str]) -> frozenset[str]:
    """Returns the kind of a question: the groups of abilities among its features."""
    return GROUP_NAMES.intersection(features)


def modes_in(
    valid: Sequence[Asked], threshold: float, min_asked: int, worded: Set[str] | None = frozenset()
) -> list[FailureMode]:
    """Returns the failure modes in valid questions, without examples, using the features that need no fitting.

    `worded`: features of the wording that modes may have; None for all.
    """
    return find_modes(questions_frame(valid, worded), threshold, min_asked, examples=0) if valid else []


def questions_frame(asked: Sequence[Asked], worded: Set[str] | None) -> pd.DataFrame:
    """Returns questions with their features, as `find_modes` expects them. `worded`: as in `modes_in`."""
    rows: list[dict[str, Any]] = [
        {"rollout_id": str(place), "image_id": row.image_id, "question": row.question, "outcome": row.outcome}
        | columns(row.question, row.reference)
        for place, row in enumerate(asked)
    ]
    for row, one in zip(rows, asked, strict=True):
        row["features"] += _of_wording(one.question, one.reference, worded)
    return pd.DataFrame(rows)


def _of_wording(question: str, reference: str | None, worded: Set[str] | None) -> list[str]:
    """Returns the features of a question's wording that are among `worded`; all if it is None."""
    if worded is None:
        return wording(question, reference)
    return [one for one in wording(question, reference) if one in worded] if worded else []


def _coverage(asked: Floats) -> Floats:
    """Returns the value of asking each pair once more."""
    worth: Floats = 1 / (1 + asked) ** 2
    return worth


def _table(rows: Sequence[Indices], columns_: int) -> Any:
    """Returns a sparse matrix of which question has which pair, shape (questions, pairs)."""
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *map(len, rows)])
    indices = np.concatenate(rows) if rows else np.empty(0, dtype=np.intp)
    return csr_array((np.ones(ends[-1]), indices, ends), shape=(len(rows), columns_))
