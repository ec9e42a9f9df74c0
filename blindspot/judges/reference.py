"""A verifier that compares answers with the true answers of a pool of questions."""

from collections.abc import Sequence

from blindspot.grading.answer_text import final_answer
from blindspot.grading.matching import Match, compare
from blindspot.judges.sameness import Compared, compared, decide
from blindspot.pool.questions import Pool, PoolQuestion
from blindspot.prompts.files import RolePrompts
from blindspot.protocols import LLM
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Outcome, Verdict
from blindspot.replies import shorten

#: Reasons of `compare` that are reasons of a verdict; all others mean that the answer is not understood.
REASONS = {"no answer": Unscored.NO_ANSWER, "refused": Unscored.REFUSED}


class ReferenceVerifier:
    """Compares each answer with the true answers of its question, as `blindspot analyze` does.

    Every question of the pool counts as valid. An answer that is unclear is unscored. With an LLM, the LLM decides
    about open questions whose answer is unclear or differs from the true answers.
    """

    def __init__(self, pool: Pool, llm: LLM | None = None, prompts: RolePrompts | None = None) -> None:
        """`prompts`: of the role judge, for the LLM."""
        self._pool, self._llm, self._prompts = pool, llm, prompts
        prompted = f", prompts {prompts.digest}" if prompts else ""
        self.identity = f"reference/1, {llm.identity}{prompted}" if llm else "reference/1"

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in order.

        A question that is not in the pool is unscored.
        """
        asked = [self._pool.find(image.image_id, question) for image, question in zip(images, questions, strict=True)]
        matches = [
            compare(answer, one.references, one.options) if one else Match(None)
            for one, answer in zip(asked, answers, strict=True)
        ]
        unclear = {
            place: compared(one.question, one.references, one.options, final_answer(answers[place]))
            for place, one in enumerate(asked)
            if one and self._llm and _is_open(one, matches[place])
        }
        decisions = self._decide([*unclear.values()])
        return [
            self._verdict(one, match, answer, decisions.get(unclear[place]) if place in unclear else None)
            for place, (one, match, answer) in enumerate(zip(asked, matches, answers, strict=True))
        ]

    def _decide(self, asked: Sequence[Compared]) -> dict[Compared, bool | Unscored]:
        return decide(asked, self._llm, self._prompts) if self._llm and self._prompts else {}

    def _verdict(
        self, one: PoolQuestion | None, match: Match, answer: str, decision: bool | Unscored | None
    ) -> Verdict:
        reference = one.reference if one else None
        agrees = decision if isinstance(decision, bool) else match.agrees if decision is None else None
        if agrees is None:
            known = (
                Unscored.NO_REFERENCE
                if one is None
                else REASONS.get(str(match.reason), Unscored.ANSWER_NOT_UNDERSTOOD)
            )
            reason = decision if isinstance(decision, Unscored) else known
            return Verdict("unscored", self.identity, reason, reference, message=shorten(answer) or None)
        outcome: Outcome = "correct" if agrees else "failure"
        return Verdict(outcome, self.identity, None, reference)


def _is_open(one: PoolQuestion, match: Match) -> bool:
    """Returns whether an LLM may decide: the texts differ, and the answer names no other option."""
    if match.agrees or match.reason in ("no answer", "refused", "no image"):
        return False
    return match.agrees is None or not one.options
