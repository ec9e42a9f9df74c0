"""Questions of a pool that are asked about test images."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.pool.questions import PoolQuestion
from blindspot.pool_harvest import harvest_pool
from blindspot.quotas import Quota
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.taxonomy.reading.question_features import has_all
from tests.failure_modes import mode

IMAGES = [Image(f"im{number}", Path("none"), "test") for number in range(40)]
QUESTIONS = [
    PoolQuestion(f"{image.image_id}-{text}", image.image_id, text, (answer,))
    for image in IMAGES
    for text, answer in (("how many dogs are there ?", "2"), ("is the dog black ?", "yes"), ("what is it ?", "dog"))
]


class Counts:
    """Answers every question, and counts how often it is asked."""

    identity = "counts/1"

    def __init__(self) -> None:
        self.asked = Counter[tuple[str, str]]()

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        self.asked.update(zip((image.image_id for image in images), questions, strict=True))
        return [Answer("dog") for _ in questions]


def test_quotas_are_random_questions_of_the_mode_and_each_question_is_asked_once() -> None:
    candidate, counting = Counts(), mode("counting")
    quotas = [Quota(counting, 30, 90)]
    found = harvest_pool(QUESTIONS, [("counting",)], quotas, candidate, IMAGES, 50, seed=0)
    methods = Counter(one.method for one in found)
    assert methods == {"trained": 40, "base": 50, "quota": 30}  # the pool has 40 questions that meet the target
    assert max(candidate.asked.values()) == 1
    for one in found:
        if one.method != "base":
            assert has_all({"counting"}, one.question, "2")
        assert one.target == (() if one.method == "base" else ("counting",))
        assert one.mode_id == (counting.mode_id if one.method == "quota" else None) and one.answer == "dog"
    assert len({one.rollout_id for one in found}) == len(found)
    again = harvest_pool(QUESTIONS, [("counting",)], quotas, Counts(), IMAGES, 50, seed=0)
    assert again == found
    assert harvest_pool(QUESTIONS, [("counting",)], quotas, Counts(), IMAGES, 50, seed=1) != found


def test_a_small_pool_gives_what_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    found = harvest_pool(QUESTIONS, [], [Quota(mode("counting"), 100, 300)], Counts(), IMAGES, 1000, seed=0)
    assert Counter(one.method for one in found) == {"trained": 120, "base": 120, "quota": 40}
    assert "the pool has 40 of 100 questions about test images" in capsys.readouterr().out
