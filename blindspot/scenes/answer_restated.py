"""Removes the question that an answer repeats, and detects further questions in the answer."""

import re

from blindspot.scenes.answer_words import clean
from blindspot.scenes.parse import parse
from blindspot.scenes.question import Question

_RESTATED = re.compile(
    r"^(?:question ?[:-] ?)?(?P<asked>(?:is|are|do|does|can|could|what|which|how|count)\b[^?]*)\?(?=.*\w)"
)
_LABEL = re.compile(r"^[\W_]*(?:question[\W_]+)?", re.IGNORECASE)
_SHORT = re.compile(r"how many|(?:what|which) (?P<kind>colour|shape|size)(?: is it)?")
_ASKS = re.compile(
    r"\?|\bquestion ?\d* ?:|\bquestion \d|\bq ?\d* ?[:.)]"
    r"|(?:^|[.!] ?)(?:what|which|how|does|(?:is|are) (?:there|the)(?![^.]*,)|do (?:the|you|they)"
    r"|(?:can|could) you|count the)\b"
)


def without_question(text: str, kind: str, question: Question | None) -> str | None:
    """Returns the clean text without the question that it repeats at the beginning.

    Returns None if the text asks another question: what follows is an answer to that one.
    """
    said = clean(text)
    if match := _RESTATED.match(said):
        if question and not _same(match["asked"], text.split("?")[0], kind, question):
            return None
        said = clean(said[match.end() :])
    return None if _ASKS.search(said) else said


def _same(asked: str, raw: str, kind: str, question: Question) -> bool:
    """Returns whether the restated question, `asked` when clean and `raw` as it was, is the question itself."""
    if match := _SHORT.fullmatch(asked.strip()):
        return (match["kind"] or "number") == kind
    return question in (parse(asked), parse(_LABEL.sub("", raw)))
