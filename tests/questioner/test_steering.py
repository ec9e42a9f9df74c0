import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.protocols import PastFailure, ProposedQuestion, Steerable, Target
from blindspot.questioner.steering import SAMPLES, TRIED, SteeredQuestioner, meets, read_targets, write_targets
from blindspot.records.image import Image

COUNTING, RELATION = ("counting", "answer 4"), ("judging positions", "answer yes")
QUESTIONS: dict[Target, str] = {COUNTING: "how many stars are there ?", RELATION: "is the star left of the square ?"}
IMAGES = [Image(str(number), Path(f"{number}.png"), "test") for number in range(40)]


class Obedient:
    """Asks for the target, but for RELATION where the target is COUNTING and the image is in `without`."""

    identity = "obedient"

    def __init__(self, without: range = range(0)) -> None:
        self.without = {str(number) for number in without}
        self.targets = list[Target]()

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        raise AssertionError("a steered questioner must not call ask")

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        self.targets += targets
        declined = [
            target == COUNTING and image.image_id in self.without
            for target, image in zip(targets, images, strict=True)
        ]
        dice = random.Random(seed)
        return [
            ProposedQuestion(QUESTIONS[RELATION if declines else target[:2]], None, -dice.random())
            for target, declines in zip(targets, declined, strict=True)
        ]


def texts(questioner: Steerable, targets: Sequence[Target], seed: int) -> list[str]:
    return [one.question for one in SteeredQuestioner(questioner, targets).ask(IMAGES, seed)]


def test_each_target_gets_as_many_images() -> None:
    questions = texts(Obedient(), [COUNTING, RELATION], 3)
    assert Counter(questions) == dict.fromkeys(QUESTIONS.values(), 20)


def test_only_the_same_seed_gives_the_same_questions() -> None:
    steered = SteeredQuestioner(Obedient(), [COUNTING, RELATION])
    assert steered.ask(IMAGES, 1) == steered.ask(IMAGES, 1) != steered.ask(IMAGES, 2)


def test_an_image_gets_another_target_if_no_question_meets_one() -> None:
    asked = texts(Obedient(without=range(10)), [COUNTING, RELATION], 3)
    assert [question == QUESTIONS[RELATION] for question in asked[:10]] == [True] * 10
    assert Counter(asked)[QUESTIONS[COUNTING]] == 20


def test_an_image_gets_a_question_even_if_none_meets_a_target() -> None:
    assert texts(Obedient(without=range(40)), [COUNTING], 0) == [QUESTIONS[RELATION]] * 40


@pytest.mark.parametrize("targets", [1, 2, 9])
def test_the_number_of_samples_does_not_depend_on_the_number_of_targets(targets: int) -> None:
    questioner = Obedient()
    SteeredQuestioner(questioner, [(*COUNTING, str(number)) for number in range(targets)]).ask(IMAGES[:1], 0)
    assert len(questioner.targets) == SAMPLES
    assert len(set(questioner.targets)) == min(targets, TRIED)


class Straying(Obedient):
    """The most probable question does not meet the target; the others do, with falling probability."""

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        said = [
            ProposedQuestion("what colour is the star ?", None, -1.0),
            ProposedQuestion("how many stars are there ?", None, -2.0),
            *[ProposedQuestion("how many red stars are there ?", None, -3.0)] * (SAMPLES - 2),
        ]
        return said * (len(targets) // SAMPLES)


def test_the_most_probable_question_that_meets_the_target_is_kept() -> None:
    assert set(texts(Straying(), [COUNTING], 0)) == {"how many stars are there ?"}


class Unsure(Obedient):
    """Counting questions are less probable than relations, and more probable the later the image."""

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        costs = [
            9 - int(image.image_id) / 10 if target == COUNTING else 1
            for target, image in zip(targets, images, strict=True)
        ]
        return [ProposedQuestion(QUESTIONS[target], None, -cost) for target, cost in zip(targets, costs, strict=True)]


def test_a_target_is_assigned_to_the_images_with_the_most_probable_questions() -> None:
    asked = texts(Unsure(), [COUNTING, RELATION], 0)
    assert asked == [QUESTIONS[RELATION]] * 20 + [QUESTIONS[COUNTING]] * 20


@pytest.mark.parametrize(
    ("question", "answer", "target", "met"),
    [
        ("how many stars are there ?", None, ("counting", "answer 4", "counting four or more"), True),
        ("how many stars are there ?", "4", ("counting", "answer 4", "counting four or more"), True),
        ("how many stars are there ?", "3", ("counting", "answer 4"), False),
        ("how many stars are there ?", None, ("counting", "recognising red"), False),
        ("is the star left of the square ?", "no", RELATION, False),
        ("whatever", None, (), True),
    ],
)
def test_a_target_is_compared_with_the_words_and_the_expected_answer(
    question: str, answer: str | None, target: Target, met: bool
) -> None:
    assert meets(ProposedQuestion(question, answer, 0.0), target) == met


def test_a_question_has_the_target_of_its_prompt_whether_it_meets_it_or_not() -> None:
    asked = SteeredQuestioner(Obedient(without=range(40)), [COUNTING, RELATION]).ask(IMAGES, 3)
    assert {one.question for one in asked} == {QUESTIONS[RELATION]}
    assert {one.target for one in asked if meets(one, one.target)} == {RELATION}
    [other] = {one.target for one in SteeredQuestioner(Obedient(without=range(40)), [COUNTING]).ask(IMAGES, 3)}
    assert other == COUNTING


class Declining(Obedient):
    """Declines, with the highest probability, but for the last reply about every second image."""

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        last = [number % SAMPLES == SAMPLES - 1 and int(image.image_id) % 2 for number, image in enumerate(images)]
        declined = ProposedQuestion("", None, -0.1, "declined", "No.")
        return [ProposedQuestion("is it red ?", None, -9.0) if one else declined for one in last]


def test_a_reply_without_a_question_is_kept_only_if_there_is_no_question() -> None:
    asked = SteeredQuestioner(Declining(), [COUNTING, ("answer yes",)]).ask(IMAGES, 0)
    assert [one.question for one in asked] == ["", "is it red ?"] * 20
    assert [one.reason for one in asked] == ["declined", None] * 20


def test_targets_are_stored_with_the_weights(tmp_path: Path) -> None:
    assert read_targets(tmp_path) == []
    write_targets(tmp_path, [COUNTING, RELATION])
    assert read_targets(tmp_path) == [COUNTING, RELATION]


@pytest.mark.parametrize("images", [[], IMAGES[:1]])
def test_few_images_get_one_question_each(images: list[Image]) -> None:
    assert len(SteeredQuestioner(Obedient(), [COUNTING, RELATION]).ask(images, 0)) == len(images)
