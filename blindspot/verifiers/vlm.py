"""Judges by a VLM: is the question valid, and does the answer say what the judge's own answer says?"""

from collections.abc import Sequence

from blindspot.protocols import VLM
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.records.verdict import Verdict
from blindspot.replies import ReplyForm, read_reply
from blindspot.verifiers.prompts import ask_sameness, ask_validity

CRITERIA = ("one_question", "objective", "not_taste", "answerable", "true_premise")


class Validity(ReplyForm):
    """What the judge says of a question."""

    reasoning: str
    one_question: bool
    objective: bool
    not_taste: bool
    answerable: bool
    true_premise: bool
    reference: str


class Sameness(ReplyForm):
    """What the judge says of an answer to a valid question."""

    reasoning: str
    same: bool


class VLMVerifier:
    """The paper's verifier. Validity comes first and without the candidate's answer, so no answer can sway it.

    A reply that is refused, cut off or not of the form asked for is an error, never a failure.
    """

    def __init__(self, vlm: VLM, sampling: Sampling | None = None, gate: bool = True) -> None:
        """`sampling`: how replies are drawn, else at temperature 0. Without `gate` every question counts as valid."""
        self._vlm, self.identity = vlm, vlm.identity
        self._sampling, self._gate = sampling, gate

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """One verdict for each image, question and answer, in the same order.

        The reason of an invalid question is the first of CRITERIA that it misses; of an error "no_question",
        "no_answer", "judgement_not_understood", "no_reference", or what kept the judge from replying.
        """
        verdicts: dict[int, Verdict] = {}
        for place, (question, answer) in enumerate(zip(questions, answers, strict=True)):
            if not question.strip() or not answer.strip():
                verdicts[place] = self._error("no_answer" if question.strip() else "no_question")
        left = [place for place in range(len(images)) if place not in verdicts]
        prompts = [ask_validity(questions[place]) for place in left]
        judged = self._vlm.complete([images[place] for place in left], prompts, Validity, self._sampling)
        references: dict[int, str] = {}
        for place, reply in zip(left, judged, strict=True):
            found = self._validity(reply)
            if isinstance(found, str):
                references[place] = found
            else:
                verdicts[place] = found
        prompts = [ask_sameness(questions[place], text, answers[place]) for place, text in references.items()]
        compared = self._vlm.complete([images[place] for place in references], prompts, Sameness, self._sampling)
        for (place, reference), reply in zip(references.items(), compared, strict=True):
            verdicts[place] = self._sameness(reply, reference)
        return [verdicts[place] for place in range(len(images))]

    def _validity(self, reply: Answer) -> Verdict | str:
        """The judge's own answer to a valid question, or the verdict on another."""
        found = read_reply(reply, Validity)
        if found is None:
            return self._error(reply.error or "judgement_not_understood")
        if not self._gate:  # an answer that it does not give is one to which no other is the same
            return found.reference.strip()
        missed = [name for name in CRITERIA if not getattr(found, name)]
        if missed:
            return Verdict("invalid", self.identity, missed[0])
        return found.reference.strip() or self._error("no_reference")

    def _sameness(self, reply: Answer, reference: str) -> Verdict:
        found = read_reply(reply, Sameness)
        if found is None:
            return self._error(reply.error or "judgement_not_understood")
        return Verdict("correct" if found.same else "failure", self.identity, None, reference)

    def _error(self, reason: str) -> Verdict:
        return Verdict("error", self.identity, reason)
