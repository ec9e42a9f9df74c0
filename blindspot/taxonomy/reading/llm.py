"""Lets an LLM extract the primitives of a question, instead of the rules."""

import json
from collections.abc import Sequence

from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.protocols import LLM
from blindspot.replies import ReplyForm, read_reply
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


def read_by(
    llm: LLM, questions: Sequence[tuple[str, str | None]], prompts: RolePrompts | None = None
) -> tuple[list[list[Shown]], int]:
    """Returns the primitives of each question and true answer with the words that show them, and a count.

    The count is the number of questions that the rules read instead, because the LLM's reply was missing, empty or not
    of the requested form. `prompts`: those of the role primitive_extractor; None for the default ones.
    """
    prompts = prompts or default_prompts("primitive_extractor")
    data = [json.dumps({"question": text, "true answer": answer}, ensure_ascii=False) for text, answer in questions]
    answers = llm.tell([prompts.render("extract", asked=one) for one in data], Primitives)
    replies = [read_reply(answer, Primitives) for answer in answers]
    read = [_primitives(reply, text) for reply, (text, _) in zip(replies, questions, strict=True)]
    return [one or with_words(*question) for one, question in zip(read, questions, strict=True)], read.count([])


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
