"""A candidate that answers every question alike."""

from collections.abc import Sequence

from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image


class SaysOne:
    """A candidate that may not be asked an empty question."""

    identity = "says-one/1"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        assert all(questions)
        return [Answer("1")] * len(questions)
