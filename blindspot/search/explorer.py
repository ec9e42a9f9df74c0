"""Which question to ask next, where nobody knows yet in what the candidate is weak.

Asking is dear and proposing cheap: of many questions that are proposed, those are asked that tell most. Each of them
tests all its pairs of features at once, as in group testing. So half of the questions are chosen for pairs that were
hardly asked, whichever, of each kind of question about as many; the others follow the failures that no mode explains
yet, until it is clear which of their pairs is to blame. Nothing but the words of questions, their true answers and
their outcomes is read.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from blindspot.protocols import Target
from blindspot.records.asked import Asked
from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.reading.lexicon import GROUPS
from blindspot.taxonomy.reading.question_features import all_features, columns

META_SKILLS = frozenset(GROUPS.values())
FOLLOWING = 0.5  # of what is asked, where there are failures to follow
CLEARED = 15  # valid questions of a pair that no settled mode explains: were it to blame, more of them would fail
PATIENT = (
    300  # such questions of a pair that fails more often than the threshold: were it to blame, it would be a mode
)
CLEAR, ENOUGH = (8, 0.8), 20  # a mode is settled after 8 valid questions at an error_rate of 0.8, or after 20
FIRST = 40  # valid questions before modes are looked for
DOUBT = (2.0, 2.4)  # valid and asked, of a pair that was never asked
TIRED = 0.8  # of a pair's suspicion that is left for the next question of a batch

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


class Explorer:
    """Keeps what was asked, says what to propose, and chooses among proposals.

    Attributes: `modes`, the failure modes in all that was asked.
    """

    def __init__(self, threshold: float, min_asked: int, seed: int) -> None:
        """`threshold` and `min_asked` are those of a mode."""
        self.modes: list[FailureMode] = []
        self._threshold, self._min_asked = threshold, min_asked
        self._dice = np.random.default_rng(seed)
        self._pairs: dict[Target, int] = {}
        self._kinds = Counter[frozenset[str]]()
        self._rows: list[tuple[Asked, frozenset[str], Places]] = []

    def add(self, asked: Iterable[Asked]) -> None:
        """Takes in what was found out and looks for modes anew; an error tells nothing."""
        for row in asked:
            if row.outcome != "unscored":
                features = all_features(row.question, row.reference)
                self._rows.append((row, features, self._places(features)))
        self.modes = self.modes_after(len(self._rows))

    @property
    def suspicious(self) -> bool:
        """Whether there are failures to follow."""
        return bool(self._tallies()[1].any())

    def modes_after(self, count: int) -> list[FailureMode]:
        """The failure modes in the first `count` of what was asked and judged."""
        valid = [row for row, *_ in self._rows[:count] if row.outcome != "invalid"]
        return modes_in(valid, self._threshold, self._min_asked) if len(valid) >= FIRST else []

    def targets(self, count: int) -> list[Target]:
        """What `count` proposals should have: suspicious pairs of features, and pairs that were hardly asked.

        None of them anything in particular while nothing was asked.
        """
        if not self._pairs:
            return [()] * count
        asked, suspicion, _ = self._tallies()
        follow = int(count * FOLLOWING) if suspicion.any() else 0
        drawn = [self._draw(suspicion**2, follow), self._draw(_coverage(asked), count - follow)]
        names = [*self._pairs]
        return [names[place] for place in np.concatenate(drawn).tolist()]

    def choose(self, proposals: Sequence[Collection[str]], count: int) -> list[int]:
        """The places of `count` proposals, or of all where they are fewer, each given by its features.

        Failures are not followed into settled modes: asking more there would tell nothing new, but of pairs that were
        hardly asked, in which a mode that is too wide shows.
        """
        settled = self._settled()
        rows = [self._places(features) for features in proposals]
        unsettled = np.array([not any(mode.claims(features) for mode in settled) for features in proposals])
        asked, suspicion, valid_rate = self._tallies()
        has, valid = _table(rows, len(self._pairs)), np.array([valid_rate[places].mean() for places in rows])
        sizes, free = np.array([*map(len, rows)]), np.ones(len(rows), dtype=bool)
        kinds = [_kind(features) for features in proposals]
        follow, chosen = int(count * FOLLOWING) if suspicion.any() else 0, list[int]()
        while len(chosen) < count and free.any():
            worth = has.multiply(suspicion[None]).max(axis=1).toarray() if len(chosen) < follow else None
            even = np.array([1 / (1 + self._kinds[kind]) for kind in kinds])
            score = valid * (even * (has @ _coverage(asked)) / sizes if worth is None else unsettled * worth.ravel())
            best = int(np.argmax(np.where(free, score + 1e-9 * self._dice.random(len(rows)), -1.0)))
            free[best] = False
            chosen.append(best)
            asked[rows[best]] += 1
            self._kinds[kinds[best]] += 1
            suspicion[rows[best]] *= TIRED
        return chosen

    def _draw(self, weights: Floats, count: int) -> Places:
        """The places of `count` pairs, by their weights."""
        if not count:
            return np.empty(0, dtype=np.intp)
        return self._dice.choice(len(weights), count, p=weights / weights.sum()).astype(np.intp)

    def _places(self, features: Collection[str]) -> Places:
        """Of the pairs that a question with these features has, and of the features by themselves."""
        names = sorted(features)
        found = [*((name,) for name in names), *combinations(names, 2)]
        return np.array([self._pairs.setdefault(pair, len(self._pairs)) for pair in found], dtype=np.intp)

    def _settled(self) -> list[FailureMode]:
        """The modes that are clear."""
        least, rate = CLEAR
        return [
            mode for mode in self.modes if mode.asked >= ENOUGH or (mode.asked >= least and mode.error_rate >= rate)
        ]

    def _tallies(self) -> tuple[Floats, Floats, Floats]:
        """Of each pair: how often it was asked, how suspicious it is, and how often a question with it is valid.

        Suspicious: its error_rate, smoothed, among questions of no settled mode; 0 without a failure there, and after
        CLEARED questions if it is not above the threshold, after PATIENT at any.
        """
        settled = self._settled()
        asked, valid, rest, failed = (np.zeros(len(self._pairs)) for _ in range(4))
        for row, features, places in self._rows:
            asked[places] += 1
            if row.outcome != "invalid":
                valid[places] += 1
                if not any(mode.claims(features) for mode in settled):
                    rest[places] += 1
                    failed[places] += row.outcome == "failure"
        still = np.where(failed > rest * self._threshold, PATIENT, CLEARED)
        suspicion = np.where((failed > 0) & (rest < still), (failed + 0.1) / (rest + 1), 0.0)
        return asked, suspicion, (valid + DOUBT[0]) / (asked + DOUBT[1])


def _kind(features: Collection[str]) -> frozenset[str]:
    """The kind of a question with these features: the meta-skills among them."""
    return META_SKILLS.intersection(features)


def modes_in(valid: Sequence[Asked], threshold: float, min_asked: int) -> list[FailureMode]:
    """The failure modes in valid questions, by skills that need no fit; without examples."""
    rows: list[dict[str, Any]] = [
        {"rollout_id": str(place), "image_id": row.image_id, "question": row.question, "outcome": row.outcome}
        | columns(row.question, row.reference)
        for place, row in enumerate(valid)
    ]
    return find_modes(pd.DataFrame(rows), threshold, min_asked, examples=0) if rows else []


def _coverage(asked: Floats) -> Floats:
    """What asking a pair once more is worth."""
    worth: Floats = 1 / (1 + asked) ** 2
    return worth


def _table(rows: Sequence[Places], columns_: int) -> Any:
    """Which question has which pair, sparse, shape (questions, pairs)."""
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *map(len, rows)])
    indices = np.concatenate(rows) if rows else np.empty(0, dtype=np.intp)
    return csr_array((np.ones(ends[-1]), indices, ends), shape=(len(rows), columns_))
