"""Judges answers, including those that are missing."""

from collections.abc import Sequence

from blindspot.protocols import Verifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.verdict import Verdict


def judge_all(
    verifier: Verifier, images: Sequence[Image], questions: Sequence[str], answers: Sequence[Answer]
) -> list[Verdict]:
    """Returns one verdict for each answer, in order.

    A missing answer is unscored with the reason of its error. The verifier does not see it.
    """
    asked = [index for index, answer in enumerate(answers) if answer.error is None]
    judged = iter(
        verifier.judge(
            [images[index] for index in asked],
            [questions[index] for index in asked],
            [answers[index].text for index in asked],
        )
    )
    return [
        next(judged)
        if answer.error is None
        else Verdict("unscored", verifier.identity, answer.error, message=answer.message or None)
        for answer in answers
    ]
