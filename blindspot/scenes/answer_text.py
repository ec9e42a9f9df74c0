"""Reads the answer to a question about what a label says, and other answers about marks as answers about a scene."""

import re
from dataclasses import replace

from blindspot.scenes.answer_words import OTHER, UNSURE
from blindspot.scenes.marks import LABEL
from blindspot.scenes.question import DEPTHS, Description, Question

LONGEST = 3  # words of an answer that is a text alone
_QUOTED = re.compile(r"[\"“”«»`*]+([^\"“”«»`*]+)[\"“”«»`*]+|(?<!\w)['‘]([^'’]+)['’](?!\w)")
_SAYS = re.compile(
    r"^.*\b(?:says?|reads?|said|states?|shows?|displays?|contains?|(?:text|word|code|answer|label|it) (?:on it )?is"
    r"|written (?:on it )?is|printed (?:on it )?is)\b(?: (?:the )?(?:text|word|code))?[:\s]*|^[^:]*:\s*",
    re.IGNORECASE | re.DOTALL,
)
_NOTHING = re.compile(r"\b(?:no|nothing|none|not|never|cannot|can't|without)\b", re.IGNORECASE)
_ARTICLES = re.compile(r"^(?:the (?:word|text|code) )", re.IGNORECASE)


def read_text(text: str) -> str | None:
    """Returns the text that an answer gives, in upper case; None if it is not clear which one.

    Returns OTHER if the answer says that there is no text. A text in quotation marks counts before the words around
    it. Otherwise the text is what follows "says" or "reads", or a short answer as a whole.
    """
    if UNSURE.search(text.lower()):
        return None
    quoted = {_plain(match[1] or match[2]) for match in _QUOTED.finditer(text)} - {""}
    if quoted:
        return quoted.pop() if len(quoted) == 1 else None
    if _NOTHING.search(text):
        return OTHER
    *_, answered = re.split(r"\?(?=.*\w)", text.strip(), flags=re.DOTALL)  # without a question that it repeats
    said = _ARTICLES.sub("", _SAYS.sub("", answered.strip()))
    several = re.search(r" (?:or|and) ", said, re.IGNORECASE)
    return (_plain(said) or None) if len(said.split()) <= LONGEST and not several else None


def as_of_scene(said: str, question: Question) -> tuple[str, Question]:
    """Returns a clean answer about marks, and its question, in the words of an answer about a scene.

    A drawn label becomes a thing. In front of and behind become left and right of: they contradict each other as well.
    """
    said = re.sub(rf"\b{LABEL}(s?)\b", r"thing\1", re.sub(r"\bdrawn (?!on\b|over\b|in\b)", "", said))
    other = question.other and _without_label(question.other)
    question = replace(question, subject=_without_label(question.subject), other=other, drawn=False)
    if question.word in DEPTHS:
        said = re.sub(r"\bin front of\b", "left of", re.sub(r"\bbehind\b", "right of", said))
        family = "relation" if question.family == "occlusion" else question.family
        question = replace(question, family=family, word="right_of" if question.word == "behind" else "left_of")
    return said, question


def _without_label(description: Description) -> Description:
    return replace(description, shape=None) if description.shape == LABEL else description


def _plain(text: str) -> str:
    """Returns letters and digits only, in upper case; single letters are joined ("R-I-V-E-R")."""
    words = re.findall(r"[^\W_]+", text.upper())
    return "".join(words) if all(len(word) == 1 for word in words) else " ".join(words)
