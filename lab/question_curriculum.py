"""Lessons for the embedded questioner: with an open prompt, with a target, and with an example.

Before it asks, the questioner writes a thought: the family of the question, the places of the things that it will
mention, word by word, and the true answer: "relation small a2 c1 star a2 ; red b1 : no </think> is the small star
above …" (`scene_curriculum.thought`). The thought fixes the things and the answer before the question starts. A target
can then ask for an answer, such as "answer no".
"""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from blindspot.prompts.files import embedded_prompts
from blindspot.questioner.prompts import THOUGHT_END, question_prompt
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.question import FAMILIES, Question
from blindspot.scenes.scene import Scene
from blindspot.taxonomy.reading.question_features import all_features
from lab.scene_curriculum import AGAIN, apt_questions, near_misses, places, question_to_ask, say, thought

SIZES = (0.3, 0.5, 0.2)  # shares of the targets with one, two and three features
WITH_ANSWER = 0.5  # share of the targets that are built around the true answer
OTHER_SCENE = 0.5  # share of the targets drawn for another scene; this scene may not allow all of their features
EXAMPLES = 200  # examples kept per feature

Example = tuple[str, str]  # a question and its true answer
Lesson = tuple[str, str]  # a prompt and the correct output


class Posed(NamedTuple):
    """A valid question, in English, with its true answer."""

    question: Question
    text: str
    answer: str

    @property
    def example(self) -> Example:
        """The question and its answer, as a prompt shows them."""
        return self.text, self.answer

    @property
    def features(self) -> frozenset[str]:
        """All features of the question and its answer."""
        return all_features(self.text, self.answer)


class Asking:
    """Draws lessons for a questioner. `scenes`: the source of targets and examples."""

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
        """Returns the words that lessons need besides those of questions."""
        prompts = [_prompt([*self._of_feature]), _prompt(failures=[("", ""), ("", "")])]
        return sorted({*" ".join(prompts).split(), *places(), *FAMILIES, AGAIN, THOUGHT_END})

    def plain(self, scene: Scene) -> Lesson:
        """Returns the open prompt and a question."""
        question = question_to_ask(scene, self._rng)
        return _prompt(), self._output(question, say(question, self._rng), scene)

    def targeted(self, scene: Scene) -> Lesson:
        """Returns a prompt with a target, and the question about the scene that has most of the target's features."""
        while True:
            family, source = self._rng.choice(self._pool)
            if self._rng.random() >= OTHER_SCENE:
                own = self._pose(scene, family, ())
                if own is None:
                    continue
                source = own
            target = self._target(source)
            found = self._pose(scene, family, target)
            if found is not None:
                return _prompt(target), self._output(found.question, found.text, scene)

    def like(self, scene: Scene) -> Lesson:
        """Returns a prompt with an example, and a question that shares one to three features with the example."""
        own = None
        while own is None:
            own = self._pose(scene, self._rng.choice(FAMILIES), ())
        shared = self._target(own)
        rarest = min(shared, key=lambda feature: len(self._of_feature[feature]))
        drawn = self._rng.choices(self._of_feature[rarest] or [own], k=20)
        near = next((one for one in drawn if one.features >= {*shared}), drawn[0])
        return _prompt(failures=[near.example]), self._output(own.question, own.text, scene)

    def _target(self, posed: Posed) -> tuple[str, ...]:
        """Draws one to three of the features of a question, in random order."""
        features = sorted(posed.features)
        answers = [feature for feature in features if feature.startswith("answer ")]
        first = self._rng.choice(answers if answers and self._rng.random() < WITH_ANSWER else features)
        others = [feature for feature in features if feature != first]
        more = min(self._rng.choices(range(len(SIZES)), SIZES)[0], len(others))
        target = [first, *self._rng.sample(others, more)]
        return tuple(self._rng.sample(target, len(target)))

    def _pose(self, scene: Scene, family: str, target: Collection[str]) -> Posed | None:
        """Returns the valid question of the family that has most of the target's features; None if there is none.

        Among several such questions, it first draws the answer uniformly, so that rare answers are learnt too. Then it
        takes the question with the fewest near misses.
        """
        best: dict[str, list[Posed]] = defaultdict(list)
        most = 0
        for question in apt_questions(scene, family, self._rng):
            posed = Posed(question, say(question, self._rng), str(rule_question(question, scene).answer))
            shared = len(posed.features.intersection(target)) if target else 0
            if shared > most:
                best.clear()
                most = shared
            if shared == most:
                best[posed.answer].append(posed)
        if not best:
            return None
        answer = self._rng.choice(sorted(best))
        return min(best[answer], key=lambda one: near_misses(one.question, scene))

    def _output(self, question: Question, text: str, scene: Scene) -> str:
        return f"{thought(question, scene, self._rng)} {THOUGHT_END} {text}"


def _prompt(target: Sequence[str] = (), failures: Sequence[Example] = ()) -> str:
    return question_prompt(embedded_prompts("questioner"), target, failures)
