"""A verifier that asks a VLM: is the question valid, and does the answer mean the same as the judge's own answer?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from blindspot.judges.prompts import ask_again, ask_sameness, ask_validity
from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.protocols import VLM
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Verdict
from blindspot.replies import AnyForm, ReplyForm, read_reply, shorten

#: What judges write if they give no answer of their own.
NO_REFERENCE = {
    "",
    "…",
    "-",
    "n/a",
    "na",
    "null",
    "unknown",
    "unclear",
    "empty",
    "not applicable",
    "cannot be determined",
}
CRITERIA = ("one_question", "objective", "not_taste", "answerable", "true_premise")


# A form's docstring is part of the JSON schema that a server receives, and so of the key of a stored reply.
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


@dataclass(frozen=True)
class Judgement(Generic[AnyForm]):
    """A judge's reply, and its content in the form; None if there is no reply or it does not have the form."""

    reply: Answer
    read: AnyForm | None


class VLMVerifier:
    """The verifier of the paper (Jain et al., arXiv 2604.04733).

    The judge first decides about validity, without the candidate's answer, so that the answer cannot influence it. If
    a reply is refused, cut off or not of the required form, the question is unscored and never a failure.

    Attributes:
        identity: that of the VLM, with what else decides the verdicts: prompts, `require_valid`, temperature.
    """

    def __init__(
        self,
        vlm: VLM,
        sampling: Sampling | None = None,
        require_valid: bool = True,
        prompts: RolePrompts | None = None,
    ) -> None:
        """`sampling`: None for temperature 0. `require_valid`: if False, invalid questions can count as failures.

        `prompts`: those of the role judge; None for the default ones.
        """
        self._vlm, self._prompts = vlm, prompts or default_prompts("judge")
        self._sampling, self._require_valid = sampling, require_valid
        self.identity = f"{vlm.identity}, prompts {self._prompts.digest}"
        self.identity += "" if require_valid else ", any question"
        self.identity += f", temperature {sampling.temperature:g}" if sampling else ""

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in order.

        The reason of an invalid question is the first of CRITERIA that it does not meet; the reason of an unscored one
        is a value of Unscored. If a reply cannot be read, the judge is asked once more.
        """
        verdicts: dict[int, Verdict] = {}
        for place, (question, answer) in enumerate(zip(questions, answers, strict=True)):
            if not question.strip() or not answer.strip():
                verdicts[place] = self._unscored(Unscored.NO_ANSWER if question.strip() else Unscored.NO_QUESTION)
        left = [place for place in range(len(images)) if place not in verdicts]
        prompts = [ask_validity(questions[place], self._prompts) for place in left]
        judged = dict(zip(left, self._ask([images[place] for place in left], prompts, Validity), strict=True))
        rulings = {place: self._validity(one) for place, one in judged.items()}
        verdicts |= {place: ruling for place, ruling in rulings.items() if isinstance(ruling, Verdict)}
        references = {place: ruling for place, ruling in rulings.items() if isinstance(ruling, str)}
        prompts = [
            ask_sameness(questions[place], text, answers[place], self._prompts) for place, text in references.items()
        ]
        said = self._ask([images[place] for place in references], prompts, Sameness)
        compared = dict(zip(references, said, strict=True))
        verdicts |= {place: self._sameness(one, references[place]) for place, one in compared.items()}
        raw = [
            [one.reply.raw for one in (judged.get(place), compared.get(place)) if one] for place in range(len(images))
        ]
        return [replace(verdicts[place], raw=tuple(filter(None, some))) for place, some in enumerate(raw)]

    def _ask(self, images: Sequence[Image], prompts: Sequence[str], form: type[AnyForm]) -> list[Judgement[AnyForm]]:
        """Asks the judge each prompt, and once more if it replies but the reply cannot be read."""
        replies = self._vlm.complete(images, prompts, form, self._sampling)
        found = [read_reply(reply, form) for reply in replies]
        unread = [
            place
            for place, (reply, read) in enumerate(zip(replies, found, strict=True))
            if read is None and reply.error is None
        ]
        repeated = [ask_again(prompts[place], self._prompts) for place in unread]
        again = self._vlm.complete([images[place] for place in unread], repeated, form, self._sampling)
        for place, reply in zip(unread, again, strict=True):
            if (read := read_reply(reply, form)) is not None:
                replies[place], found[place] = reply, read
        return [Judgement(reply, read) for reply, read in zip(replies, found, strict=True)]

    def _validity(self, judgement: "Judgement[Validity]") -> Verdict | str:
        """Returns the judge's own answer if the question is valid, else the verdict."""
        found = judgement.read
        if found is None:
            return self._unread(judgement)
        if not self._require_valid:  # may be empty; then no answer is the same
            return found.reference.strip()
        missed = [name for name in CRITERIA if not getattr(found, name)]
        if missed:
            return Verdict("invalid", self.identity, missed[0])
        reference = found.reference.strip()
        if reference.strip(". ").lower() in NO_REFERENCE:
            return self._unscored(Unscored.NO_REFERENCE, reference)
        return reference

    def _sameness(self, judgement: "Judgement[Sameness]", reference: str) -> Verdict:
        if judgement.read is None:
            return replace(self._unread(judgement), reference=reference)
        return Verdict("correct" if judgement.read.same else "failure", self.identity, None, reference)

    def _unread(self, judgement: "Judgement[Any]") -> Verdict:
        reply = judgement.reply
        if reply.error is None:
            return self._unscored(Unscored.JUDGEMENT_NOT_UNDERSTOOD, shorten(reply.text))
        return self._unscored(reply.error, reply.message)

    def _unscored(self, reason: Unscored, message: str = "") -> Verdict:
        return Verdict("unscored", self.identity, reason, message=message or None)
