import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.protocols import Hint, Posed
from blindspot.records.image import Image
from blindspot.search.steered import SAMPLES, TRIED, Steered, keeps, read_hints, write_hints

COUNTING, RELATION = ("counting", "answer 4"), ("judging positions", "answer yes")
QUESTIONS = {COUNTING: "how many stars are there ?", RELATION: "is the star left of the square ?"}
IMAGES = [Image(str(number), Path(f"{number}.png"), "test") for number in range(40)]


class Obedient:
    """Asks what it is told, but about images with a number in `without` it cannot count."""

    identity = "obedient"

    def __init__(self, without: range = range(0)) -> None:
        self.without = {str(number) for number in without}
        self.told = list[Hint]()

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        raise AssertionError("it is steered")

    def ask_for(self, hints: Sequence[Hint], images: Sequence[Image], seed: int) -> list[Posed]:
        self.told += hints
        cannot = [
            hint == COUNTING and image.image_id in self.without for hint, image in zip(hints, images, strict=True)
        ]
        told = zip(hints, cannot, strict=True)
        dice = random.Random(seed)
        return [Posed(QUESTIONS[RELATION if declines else hint[:2]], None, -dice.random()) for hint, declines in told]


def test_hints_are_dealt_out_evenly() -> None:
    questions = Steered(Obedient(), [COUNTING, RELATION]).ask(IMAGES, seed=3)
    assert Counter(questions) == dict.fromkeys(QUESTIONS.values(), 20)


def test_the_same_seed_asks_the_same_and_another_does_not() -> None:
    steered = Steered(Obedient(), [COUNTING, RELATION])
    assert steered.ask(IMAGES, 1) == steered.ask(IMAGES, 1) != steered.ask(IMAGES, 2)


def test_an_image_that_a_hint_does_not_suit_gets_another() -> None:
    asked = Steered(Obedient(without=range(10)), [COUNTING, RELATION]).ask(IMAGES, seed=3)
    assert [question == QUESTIONS[RELATION] for question in asked[:10]] == [True] * 10
    assert Counter(asked)[QUESTIONS[COUNTING]] == 20


def test_what_no_hint_suits_is_asked_all_the_same() -> None:
    assert Steered(Obedient(without=range(40)), [COUNTING]).ask(IMAGES, 0) == [QUESTIONS[RELATION]] * 40


@pytest.mark.parametrize("hints", [1, 2, 9])
def test_an_image_is_asked_as_often_whatever_the_number_of_hints(hints: int) -> None:
    questioner = Obedient()
    Steered(questioner, [(*COUNTING, str(number)) for number in range(hints)]).ask(IMAGES[:1], 0)
    assert len(questioner.told) == SAMPLES
    assert len(set(questioner.told)) == min(hints, TRIED)


class Wavering(Obedient):
    """The first thing that it says strays, and it is surest of it; after that the surer of what keeps the hint."""

    def ask_for(self, hints: Sequence[Hint], images: Sequence[Image], seed: int) -> list[Posed]:
        said = [
            Posed("what colour is the star ?", None, -1.0),
            Posed("how many stars are there ?", None, -2.0),
            *[Posed("how many red stars are there ?", None, -3.0)] * (SAMPLES - 2),
        ]
        return said * (len(hints) // SAMPLES)


def test_of_the_questions_that_keep_a_hint_the_surest_is_asked() -> None:
    assert set(Steered(Wavering(), [COUNTING]).ask(IMAGES, 0)) == {"how many stars are there ?"}


class Doubting(Obedient):
    """Doubts its counts more than its relations, but least those about the last images."""

    def ask_for(self, hints: Sequence[Hint], images: Sequence[Image], seed: int) -> list[Posed]:
        doubt = [
            9 - int(image.image_id) / 10 if hint == COUNTING else 1 for hint, image in zip(hints, images, strict=True)
        ]
        return [Posed(QUESTIONS[hint], None, -much) for hint, much in zip(hints, doubt, strict=True)]


def test_a_hint_goes_to_the_images_of_which_it_is_surest() -> None:
    asked = Steered(Doubting(), [COUNTING, RELATION]).ask(IMAGES, 0)
    assert asked == [QUESTIONS[RELATION]] * 20 + [QUESTIONS[COUNTING]] * 20


@pytest.mark.parametrize(
    ("question", "answer", "hint", "kept"),
    [
        ("how many stars are there ?", None, ("counting", "answer 4", "counting four or more"), True),
        ("how many stars are there ?", "4", ("counting", "answer 4", "counting four or more"), True),
        ("how many stars are there ?", "3", ("counting", "answer 4"), False),
        ("how many stars are there ?", None, ("counting", "recognising red"), False),
        ("is the star left of the square ?", "no", RELATION, False),
        ("whatever", None, (), True),
    ],
)
def test_a_hint_is_kept_as_far_as_words_and_the_answer_in_mind_show(
    question: str, answer: str | None, hint: Hint, kept: bool
) -> None:
    assert keeps(Posed(question, answer, 0.0), hint) == kept


def test_hints_lie_beside_the_weights(tmp_path: Path) -> None:
    assert read_hints(tmp_path) == []
    write_hints(tmp_path, [COUNTING, RELATION])
    assert read_hints(tmp_path) == [COUNTING, RELATION]


@pytest.mark.parametrize("images", [[], IMAGES[:1]])
def test_few_images(images: list[Image]) -> None:
    assert len(Steered(Obedient(), [COUNTING, RELATION]).ask(images, 0)) == len(images)
