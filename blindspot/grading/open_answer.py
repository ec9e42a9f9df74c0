"""Compares an answer to an open question with one true answer."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from blindspot.grading.normal_form import compact, normal_form

#: In a longer answer, neither yes nor no nor a phrase is searched within sentences.
LONGEST = 40  # words
#: Words for yes and for no, by language.
_YES_NO = tuple(
    {normal_form(word): value for value, words in ((True, yes), (False, no)) for word in words.split()}
    for yes, no in (
        ("yes yeah yep yup true", "no nope nah none neither false"),
        ("是 是的 对 有", "否 不是 不 没有"),
        ("はい", "いいえ"),
        ("네 예", "아니요 아니오"),
        ("نعم", "لا"),
        ("हां हाँ", "नहीं"),
        ("да", "нет"),
        ("sí", "no"),
        ("oui", "non"),
        ("ja", "nein"),
        ("sim", "não"),
    )
)
_ENGLISH = _YES_NO[0]
_ANY_YES_NO = frozenset().union(*_YES_NO)
_NEGATION = re.compile(r"\b(?:not|no|never|none|neither|nor|without)\b")
_OR = re.compile(r"\b(?:or|either|maybe|perhaps|possibly|versus)\b")
_UNSURE = re.compile(
    r"\b(?:can not|could not|unable|not (?:sure|clear|certain|possible|enough)|unclear|unknown|uncertain|impossible"
    r"|maybe|perhaps|possibly|depend|ambiguous|hard to|difficult to)\b"
)
_SECOND = re.compile(  # a yes or no that is a clause of its own: "yes and no", "No. Wait, yes."
    r"(?:[,/;.!]|\bor\b|\band\b|\bbut\b)\s*(?:(?:also|wait|actually|but|maybe)\W+)*(yes|no)\s*(?=[.,;!/]|\Z)"
)
_LEAD = re.compile(
    r"\A(?:(?:(?:based on|in|from) (?:image|picture|photograph|scene)|so|therefore|thus|well|sure|okay|probably|likely"
    r"|most likely|i (?:think|believe|would say|see)(?: that)?|you can see|we can see|this|that|it|these|those|there"
    r"|here)\s+)*(?:(?:is|are|was|were|may be|might be|(?:appear|seem|look)(?: to be| like)?)\s+)?"
    r"(?:(?:probably|likely|clearly|only|exactly|about|most likely)\s+)*"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|show|contain|depict|feature|wear|hold|say|read|appear|seem|look|see)\b"
    r"(?: (?:to be|like|being|also|currently|actually|clearly|mostly|most likely|probably|likely)\b)*\s*"
)
_ACTION = re.compile(r"[a-z]+ing (?=.)")
_POSTURE = re.compile(r"(?:standing|sitting|lying|located|positioned|placed|situated|parked|resting|hanging) ")
_BOUNDARY = re.compile(
    r" (?:with|in|on|at|of|near|next|behind|beside|under|above|below|over|while|which|that|who|because|from|to|by"
    r"|for|as|inside|into|onto|between)\b"
)
_OF_PICTURE = re.compile(r" (?:of|in|from) (?:image|picture|photograph|scene|frame)\Z")
_PLACE = re.compile(r"\A(?:in|on|at|to|from|inside|into|onto) (?=.)")
_SIDE = re.compile(
    r"((?:top|bottom|upper|lower|middle)? ?(?:left|right)|top|bottom|middle|center|front|back)(?: hand)?"
    r"(?: side| part| half| area| portion| corner)?(?: of .*)?"
)
_SAME_SIDE = {"upper left": "top left", "upper right": "top right", "lower left": "bottom left"} | {
    "lower right": "bottom right", "center": "middle"
}  # fmt: skip
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NO_NUMBER = re.compile(r"(?:there (?:is|are) )?(?:no|none|nothing|nobody|no 1|not any)\b(?! (?:idea|number|way))")


def agrees(answer: str, reference: str) -> bool | None:
    """Returns whether the answer says the same as the reference, or None if that is unclear.

    Both are compared in the normal form. If the reference is yes or no, a number or a side (left, top …), the answer
    must contain exactly one such value. For other references, the answer may be a sentence with the reference in the
    place of the answer: "It is a cat.", "The bag is red.", "The man is holding a phone in his hand". A preposition of
    place may be missing on one side: "on the table" equals "table". Unclear are an answer to a yes/no question with
    neither yes nor no, and a sentence that contains the reference in another place.
    """
    true = normal_form(reference)
    form = normal_form(answer)
    if true in _ANY_YES_NO:
        for words in _YES_NO:
            if true in words and (said := _yes_or_no(answer, words)):
                return said == {words[true]}
        return form == true or None
    if _equal(form, true):
        return True
    if _NUMBER.fullmatch(true):
        return _same_number(answer, form, true)
    other = _variants(true)
    if other.side is None and other.bare.replace(" ", "") not in form.replace(" ", ""):
        return False  # no part of the answer can be equal
    readings = _readings(answer)
    return any(_equal(read, true) for read in readings) or _unclear(readings[0], true)


def is_closed(form: str) -> bool:
    """Returns whether a normal form is yes or no, a number or a side, so that a different one is certainly wrong."""
    return form in _ANY_YES_NO or bool(_NUMBER.fullmatch(form)) or _side(form) is not None


def _yes_or_no(answer: str, words: dict[str, bool]) -> set[bool] | None:
    """Returns the values (yes: True) that the answer names, or None if there are none."""
    form = normal_form(answer)
    first = next((word for word in (*form.split()[:1], *_LEAD.sub("", form).split()[:1]) if word in words), None)
    if words is not _ENGLISH:
        return {words[first]} if first else None
    if first:
        return {words[first]} | {words[second] for second in _SECOND.findall(answer.lower())}
    if _UNSURE.search(form) or form.count(" ") >= LONGEST:
        return None
    return {False} if _NEGATION.search(form) else {True} if form.startswith("there ") else None


def _same_number(answer: str, form: str, true: str) -> bool | None:
    numbers = {word for word in form.split() if _NUMBER.fullmatch(word)}
    if len(numbers) > 1 and any(sign.isdigit() for sign in answer):  # "one" may be a pronoun: "this one has 3"
        numbers &= set(normal_form(re.sub(r"(?i)\bones?\b", " ", answer)).split())
    if true == "0" and _NO_NUMBER.match(form):
        return True
    if true not in numbers or len(numbers) == 1:
        return true in numbers
    return None if _VERB.search(form) and not _OR.search(form) else False


def _equal(form: str, true: str) -> bool:
    if form == true:
        return True
    one, other = _variants(form), _variants(true)
    placed = one.bare != one.trimmed, other.bare != other.trimmed
    return (
        one.compact == other.compact
        or (one.bare == other.bare and not all(placed))
        or (one.trimmed == other.trimmed)
        or (one.side is not None and one.side == other.side)
    )


class _Variants(NamedTuple):
    """Forms of a normal form: without spaces, without "of the image", also without a preposition; the side."""

    compact: str
    trimmed: str
    bare: str
    side: str | None


@lru_cache(maxsize=2**12)
def _variants(form: str) -> _Variants:
    trimmed = _OF_PICTURE.sub("", form)
    return _Variants(compact(form), trimmed, _PLACE.sub("", trimmed), _side(form))


def _side(form: str) -> str | None:
    match = _SIDE.fullmatch(_PLACE.sub("", form))
    return _SAME_SIDE.get(match[1].strip(), match[1].strip()) if match else None


@lru_cache(maxsize=256)
def _readings(answer: str) -> tuple[str, ...]:
    """Returns the normal forms of the parts of an answer that can be the answer proper.

    The first one is the whole answer without the explanation after it and without words such as "it is" before it.
    """
    first, *rest = re.split(r"(?<=[.!?。！？])\s+|\s*\n\s*", answer.strip(), maxsplit=1)
    explained = bool(rest) and rest[0].count(" ") >= 2
    form = normal_form(first if explained else answer)
    core = _LEAD.sub("", form)
    return tuple(dict.fromkeys((core, form, *_predicates(core))))


def _predicates(form: str) -> Iterator[str]:
    """Yields what a sentence says of its subject: "red" of "bag is red", "phone" of "man is holding phone in hand"."""
    if form.count(" ") >= LONGEST or not (verb := _VERB.search(form)) or _OR.search(form):
        return
    said = _POSTURE.sub("", form[verb.end() :])
    for part in (said, _ACTION.sub("", said)):
        yield part
        start = match.end() if (match := _PLACE.match(part)) else 0
        boundary = _BOUNDARY.search(part, start)
        yield part[: boundary.start()] if boundary else part


def _unclear(form: str, true: str) -> bool | None:
    """Returns None if a sentence contains the reference, else False; also False if it negates or has an "or"."""
    contained = f" {true} " in f" {form} " and bool(_VERB.search(form))
    return None if contained and not _NEGATION.search(form) and not _OR.search(form) else False
