"""Lessons in asking: a question of one's own accord, one that has the features of a target, one like an example.

Before it asks, the questioner thinks: it says what kind of question it will be, finds, word by word, the things that
it will speak of, and says what the true answer is: "relation small a2 c1 star a2 ; red b1 : no </think> is the small
star above …" (`lessons.thought`). So what it asks about is settled before the first word, as is its answer, which a
target may want to be "no".
"""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from blindspot.questioner.prompts import ASK, THOUGHT, ask_for, ask_like
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.question import FAMILIES, Question
from blindspot.scenes.scene import Scene
from blindspot.taxonomy.reading.question_features import all_features
from lab.scene_curriculum import AGAIN, apt_questions, near_misses, places, question_to_ask, say, thought

SIZES = (0.3, 0.5, 0.2)  # of the targets: how many have one feature, two, three
ON_ANSWER = 0.5  # of the targets: one of the features is the true answer's
ELSEWHERE = 0.5  # of the targets: drawn for another scene, so that this one may not allow them
EXAMPLES = 200  # kept of each feature

Example = tuple[str, str]  # a question and its true answer
Lesson = tuple[str, str]  # a prompt, and what to say


class Posed(NamedTuple):
    """A valid question, in English, with its true answer."""

    question: Question
    text: str
    answer: str

    @property
    def example(self) -> Example:
        """What an example shows of it."""
        return self.text, self.answer

    @property
    def features(self) -> frozenset[str]:
        """All its features."""
        return all_features(self.text, self.answer)


class Asking:
    """Lessons for a questioner. `scenes`: from which targets and examples are drawn, too."""

    def __init__(self, scenes: Sequence[Scene], rng: random.Random) -> None:
        self._rng = rng
        self._pool: list[tuple[str, Posed]] = []  # with the family
        self._of_feature: dict[str, list[Posed]] = defaultdict(list)
        for scene in scenes:
            family = rng.choice(FAMILIES)
            posed = self._pose(scene, family, ())
            if posed is not None:
                self._pool.append((family, posed))
                for feature in posed.features:
                    self._of_feature[feature][EXAMPLES:] = []
                    self._of_feature[feature].append(posed)

    def words(self) -> list[str]:
        """What a lesson may spell beside the words of questions."""
        prompts = [ask_for([*self._of_feature]), ask_like([("", ""), ("", "")])]
        return sorted({*" ".join(prompts).split(), *places(), *FAMILIES, AGAIN, THOUGHT})

    def plain(self, scene: Scene) -> Lesson:
        """The prompt that leaves the kind open, and what to say."""
        question = question_to_ask(scene, self._rng)
        return ASK, self._say(question, say(question, self._rng), scene)

    def targeted(self, scene: Scene) -> Lesson:
        """A prompt with a target, and the question that has most of its features of those that can be asked."""
        while True:
            family, wanted = self._rng.choice(self._pool)
            if self._rng.random() >= ELSEWHERE:
                own = self._pose(scene, family, ())
                if own is None:
                    continue
                wanted = own
            target = self._target(wanted)
            found = self._pose(scene, family, target)
            if found is not None:
                return ask_for(target), self._say(found.question, found.text, scene)

    def like(self, scene: Scene) -> Lesson:
        """A prompt with an example that shares one to three features with the question."""
        own = None
        while own is None:
            own = self._pose(scene, self._rng.choice(FAMILIES), ())
        shared = self._target(own)
        rarest = min(shared, key=lambda feature: len(self._of_feature[feature]))
        drawn = self._rng.choices(self._of_feature[rarest] or [own], k=20)
        near = next((one for one in drawn if one.features >= {*shared}), drawn[0])
        return ask_like([near.example]), self._say(own.question, own.text, scene)

    def _target(self, posed: Posed) -> tuple[str, ...]:
        """One to three of the features of a question, in any order."""
        features = sorted(posed.features)
        answers = [feature for feature in features if feature.startswith("answer ")]
        first = self._rng.choice(answers if answers and self._rng.random() < ON_ANSWER else features)
        others = [feature for feature in features if feature != first]
        more = min(self._rng.choices(range(len(SIZES)), SIZES)[0], len(others))
        target = [first, *self._rng.sample(others, more)]
        return tuple(self._rng.sample(target, len(target)))

    def _pose(self, scene: Scene, family: str, target: Collection[str]) -> Posed | None:
        """A valid question of the family that has most features of the target.

        Of several those of each answer are as likely, so that rare answers are learnt too; of these the one with the
        fewest near misses.
        """
        best: dict[str, list[Posed]] = defaultdict(list)
        most = 0
        for question in apt_questions(scene, family, self._rng):
            posed = Posed(question, say(question, self._rng), str(rule_question(question, scene).answer))
            has = len(posed.features.intersection(target)) if target else 0
            if has > most:
                best.clear()
                most = has
            if has == most:
                best[posed.answer].append(posed)
        if not best:
            return None
        answer = self._rng.choice(sorted(best))
        return min(best[answer], key=lambda one: near_misses(one.question, scene))

    def _say(self, question: Question, text: str, scene: Scene) -> str:
        return f"{thought(question, scene, self._rng)} {THOUGHT} {text}"
