"""The questions asked so far, which novelty is measured against."""

import math
from collections import Counter, deque
from collections.abc import Sequence

import numpy as np

from blindspot.rewards.embedding import DIMENSIONS, bigrams, embed

UNLIKE = 0.001  # the similarity at which a question is wholly novel


class Archive:
    """The latest `size` valid questions: how much a new one is like them, in meaning and in words.

    On several ranks each adds what all of them asked, so all hold the same archive.
    """

    def __init__(self, size: int, questions: Sequence[str] = ()) -> None:
        self._questions: deque[str] = deque(maxlen=size)
        self._embeddings = np.empty((0, DIMENSIONS))
        self._bigrams: Counter[tuple[str, str]] = Counter()
        self.add(questions)

    @property
    def questions(self) -> list[str]:
        """The questions held, the oldest first."""
        return list(self._questions)

    def add(self, questions: Sequence[str]) -> None:
        """Adds questions in order and forgets the oldest above the size."""
        self._questions.extend(questions)
        embeddings = [embed(question) for question in self._questions]
        self._embeddings = np.array(embeddings).reshape(-1, DIMENSIONS)
        self._bigrams = Counter(pair for question in self._questions for pair in set(bigrams(question)))

    def similarity(self, question: str) -> float:
        """Mean squared cosine between the question and those held, 0 to 1; 0 where none is.

        Squared, so that questions which share little more than a colour count as hardly alike.
        """
        if not self._questions:
            return 0.0
        return float(np.mean((self._embeddings @ embed(question)) ** 2))

    def novelty(self, question: str) -> float:
        """How unlike those held the question is, 0 to 1: the logarithm of `similarity`, with 1 at UNLIKE and below.

        A logarithm, as in an entropy: the rarer a kind of question has grown the more the next one earns, so none dies
        out.
        """
        return max(0.0, math.log(max(self.similarity(question), UNLIKE)) / math.log(UNLIKE))

    def overlap(self, question: str) -> float:
        """How common its word pairs are: the mean, over them, of the share of questions held that use one."""
        pairs = set(bigrams(question))
        if not self._questions:
            return 0.0
        return sum(self._bigrams[pair] for pair in pairs) / len(pairs) / len(self._questions)
