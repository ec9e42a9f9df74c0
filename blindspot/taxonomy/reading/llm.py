"""Lets an LLM or an extension extract the primitives of a question, instead of the rules."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from blindspot.errors import BlindspotError
from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.protocols import LLM, PrimitiveExtractor
from blindspot.replies import ReplyForm, read_reply
from blindspot.taxonomy.reading.ability_kinds import kinds_of
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.primitives import with_words

Shown = tuple[Primitive, str]  # with the words of the question that show it

LONGEST = 80  # characters of an ability, a target or a name; a longer text is rejected


# The docstrings of the forms are part of the JSON schema that servers get, and of the keys of stored replies.
class OnePrimitive(ReplyForm):
    """A primitive, and the words that say so."""

    ability: str
    target: str
    words: str


class Primitives(ReplyForm):
    """What an LLM replies of a question."""

    primitives: list[OnePrimitive]


class Reading(NamedTuple):
    """The primitives of each question with the words that show them.

    `unread`: the number of questions that the rules read instead, because the reply was missing, empty or not of the
    requested form. `agreement`: micro-averaged F1 between the kinds that the extractor and the rules found in the
    other questions, or None if there are none. Abilities in words that the rules do not use have no kind.
    """

    found: list[list[Shown]]
    unread: int
    agreement: float | None


Asked = Sequence[tuple[str, str | None]]  # questions with their true answers


def read_by(extractor: LLM | PrimitiveExtractor, questions: Asked, prompts: RolePrompts | None = None) -> Reading:
    """Lets an LLM or an extension read each question and true answer.

    `prompts`: those of the role primitive_extractor; None for the default ones.
    """
    if isinstance(extractor, PrimitiveExtractor):
        replies = _extracted(extractor, questions)
    else:
        replies = _told(extractor, questions, prompts)
    read = [_primitives(reply, text) for reply, (text, _) in zip(replies, questions, strict=True)]
    by_rules = [with_words(*question) for question in questions]
    pairs = [(_kinds(one), _kinds(other)) for one, other in zip(read, by_rules, strict=True) if one]
    total = sum(len(one) + len(other) for one, other in pairs)
    agreement = 2 * sum(len(one & other) for one, other in pairs) / total if total else None
    found = [one or other for one, other in zip(read, by_rules, strict=True)]
    return Reading(found, read.count([]), agreement)


def _told(llm: LLM, questions: Asked, prompts: RolePrompts | None) -> list[Primitives | None]:
    prompts = prompts or default_prompts("primitive_extractor")
    data = [json.dumps({"question": text, "true answer": answer}, ensure_ascii=False) for text, answer in questions]
    answers = llm.tell([prompts.render("extract", asked=one) for one in data], Primitives)
    return [read_reply(answer, Primitives) for answer in answers]


def _extracted(extractor: PrimitiveExtractor, questions: Asked) -> list[Primitives | None]:
    """Returns what an extension extracts. Raises BlindspotError if it is not one list for each question."""
    found = extractor.extract([text for text, _ in questions], [answer for _, answer in questions])
    if len(found) != len(questions):
        problem = f"taxonomy.primitive_extractor: {len(found)} lists of primitives for {len(questions)} questions"
        raise BlindspotError(problem, "return one list for each question, in the same order")
    return [
        Primitives(primitives=[OnePrimitive(ability=one, target=of, words=words) for one, of, words in primitives])
        for primitives in found
    ]


def _kinds(shown: Sequence[Shown]) -> set[str]:
    return {kind for primitive, _ in shown for kind in kinds_of(primitive.ability)}


def _primitives(reply: Primitives | None, question: str) -> list[Shown]:
    """Returns the distinct primitives of a reply. Words that the question does not contain become empty."""
    primitives: dict[Primitive, str] = {}
    for one in reply.primitives if reply else []:
        ability, target = short_phrase(one.ability), short_phrase(one.target)
        if ability and target is not None:
            words = one.words if one.words.lower() in question.lower() else ""
            primitives.setdefault(Primitive(ability, target), words)
    return [*primitives.items()]


def short_phrase(text: str) -> str | None:
    """Returns the text in lower case with single spaces, or None if it is longer than LONGEST."""
    phrase = " ".join(text.lower().split())
    return phrase if len(phrase) <= LONGEST else None
