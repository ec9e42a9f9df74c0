"""Lessons in asking: a question of one's own accord, one that has the traits of a hint, one like an example.

Before it asks, the questioner thinks: it says what kind of question it will be, finds, word by word, the things that
it will speak of, and says what the true answer is: "relation small a2 c1 star a2 ; red b1 : no </think> is the small
star above …" (`lessons.thought`). So what it asks about is settled before the first word, as is its answer, which a
hint may want to be "no".
"""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from blindspot.prompts import ASK, THOUGHT, ask_for, ask_like
from blindspot.scenes.lessons import AGAIN, apt_questions, near_misses, places, question_to_ask, say, thought
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.question import FAMILIES, Question
from blindspot.scenes.scene import Scene
from blindspot.skills.plain import all_traits

SIZES = (0.3, 0.5, 0.2)  # of the hints: how many have one trait, two, three
ON_ANSWER = 0.5  # of the hints: one of the traits is the true answer's
ELSEWHERE = 0.5  # of the hints: drawn for another scene, so that this one may not allow them
EXAMPLES = 200  # kept of each trait

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
    def traits(self) -> frozenset[str]:
        """All its traits."""
        return all_traits(self.text, self.answer)


class Asking:
    """Lessons for a questioner. `scenes`: from which hints and examples are drawn, too."""

    def __init__(self, scenes: Sequence[Scene], rng: random.Random) -> None:
        self._rng = rng
        self._pool: list[tuple[str, Posed]] = []  # with the family
        self._of_trait: dict[str, list[Posed]] = defaultdict(list)
        for scene in scenes:
            family = rng.choice(FAMILIES)
            posed = self._pose(scene, family, ())
            if posed is not None:
                self._pool.append((family, posed))
                for trait in posed.traits:
                    self._of_trait[trait][EXAMPLES:] = []
                    self._of_trait[trait].append(posed)

    def words(self) -> list[str]:
        """What a lesson may spell beside the words of questions."""
        prompts = [ask_for([*self._of_trait]), ask_like([("", ""), ("", "")])]
        return sorted({*" ".join(prompts).split(), *places(), *FAMILIES, AGAIN, THOUGHT})

    def plain(self, scene: Scene) -> Lesson:
        """The prompt that leaves the kind open, and what to say."""
        question = question_to_ask(scene, self._rng)
        return ASK, self._say(question, say(question, self._rng), scene)

    def hinted(self, scene: Scene) -> Lesson:
        """A prompt with a hint, and the question that has most of its traits of those that can be asked."""
        while True:
            family, wanted = self._rng.choice(self._pool)
            if self._rng.random() >= ELSEWHERE:
                own = self._pose(scene, family, ())
                if own is None:
                    continue
                wanted = own
            hint = self._hint(wanted)
            found = self._pose(scene, family, hint)
            if found is not None:
                return ask_for(hint), self._say(found.question, found.text, scene)

    def like(self, scene: Scene) -> Lesson:
        """A prompt with an example that shares one to three traits with the question."""
        own = None
        while own is None:
            own = self._pose(scene, self._rng.choice(FAMILIES), ())
        shared = self._hint(own)
        rarest = min(shared, key=lambda trait: len(self._of_trait[trait]))
        drawn = self._rng.choices(self._of_trait[rarest] or [own], k=20)
        near = next((one for one in drawn if one.traits >= {*shared}), drawn[0])
        return ask_like([near.example]), self._say(own.question, own.text, scene)

    def _hint(self, posed: Posed) -> tuple[str, ...]:
        """One to three of the traits of a question, in any order."""
        traits = sorted(posed.traits)
        answers = [trait for trait in traits if trait.startswith("answer ")]
        first = self._rng.choice(answers if answers and self._rng.random() < ON_ANSWER else traits)
        others = [trait for trait in traits if trait != first]
        more = min(self._rng.choices(range(len(SIZES)), SIZES)[0], len(others))
        hint = [first, *self._rng.sample(others, more)]
        return tuple(self._rng.sample(hint, len(hint)))

    def _pose(self, scene: Scene, family: str, hint: Collection[str]) -> Posed | None:
        """A valid question of the family that has most traits of the hint.

        Of several those of each answer are as likely, so that rare answers are learnt too; of these the one with the
        fewest near misses.
        """
        best: dict[str, list[Posed]] = defaultdict(list)
        most = 0
        for question in apt_questions(scene, family, self._rng):
            posed = Posed(question, say(question, self._rng), str(rule_question(question, scene).answer))
            has = len(posed.traits.intersection(hint)) if hint else 0
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
