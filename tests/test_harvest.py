from collections.abc import Sequence
from pathlib import Path

from blindspot.harvest import harvest
from blindspot.protocols import ProposedQuestion
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.rollout import NOT_ASKED


class DeclinesOdd:
    identity = "declines-odd/1"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        declined = ProposedQuestion("", None, 0.0, "declined", "I cannot.")
        return [declined if int(image.image_id) % 2 else ProposedQuestion("how many ?") for image in images]


class SaysOne:
    identity = "says-one/1"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        assert all(questions)
        return [Answer("1")] * len(questions)


def test_a_rollout_without_a_question_tells_why_and_names_no_candidate() -> None:
    images = [Image(str(number), Path("none.png"), "test") for number in range(2)]
    found = harvest("base", DeclinesOdd(), SaysOne(), images, calls=4, seed=0)
    assert [(row.question, row.answer, row.candidate) for row in found] == [
        ("how many ?", "1", "says-one/1"),
        ("", "", NOT_ASKED),
    ] * 2
    assert [(row.error, row.message) for row in found] == [(None, None), ("declined", "I cannot.")] * 2
