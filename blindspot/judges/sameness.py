"""Asks an LLM whether an answer means the same as the true answers."""

from collections.abc import Mapping, Sequence

from blindspot.judges.prompts import ask_again, ask_sameness
from blindspot.judges.vlm import Sameness
from blindspot.prompts.files import RolePrompts
from blindspot.protocols import LLM
from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored
from blindspot.replies import read_reply

Compared = tuple[str, str, str]  # question, references, answer


def compared(question: str, references: Sequence[str], options: Mapping[str, str], answer: str) -> Compared:
    """Returns what the LLM is asked. `options`: the text of each option by its letter. `answer`: the final answer."""
    shown = (f"{one}: {options[one]}" if one in options else one for one in dict.fromkeys(references))
    return question, " or ".join(shown), answer


def decide(asked: Sequence[Compared], llm: LLM, prompts: RolePrompts) -> dict[Compared, bool | Unscored]:
    """Returns whether each answer means the same as the references, or why this is not known.

    Each different question, references and answer is asked once, and once more if the reply cannot be read.
    `prompts`: of a judge; its prompts `sameness` and `again` are used.
    """
    texts = {one: ask_sameness(*one, prompts=prompts) for one in dict.fromkeys(asked)}
    decisions = dict(zip(texts, map(_read, llm.tell([*texts.values()], Sameness)), strict=True)) if texts else {}
    unread = [one for one, found in decisions.items() if found is Unscored.JUDGEMENT_NOT_UNDERSTOOD]
    again = llm.tell([ask_again(texts[one], prompts=prompts) for one in unread], Sameness) if unread else []
    return decisions | dict(zip(unread, map(_read, again), strict=True))


def _read(reply: Answer) -> bool | Unscored:
    found = read_reply(reply, Sameness)
    return found.same if found else reply.error or Unscored.JUDGEMENT_NOT_UNDERSTOOD
