"""The archive of earlier questions, against which novelty is measured."""

import math
from collections import Counter, deque
from collections.abc import Sequence

import numpy as np

from blindspot.rewards.embedding import DIMENSIONS, bigrams, embed

NOVEL = 0.001  # similarity at and below which the novelty is 1


class Archive:
    """The latest `size` valid questions; measures how similar a new question is to them, in meaning and in words.

    On several ranks, every rank adds the questions of all ranks, so that all have the same archive.
    """

    def __init__(self, size: int, questions: Sequence[str] = ()) -> None:
        self._questions: deque[str] = deque(maxlen=size)
        self._embeddings = np.empty((0, DIMENSIONS))
        self._bigrams: Counter[tuple[str, str]] = Counter()
        self.add(questions)

    @property
    def questions(self) -> list[str]:
        """The questions in the archive, oldest first."""
        return list(self._questions)

    def add(self, questions: Sequence[str]) -> None:
        """Adds questions in order and removes the oldest ones beyond the size."""
        self._questions.extend(questions)
        embeddings = [embed(question) for question in self._questions]
        self._embeddings = np.array(embeddings).reshape(-1, DIMENSIONS)
        self._bigrams = Counter(pair for question in self._questions for pair in set(bigrams(question)))

    def similarity(self, question: str) -> float:
        """Returns the mean squared cosine between the question and the archive, 0 to 1; 0 for an empty archive.

        The cosine is squared so that questions which share only a colour, for example, have a low similarity.
        """
        if not self._questions:
            return 0.0
        return float(np.mean((self._embeddings @ embed(question)) ** 2))

    def novelty(self, question: str) -> float:
        """Returns how different the question is from the archive, 0 to 1: log(similarity) ÷ log(NOVEL).

        With a logarithm, as in an entropy, the reward of a kind of question grows as it becomes rare, so that no kind
        disappears.
        """
        return max(0.0, math.log(max(self.similarity(question), NOVEL)) / math.log(NOVEL))

    def overlap(self, question: str) -> float:
        """Returns how common its word pairs are: the mean share of archived questions that contain each pair."""
        pairs = set(bigrams(question))
        if not self._questions:
            return 0.0
        return sum(self._bigrams[pair] for pair in pairs) / len(pairs) / len(self._questions)
