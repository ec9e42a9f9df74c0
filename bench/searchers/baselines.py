"""Baselines of the search: untrained questioners, some of which learn from the outcomes of their questions."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from blindspot.prompts.files import embedded_prompts
from blindspot.protocols import ProposedQuestion, Questioner
from blindspot.questioner.prompts import question_prompt
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.scenes.parse import parse
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import Scene
from blindspot.scenes.stored import read_scene
from blindspot.scenes.templates import ask, draw_question
from blindspot.search.journal import Journal
from blindspot.taxonomy.reading.question_features import all_features

BLOCK = 100  # questions asked before a searcher learns their outcomes


class Prompted(Questioner, Protocol):
    """A questioner that takes any prompt."""

    def ask_by(self, prompts: Sequence[str], images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns one question for each prompt and image, in their order. The same seed gives the same questions."""


class Searcher(Protocol):
    """Asks questions and learns from their outcomes."""

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """Returns one question for each image, in the same order. The same seed gives the same questions."""

    def learn(self, asked: Sequence[Asked]) -> None:
        """Learns from the outcomes of the latest questions, in the order in which they were asked."""


class Fixed:
    """A questioner that learns nothing: the templates, or the untrained base (zero-shot)."""

    def __init__(self, questioner: Questioner) -> None:
        self._questioner = questioner

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """Returns the questioner's questions."""
        return _texts(self._questioner.ask(images, seed))

    def learn(self, asked: Sequence[Asked]) -> None:
        """Does nothing."""


class FewShot:
    """The base, with randomly drawn past failures of the candidate in the prompt of each image."""

    def __init__(self, questioner: Prompted, shots: int) -> None:
        self._questioner, self._shots = questioner, shots
        self._failures: list[tuple[str, str]] = []

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """Returns questions like past failures; without failures, questions to the open prompt."""
        rng, shots = random.Random(seed), min(self._shots, len(self._failures))
        own = embedded_prompts("questioner")
        prompts = [question_prompt(own, failures=rng.sample(self._failures, shots)) for _ in images]
        return _texts(self._questioner.ask_by(prompts, images, seed))

    def learn(self, asked: Sequence[Asked]) -> None:
        """Stores the failures."""
        self._failures += [(row.question, row.reference or "") for row in asked if row.outcome == "failure"]


class BestOf:
    """Proposes `number` questions about an image and asks the one most likely to fail (rejection sampling).

    A logistic regression on the features of a question's words predicts failures. It learns from all outcomes so far.
    """

    def __init__(self, questioner: Questioner, number: int) -> None:
        self._questioner, self._number = questioner, number
        self._features: list[dict[str, bool]] = []
        self._failed: list[bool] = []
        self._model: Any = None

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """Returns the best question for each image; the first one while the model has not learnt."""
        repeated = [image for image in images for _ in range(self._number)]
        questions = _texts(self._questioner.ask(repeated, seed))
        if self._model is None:
            return questions[:: self._number]
        scores = self._model.predict_proba([_word_features(question) for question in questions])[:, 1]
        best = scores.reshape(len(images), self._number).argmax(axis=1)
        return [questions[index * self._number + int(choice)] for index, choice in enumerate(best)]

    def learn(self, asked: Sequence[Asked]) -> None:
        """Fits the model to all outcomes, once there are both failures and other outcomes."""
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        self._features += [_word_features(row.question) for row in asked]
        self._failed += [row.outcome == "failure" for row in asked]
        if len(set(self._failed)) == 2:
            self._model = make_pipeline(DictVectorizer(), LogisticRegression(max_iter=500))
            self._model.fit(self._features, self._failed)


class Bandit:
    """Asks templates of the most promising family: Thompson sampling with a Beta prior per family. Reads the scene."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """Returns one valid question for each image."""
        rng, generator = random.Random(seed), np.random.default_rng(seed)
        return [self._ask(read_scene(image.scene or ""), rng, generator) for image in images]

    def learn(self, asked: Sequence[Asked]) -> None:
        """Counts questions and failures per family."""
        for row in asked:
            question = parse(row.question)
            assert question is not None, "a question of the templates can be parsed"
            self._asked[question.family] += 1
            self._failed[question.family] += row.outcome == "failure"

    def _ask(self, scene: Scene, rng: random.Random, generator: np.random.Generator) -> str:
        """Returns a question of the best family that the scene allows."""
        failed = np.array([self._failed[family] for family in FAMILIES])
        asked = np.array([self._asked[family] for family in FAMILIES])
        for index in np.argsort(-generator.beta(1 + failed, 1 + asked - failed)):
            question = draw_question(scene, FAMILIES[index], rng)
            if question is not None:
                return ask(question, rng)
        raise ValueError("a scene without things allows no question")


def _texts(proposed: Sequence[ProposedQuestion]) -> list[str]:
    return [one.question for one in proposed]


def _word_features(question: str) -> dict[str, bool]:
    return dict.fromkeys(sorted(all_features(question, None)), True)


def search(searcher: Searcher, images: Sequence[Image], journal: Journal, seed: int) -> list[Asked]:
    """Runs a search about randomly drawn images, BLOCK at a time, until the budget is spent. Returns all questions."""
    rng, asked = random.Random(seed), list[Asked]()
    while room := journal.meter.room(BLOCK):
        drawn = rng.choices(images, k=room)
        found = journal.ask(drawn, searcher.ask(drawn, rng.getrandbits(32)))
        searcher.learn(found)
        asked += found
    return asked
