"""Has questions answered and judged, including questions and answers that are missing."""

from collections.abc import Sequence

from blindspot.protocols import Candidate, ProposedQuestion, Verifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.unscored import NOT_OF_THE_MODEL, Unscored
from blindspot.records.verdict import Outcome, Verdict


def answer_all(candidate: Candidate, images: Sequence[Image], asked: Sequence[ProposedQuestion]) -> list[Answer]:
    """Returns the candidate's answer to each question, in order.

    Where the questioner's reply has no question, the candidate is not asked, and the answer has an error.
    """
    sent = [place for place, one in enumerate(asked) if one.reason is None]
    replies = candidate.answer([images[place] for place in sent], [asked[place].question for place in sent])
    answers = dict(zip(sent, replies, strict=True))
    return [answers.get(place, Answer("", Unscored.NO_QUESTION)) for place in range(len(asked))]


def spent_on(asked: Sequence[ProposedQuestion], answers: Sequence[Answer]) -> tuple[int, int]:
    """Returns the calls of the candidate for these answers, and of the judge for as many as it can judge."""
    pairs = [*zip(asked, answers, strict=True)]
    sent = [answer for one, answer in pairs if one.reason is None and answer.error != Unscored.BUDGET]
    return len(sent), sum(answer.error is None for answer in sent)


def judge_asked(
    verifier: Verifier, images: Sequence[Image], asked: Sequence[ProposedQuestion], answers: Sequence[Answer]
) -> list[Verdict]:
    """Returns one verdict for each question and answer, in order.

    Where the questioner's reply has no question, the verdict is invalid with the reason why: the questioner failed.
    Where a server failed to reply as the questioner, it is unscored. The verifier sees neither.
    """
    sent = [place for place, one in enumerate(asked) if one.reason is None]
    judged = judge_all(
        verifier,
        [images[place] for place in sent],
        [asked[place].question for place in sent],
        [answers[place] for place in sent],
    )
    verdicts = dict(zip(sent, judged, strict=True))
    return [verdicts.get(place) or _without_question(one, verifier.identity) for place, one in enumerate(asked)]


def _without_question(one: ProposedQuestion, verifier: str) -> Verdict:
    outcome: Outcome = "unscored" if one.reason in NOT_OF_THE_MODEL else "invalid"
    return Verdict(outcome, verifier, one.reason, message=one.message or None)


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
