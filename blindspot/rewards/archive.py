"""The questions asked so far, which novelty is measured against."""

from collections import Counter, deque
from collections.abc import Sequence

import numpy as np

from blindspot.rewards.embedding import DIMENSIONS, bigrams, embed

SCALE = 2**32  # embeddings are summed as integers: adding and forgetting leaves no rounding behind


class Archive:
    """The latest `size` valid questions: how much a new one is like them, in meaning and in words.

    On several ranks each adds what all of them asked, so all hold the same archive.
    """

    def __init__(self, size: int, questions: Sequence[str] = ()) -> None:
        self._size = size
        self._questions: deque[str] = deque()
        self._sum = np.zeros(DIMENSIONS, dtype=np.int64)
        self._bigrams: Counter[tuple[str, str]] = Counter()
        self.add(questions)

    @property
    def questions(self) -> list[str]:
        """The questions held, the oldest first."""
        return list(self._questions)

    def add(self, questions: Sequence[str]) -> None:
        """Adds questions in order and forgets the oldest above the size."""
        for question in questions:
            self._count(question, 1)
            self._questions.append(question)
        while len(self._questions) > self._size:
            self._count(self._questions.popleft(), -1)

    def similarity(self, question: str) -> float:
        """Mean cosine between the question and those held, 0 to 1; 0 where none is."""
        if not self._questions:
            return 0.0
        return float(embed(question) @ self._sum) / SCALE / len(self._questions)

    def overlap(self, question: str) -> float:
        """How common its word pairs are: the mean, over them, of the share of questions held that use one."""
        pairs = set(bigrams(question))
        if not self._questions:
            return 0.0
        return sum(self._bigrams[pair] for pair in pairs) / len(pairs) / len(self._questions)

    def _count(self, question: str, sign: int) -> None:
        self._sum += sign * np.rint(embed(question) * SCALE).astype(np.int64)
        for pair in set(bigrams(question)):
            self._bigrams[pair] += sign
