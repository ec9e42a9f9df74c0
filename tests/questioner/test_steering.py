import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.protocols import Posed, Target
from blindspot.questioner.steering import SAMPLES, TRIED, SteeredQuestioner, keeps, read_targets, write_targets
from blindspot.records.image import Image

COUNTING, RELATION = ("counting", "answer 4"), ("judging positions", "answer yes")
QUESTIONS = {COUNTING: "how many stars are there ?", RELATION: "is the star left of the square ?"}
IMAGES = [Image(str(number), Path(f"{number}.png"), "test") for number in range(40)]


class Obedient:
    """Asks what it is told, but about images with a number in `without` it cannot count."""

    identity = "obedient"

    def __init__(self, without: range = range(0)) -> None:
        self.without = {str(number) for number in without}
        self.told = list[Target]()

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        raise AssertionError("it is steered")

    def ask_for(self, targets: Sequence[Target], images: Sequence[Image], seed: int) -> list[Posed]:
        self.told += targets
        cannot = [
            target == COUNTING and image.image_id in self.without
            for target, image in zip(targets, images, strict=True)
        ]
        told = zip(targets, cannot, strict=True)
        dice = random.Random(seed)
        return [
            Posed(QUESTIONS[RELATION if declines else target[:2]], None, -dice.random()) for target, declines in told
        ]


def test_targets_are_dealt_out_evenly() -> None:
    questions = SteeredQuestioner(Obedient(), [COUNTING, RELATION]).ask(IMAGES, seed=3)
    assert Counter(questions) == dict.fromkeys(QUESTIONS.values(), 20)


def test_the_same_seed_asks_the_same_and_another_does_not() -> None:
    steered = SteeredQuestioner(Obedient(), [COUNTING, RELATION])
    assert steered.ask(IMAGES, 1) == steered.ask(IMAGES, 1) != steered.ask(IMAGES, 2)


def test_an_image_that_a_target_does_not_suit_gets_another() -> None:
    asked = SteeredQuestioner(Obedient(without=range(10)), [COUNTING, RELATION]).ask(IMAGES, seed=3)
    assert [question == QUESTIONS[RELATION] for question in asked[:10]] == [True] * 10
    assert Counter(asked)[QUESTIONS[COUNTING]] == 20


def test_what_no_target_suits_is_asked_all_the_same() -> None:
    assert SteeredQuestioner(Obedient(without=range(40)), [COUNTING]).ask(IMAGES, 0) == [QUESTIONS[RELATION]] * 40


@pytest.mark.parametrize("targets", [1, 2, 9])
def test_an_image_is_asked_as_often_whatever_the_number_of_targets(targets: int) -> None:
    questioner = Obedient()
    SteeredQuestioner(questioner, [(*COUNTING, str(number)) for number in range(targets)]).ask(IMAGES[:1], 0)
    assert len(questioner.told) == SAMPLES
    assert len(set(questioner.told)) == min(targets, TRIED)


class Wavering(Obedient):
    """The first thing that it says strays, and it is surest of it; after that the surer of what keeps the target."""

    def ask_for(self, targets: Sequence[Target], images: Sequence[Image], seed: int) -> list[Posed]:
        said = [
            Posed("what colour is the star ?", None, -1.0),
            Posed("how many stars are there ?", None, -2.0),
            *[Posed("how many red stars are there ?", None, -3.0)] * (SAMPLES - 2),
        ]
        return said * (len(targets) // SAMPLES)


def test_of_the_questions_that_keep_a_target_the_surest_is_asked() -> None:
    assert set(SteeredQuestioner(Wavering(), [COUNTING]).ask(IMAGES, 0)) == {"how many stars are there ?"}


class Doubting(Obedient):
    """Doubts its counts more than its relations, but least those about the last images."""

    def ask_for(self, targets: Sequence[Target], images: Sequence[Image], seed: int) -> list[Posed]:
        doubt = [
            9 - int(image.image_id) / 10 if target == COUNTING else 1
            for target, image in zip(targets, images, strict=True)
        ]
        return [Posed(QUESTIONS[target], None, -much) for target, much in zip(targets, doubt, strict=True)]


def test_a_target_goes_to_the_images_of_which_it_is_surest() -> None:
    asked = SteeredQuestioner(Doubting(), [COUNTING, RELATION]).ask(IMAGES, 0)
    assert asked == [QUESTIONS[RELATION]] * 20 + [QUESTIONS[COUNTING]] * 20


@pytest.mark.parametrize(
    ("question", "answer", "target", "kept"),
    [
        ("how many stars are there ?", None, ("counting", "answer 4", "counting four or more"), True),
        ("how many stars are there ?", "4", ("counting", "answer 4", "counting four or more"), True),
        ("how many stars are there ?", "3", ("counting", "answer 4"), False),
        ("how many stars are there ?", None, ("counting", "recognising red"), False),
        ("is the star left of the square ?", "no", RELATION, False),
        ("whatever", None, (), True),
    ],
)
def test_a_target_is_kept_as_far_as_words_and_the_answer_in_mind_show(
    question: str, answer: str | None, target: Target, kept: bool
) -> None:
    assert keeps(Posed(question, answer, 0.0), target) == kept


def test_targets_lie_beside_the_weights(tmp_path: Path) -> None:
    assert read_targets(tmp_path) == []
    write_targets(tmp_path, [COUNTING, RELATION])
    assert read_targets(tmp_path) == [COUNTING, RELATION]


@pytest.mark.parametrize("images", [[], IMAGES[:1]])
def test_few_images(images: list[Image]) -> None:
    assert len(SteeredQuestioner(Obedient(), [COUNTING, RELATION]).ask(images, 0)) == len(images)
