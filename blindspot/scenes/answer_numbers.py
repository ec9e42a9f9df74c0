"""Reads how many an answer counts."""

import re

from blindspot.scenes.answer_words import (
    ATTRIBUTE_VALUES,
    BOUNDARIES,
    FILLERS,
    NEGATION,
    SPELLED,
    VALUES,
    conflicts,
    mentioned,
    names,
    number_of,
    words_of,
)
from blindspot.scenes.parse import THING_WORDS
from blindspot.scenes.question import Question

_KNOWN = {*SPELLED, *ATTRIBUTE_VALUES, *FILLERS, "yes", "and"}
_NOUNS = {*VALUES["shape"], *THING_WORDS, "ones"} - {"one"}
_SEEN = (
    r"(?:there (?:is|are)|(?:i|we) (?:can |do )?(?:see|count|find)"
    r"|the (?:image|picture|scene) (?:shows|contains|has))(?: just| only| exactly)?"
)
_PLACE = r"(?: (?:here|there|visible|present|shown))?(?: in (?:the|this) (?:image|picture|scene|photo))?"
_THING = rf"(?: (?:{'|'.join(sorted({*ATTRIBUTE_VALUES, *THING_WORDS}))})\b)+"
_NONE = re.compile(
    rf"(?:(?:{_SEEN} no|no){_THING}(?: is| are)?"
    rf"|(?:{_SEEN}|(?:i|we) (?:do|can)) not(?: see| find)?(?: (?:any|a single|an?)(?: of them|{_THING})?|{_THING}))"
    rf"{_PLACE}"
)
_SINGLE = re.compile(rf"(?:{_SEEN} (?:a single|an?)|(?:just |only )?a single){_THING}{_PLACE}")
_BOUND = re.compile(
    r"\b(?:up to|at (?:least|most)|(?:more|less|fewer) than)\b|\d ?/ ?\d|(?:^|\s)\.\d"
    r"|\b(?:image|picture|scene|photo|figure) \d"
)
_STRANGE = re.compile(r"[^\w\s.,;:!'()|/\\=-]")
_COMPOUND = re.compile(r"\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ]([a-z]+)\b")
_TWICE = re.compile(r"\b(\w+) ?\((\w+)\)")
_LEAD = re.compile(r"^(?:yes|no)[.,;:!] ?")
_SENTENCE = re.compile(r"\.(?!\d)|[;!|]")
_HEAD = re.compile(r"[(:]| - |,(?!\d)")
_MAX_PARTS = 30  # of one sentence: a longer list is no plain answer
_ITEM = re.compile(r",(?!\d)|\band\b|[()]")
_SUM = re.compile(r"\b(?:so|therefore|thus|hence|(?:for )?a total of|makes|making)\b|=")
_IN_TOTAL = re.compile(r" (?:in total|altogether|overall)$")


def read_number(text: str, question: Question | None) -> str | None:
    """The number that a clean text gives as its answer.

    None where it gives none, several, a bound, or the count of a part. With the question the count of anything but
    what was asked for is a part too.
    """
    text = _TWICE.sub(_once, _LEAD.sub("", _COMPOUND.sub(_compound, text))).strip(" ,;:!").rstrip(" .,;:!")
    if text in ("both", "both of them"):
        return "2"
    if _NONE.fullmatch(text):
        return "0" if _as_asked(text, question) else None
    if _SINGLE.fullmatch(text):
        return "1" if _as_asked(text, question) and not _lacks(text, question) else None
    denied = NEGATION.search(re.sub(r"\b(?:none|nothing)\b", "", text))
    if denied or _BOUND.search(text) or _STRANGE.search(text):
        return None
    if not _all_known(_SUM.sub(" ", text)):
        return None
    if _IN_TOTAL.search(text):
        *parts, total = re.split(r",(?!\d)|[;(]", _IN_TOTAL.sub("", text))
        summed = any(numbers_in(part) for part in parts)
        return None if summed and _values(total) else _total(", ".join(parts), total, question)
    if sums := [*_SUM.finditer(text)]:
        return _total(text[: sums[0].start()], text[sums[-1].end() :], question)
    return _counted(text, question)


def _all_known(text: str) -> bool:
    """Whether all words are known. Where things are may be said only of the parts of what was counted before."""
    head, *rest = re.split("[:(]", text, maxsplit=1)
    placed = BOUNDARIES if numbers_in(head) else set[str]()
    texts = ((head, _KNOWN), ("".join(rest), _KNOWN | placed))
    return all(word in known or number_of(word) for text, known in texts for word in words_of(text))


def numbers_in(text: str) -> list[str]:
    """The numbers that the text mentions. "one" stands for a thing after an article or a value."""
    text = re.sub(rf"\b(?:a|an|the|that|this|which|each|{'|'.join(ATTRIBUTE_VALUES)}) one\b", "", text)
    return [number for word in words_of(text) if (number := number_of(word)) is not None]


def _compound(match: re.Match[str]) -> str:
    unit = int(SPELLED.get(match[2], "0"))
    return f"{int(SPELLED[match[1]]) + unit}" if 0 < unit < 10 else match[0]


def _once(match: re.Match[str]) -> str:
    """ "three" of "three (3)"."""
    return match[1] if number_of(match[1]) == number_of(match[2]) is not None else match[0]


def _as_asked(text: str, question: Question | None, exactly: bool = True) -> bool:
    return question is None or not conflicts(text, question.subject, exactly)


def _lacks(text: str, question: Question | None) -> bool:
    """Whether the text names a kind of thing, but not all that the question says of what is to be counted."""
    return question is not None and (_values(text) or _noun(text)) and not names(text, question.subject)


def _noun(text: str) -> bool:
    return not _NOUNS.isdisjoint({*words_of(text)} - {"ones"})


def _part(text: str, question: Question | None) -> bool:
    """Whether the text can name parts of what is to be counted: "2 small and 1 large" of the stars."""
    return _as_asked(text, question, exactly=False) and not (_noun(text) and _lacks(text, question))


def _values(text: str) -> bool:
    return any(mentioned(text, attribute) for attribute in VALUES)


def _total(parts: str, total: str, question: Question | None) -> str | None:
    """The total, where the parts before it add up to it, or where there are none."""
    number, counted = _counted(total, question), numbers_in(parts)
    if number is None or (words_of(parts) and not _part(parts, question)):
        return None
    return number if not counted or sum(map(float, counted)) == float(number) else None


def _counted(text: str, question: Question | None) -> str | None:
    """The number in sentences of which one at most counts things; others may repeat it or say nothing."""
    found, things = set[str | None](), 0
    for sentence in filter(words_of, _SENTENCE.split(text)):
        things += _values(sentence)
        if numbers_in(sentence) or _values(sentence):
            found.add(_one(sentence, question))
    return found.pop() if len(found) == 1 and things < 2 else None


def _one(sentence: str, question: Question | None) -> str | None:
    """The number in one sentence: "3 stars", "stars: 3", or "3 stars: 2 red and 1 blue"."""
    if len(_HEAD.findall(sentence)) > _MAX_PARTS:
        return None
    separator = _HEAD.search(sentence)
    head, rest = (sentence[: separator.start()], sentence[separator.end() :]) if separator else (sentence, "")
    numbers = numbers_in(head)
    if not _as_asked(head, question) or _lacks(head, question) or re.search(r"\band\b", head):
        return None
    if not numbers:
        return _one(rest, question) if words_of(rest) else None
    if len({*numbers}) > 1 or (len(numbers) > 1 and _values(head)):
        return None
    listed = separator is not None and separator[0].startswith((",", " -"))
    if not _as_asked(rest, question, exactly=False) or (not _noun(head) and not _part(rest, question)):
        return None
    return numbers[0] if _adds_up(numbers[0], head, rest, listed) else None


def _adds_up(number: str, head: str, rest: str, listed: bool) -> bool:
    """Whether the rest repeats the number or breaks it down, and counts nothing beside it.

    After a comma ("2 circles, 1 star": `listed`) only parts without a noun are parts of what was counted.
    """
    items = [item for item in _ITEM.split(rest) if numbers_in(item) or _values(item) or " one" in item]
    if not items:
        return BOUNDARIES.isdisjoint({*words_of(rest)} - FILLERS)
    if len(items) == 1 and not _values(rest) and numbers_in(rest) == [number]:
        return True
    if any(_other_kind(head, item) for item in items) or any(len(numbers_in(item)) > 1 for item in items):
        return False
    if mentioned(rest, "shape") and not mentioned(head, "shape"):
        return False  # "5 things: 3 stars and 2 circles" may answer how many stars there are
    if listed and (len(items) < 2 or not _NOUNS & {*words_of(head)} or _NOUNS & {*words_of(rest)}):
        return False
    return sum(float((numbers_in(item) or ["1"])[0]) for item in items) == float(number)


def _other_kind(head: str, item: str) -> bool:
    return any(mentioned(head, name) and mentioned(item, name) - mentioned(head, name) for name in VALUES)
