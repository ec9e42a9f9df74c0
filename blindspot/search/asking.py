"""Lessons in asking: a question of one's own accord, one that has the traits of a hint, one like an example."""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence

from blindspot.prompts import ASK, ask_for, ask_like
from blindspot.scenes.lessons import apt_questions, near_misses, question_to_ask, say
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.question import FAMILIES, Question
from blindspot.scenes.scene import Scene
from blindspot.skills.plain import all_traits

SINGLE = 0.3  # of the hints: one trait; the others are two
ON_ANSWER = 0.5  # of the hints: one of the traits is the true answer's
ELSEWHERE = 0.5  # of the hints: drawn for another scene, so that this one may not allow them
EXAMPLES = 200  # kept of each trait

Example = tuple[str, str]  # a question and its true answer


class Asking:
    """Lessons for a questioner. `scenes`: from which hints and examples are drawn, too."""

    def __init__(self, scenes: Sequence[Scene], rng: random.Random) -> None:
        self._rng = rng
        self._pool: list[tuple[str, Example]] = []  # with the family
        self._of_trait: dict[str, list[Example]] = defaultdict(list)
        for scene in scenes:
            family = rng.choice(FAMILIES)
            example = self._question(scene, family, ())
            if example is not None:
                self._pool.append((family, example))
                for trait in all_traits(*example):
                    self._of_trait[trait][EXAMPLES:] = []
                    self._of_trait[trait].append(example)

    @property
    def traits(self) -> list[str]:
        """Every trait that a hint may have."""
        return sorted(self._of_trait)

    def plain(self, scene: Scene) -> Example:
        """The prompt that leaves the kind open, and what to ask."""
        return ASK, question_to_ask(scene, self._rng)

    def hinted(self, scene: Scene) -> Example:
        """A prompt with a hint, and the question that has most of its traits of those that can be asked."""
        while True:
            family, wanted = self._rng.choice(self._pool)
            if self._rng.random() >= ELSEWHERE:
                own = self._question(scene, family, ())
                if own is None:
                    continue
                wanted = own
            hint = self._hint(wanted)
            found = self._question(scene, family, hint)
            if found is not None:
                return ask_for(hint), found[0]

    def like(self, scene: Scene) -> Example:
        """A prompt with an example that shares one or two traits with the question."""
        family, own = self._rng.choice(FAMILIES), None
        while own is None:
            own = self._question(scene, family, ())
            family = self._rng.choice(FAMILIES)
        shared = self._hint(own)
        rarest = min(shared, key=lambda trait: len(self._of_trait[trait]))
        near = self._of_trait[rarest] or [own]
        drawn = self._rng.choices(near, k=20)
        return ask_like([next((one for one in drawn if all_traits(*one) >= {*shared}), drawn[0])]), own[0]

    def _hint(self, example: Example) -> tuple[str, ...]:
        """One or two of the traits of a question, in any order."""
        traits = sorted(all_traits(*example))
        answers = [trait for trait in traits if trait.startswith("answer ")]
        first = self._rng.choice(answers if answers and self._rng.random() < ON_ANSWER else traits)
        if self._rng.random() < SINGLE:
            return (first,)
        both = [first, self._rng.choice([trait for trait in traits if trait != first])]
        return tuple(self._rng.sample(both, 2))

    def _question(self, scene: Scene, family: str, hint: Collection[str]) -> Example | None:
        """A valid question of the family that has most traits of the hint, with its answer.

        Of several those of each answer are as likely, so that rare answers are learnt too; of these the one with the
        fewest near misses.
        """
        best: dict[str, list[tuple[Question, Example]]] = defaultdict(list)
        most = 0
        for question in apt_questions(scene, family, self._rng):
            example = say(question, self._rng), str(rule_question(question, scene).answer)
            has = sum(trait in all_traits(*example) for trait in hint)
            if has > most:
                best.clear()
                most = has
            if has == most:
                best[example[1]].append((question, example))
        if not best:
            return None
        answer = self._rng.choice(sorted(best))
        return min(best[answer], key=lambda one: near_misses(one[0], scene))[1]
