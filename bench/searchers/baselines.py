"""What a search is compared with: untrained questioners, of which some learn from what came of their questions."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from blindspot.protocols import Questioner
from blindspot.questioner.prompts import ASK, ask_like
from blindspot.records.asked import Asked
from blindspot.records.image import Image
from blindspot.scenes.parse import parse
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import Scene
from blindspot.scenes.templates import ask, draw_question
from blindspot.search.journal import Journal
from blindspot.taxonomy.reading.question_features import all_features

BLOCK = 100  # questions after which it learns what came of them


class Prompted(Questioner, Protocol):
    """A questioner that says something to any prompt."""

    def ask_by(self, prompts: Sequence[str], images: Sequence[Image], seed: int) -> list[str]:
        """One question for each prompt and image, in the same order; the same seed gives the same."""


class Searcher(Protocol):
    """Asks, and is told what came of it."""

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """One question for each image, in the same order; the same seed gives the same."""

    def learn(self, asked: Sequence[Asked]) -> None:
        """Takes in what came of its latest questions, in the order in which it asked them."""


class Fixed:
    """A questioner that learns nothing: templates, or the base as it is (zero-shot)."""

    def __init__(self, questioner: Questioner) -> None:
        self._questioner = questioner

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """The questioner's."""
        return self._questioner.ask(images, seed)

    def learn(self, asked: Sequence[Asked]) -> None:
        """Nothing."""


class FewShot:
    """The base with past failures of the candidate in its prompt, drawn at random for each image."""

    def __init__(self, questioner: Prompted, shots: int) -> None:
        self._questioner, self._shots = questioner, shots
        self._failures: list[tuple[str, str]] = []

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """Questions like failures; of any kind as long as there is none."""
        rng, shots = random.Random(seed), min(self._shots, len(self._failures))
        prompts = [ask_like(rng.sample(self._failures, shots)) if shots else ASK for _ in images]
        return self._questioner.ask_by(prompts, images, seed)

    def learn(self, asked: Sequence[Asked]) -> None:
        """Keeps the failures."""
        self._failures += [(row.question, row.reference or "") for row in asked if row.outcome == "failure"]


class BestOf:
    """Of `number` questions about an image, the one that most resembles past failures is asked (rejection sampling).

    Which that is, a logistic regression on the features that words show says, learnt from all outcomes so far.
    """

    def __init__(self, questioner: Questioner, number: int) -> None:
        self._questioner, self._number = questioner, number
        self._features: list[dict[str, bool]] = []
        self._failed: list[bool] = []
        self._model: Any = None

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """The best for each image; the first, where nothing was learnt."""
        repeated = [image for image in images for _ in range(self._number)]
        questions = self._questioner.ask(repeated, seed)
        if self._model is None:
            return questions[:: self._number]
        scores = self._model.predict_proba([_shown(question) for question in questions])[:, 1]
        best = scores.reshape(len(images), self._number).argmax(axis=1)
        return [questions[place * self._number + int(choice)] for place, choice in enumerate(best)]

    def learn(self, asked: Sequence[Asked]) -> None:
        """Learns anew from all, once there are failures and others."""
        from sklearn.feature_extraction import DictVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        self._features += [_shown(row.question) for row in asked]
        self._failed += [row.outcome == "failure" for row in asked]
        if len(set(self._failed)) == 2:
            self._model = make_pipeline(DictVectorizer(), LogisticRegression(max_iter=500))
            self._model.fit(self._features, self._failed)


class Bandit:
    """Asks templates of the family that promises most: Thompson sampling, a Beta for each. It reads the scene."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """One valid question for each image."""
        rng, dice = random.Random(seed), np.random.default_rng(seed)
        return [self._ask(Scene.from_json(image.scene or ""), rng, dice) for image in images]

    def learn(self, asked: Sequence[Asked]) -> None:
        """Counts them by family."""
        for row in asked:
            question = parse(row.question)
            assert question is not None, "a template's question can be read"
            self._asked[question.family] += 1
            self._failed[question.family] += row.outcome == "failure"

    def _ask(self, scene: Scene, rng: random.Random, dice: np.random.Generator) -> str:
        """Of the best family that this scene has a question of."""
        failed = np.array([self._failed[family] for family in FAMILIES])
        asked = np.array([self._asked[family] for family in FAMILIES])
        for place in np.argsort(-dice.beta(1 + failed, 1 + asked - failed)):
            question = draw_question(scene, FAMILIES[place], rng)
            if question is not None:
                return ask(question, rng)
        raise ValueError("no question can be asked of a scene without things")


def _shown(question: str) -> dict[str, bool]:
    return dict.fromkeys(sorted(all_features(question, None)), True)


def search(searcher: Searcher, images: Sequence[Image], journal: Journal, seed: int) -> list[Asked]:
    """Has it ask about images drawn at random, BLOCK at a time, as long as the journal has room. Returns all."""
    dice, asked = random.Random(seed), list[Asked]()
    while room := journal.meter.room(BLOCK):
        drawn = dice.choices(images, k=room)
        found = journal.ask(drawn, searcher.ask(drawn, dice.getrandbits(32)))
        searcher.learn(found)
        asked += found
    return asked
