"""Reads the number that an answer gives: "3", "three stars", "3 stars: 2 red and 1 blue", "none"."""

import re

from blindspot.scenes.answer_words import (
    ATTRIBUTE_VALUES,
    BOUNDARIES,
    FILLERS,
    NEGATION,
    SPELLED,
    VALUES,
    conflicts,
    mentions_all,
    number_of,
    values_in,
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
_MAX_PARTS = 30  # a sentence with a longer list is not understood
_ITEM = re.compile(r",(?!\d)|\band\b|[()]")
_SUM = re.compile(r"\b(?:so|therefore|thus|hence|(?:for )?a total of|makes|making)\b|=")
_IN_TOTAL = re.compile(r" (?:in total|altogether|overall)$")


def read_number(text: str, question: Question | None) -> str | None:
    """Returns the number that a clean text gives as its answer, in its plain form.

    Returns None if the text gives no number, several numbers, a bound ("at least 3"), or the count of only a part of
    the things in question. Without the `question`, the text alone decides what is a part.
    """
    text = _TWICE.sub(_unrepeated, _LEAD.sub("", _COMPOUND.sub(_compound, text))).strip(" ,;:!").rstrip(" .,;:!")
    if text in ("both", "both of them"):
        return "2"
    if _NONE.fullmatch(text):
        return "0" if _fits(text, question) else None
    if _SINGLE.fullmatch(text):
        return "1" if _fits(text, question) and not _less_specific(text, question) else None
    denied = NEGATION.search(re.sub(r"\b(?:none|nothing)\b", "", text))
    if denied or _BOUND.search(text) or _STRANGE.search(text):
        return None
    if not _all_known(_SUM.sub(" ", text)):
        return None
    if _IN_TOTAL.search(text):
        *parts, total = re.split(r",(?!\d)|[;(]", _IN_TOTAL.sub("", text))
        summed = any(numbers_in(part) for part in parts)
        return None if summed and _has_value(total) else _total(", ".join(parts), total, question)
    if sums := [*_SUM.finditer(text)]:
        return _total(text[: sums[0].start()], text[sums[-1].end() :], question)
    return _counted(text, question)


def _all_known(text: str) -> bool:
    """Returns whether all words are known.

    Words of place are allowed only in the parts of a count: after a colon or bracket that follows a number.
    """
    head, *rest = re.split("[:(]", text, maxsplit=1)
    placed = BOUNDARIES if numbers_in(head) else set[str]()
    texts = ((head, _KNOWN), ("".join(rest), _KNOWN | placed))
    return all(word in known or number_of(word) for text, known in texts for word in words_of(text))


def numbers_in(text: str) -> list[str]:
    """Returns the numbers in the text. After an article or a value, "one" is a noun and not a number."""
    text = re.sub(rf"\b(?:a|an|the|that|this|which|each|{'|'.join(ATTRIBUTE_VALUES)}) one\b", "", text)
    return [number for word in words_of(text) if (number := number_of(word)) is not None]


def _compound(match: re.Match[str]) -> str:
    """Replaces "twenty-one" by "21"."""
    unit = int(SPELLED.get(match[2], "0"))
    return f"{int(SPELLED[match[1]]) + unit}" if 0 < unit < 10 else match[0]


def _unrepeated(match: re.Match[str]) -> str:
    """Replaces "three (3)" by "three", if both are the same number."""
    return match[1] if number_of(match[1]) == number_of(match[2]) is not None else match[0]


def _fits(text: str, question: Question | None, exactly: bool = True) -> bool:
    """Returns whether the values in the text can be of the things in question (see `conflicts`)."""
    return question is None or not conflicts(text, question.subject, exactly)


def _less_specific(text: str, question: Question | None) -> bool:
    """Returns whether the text names a kind of thing with fewer values than the question: "stars" for "red stars"."""
    return question is not None and (_has_value(text) or _has_noun(text)) and not mentions_all(text, question.subject)


def _has_noun(text: str) -> bool:
    return not _NOUNS.isdisjoint({*words_of(text)} - {"ones"})


def _may_be_part(text: str, question: Question | None) -> bool:
    """Returns whether the text can name parts of the things in question: "2 small and 1 large" of the stars."""
    return _fits(text, question, exactly=False) and not (_has_noun(text) and _less_specific(text, question))


def _has_value(text: str) -> bool:
    return any(values_in(text, attribute) for attribute in VALUES)


def _total(parts: str, total: str, question: Question | None) -> str | None:
    """Returns the number in `total` if the numbers in `parts` add up to it, or if there are none; else None."""
    number, counted = _counted(total, question), numbers_in(parts)
    if number is None or (words_of(parts) and not _may_be_part(parts, question)):
        return None
    return number if not counted or sum(map(float, counted)) == float(number) else None


def _counted(text: str, question: Question | None) -> str | None:
    """Returns the number in a text of several sentences.

    At most one sentence may mention values, and all sentences with numbers or values must give the same number.
    """
    found, things = set[str | None](), 0
    for sentence in filter(words_of, _SENTENCE.split(text)):
        things += _has_value(sentence)
        if numbers_in(sentence) or _has_value(sentence):
            found.add(_in_sentence(sentence, question))
    return found.pop() if len(found) == 1 and things < 2 else None


def _in_sentence(sentence: str, question: Question | None) -> str | None:
    """Returns the number in one sentence: "3 stars", "stars: 3", or "3 stars: 2 red and 1 blue"."""
    if len(_HEAD.findall(sentence)) > _MAX_PARTS:
        return None
    separator = _HEAD.search(sentence)
    head, rest = (sentence[: separator.start()], sentence[separator.end() :]) if separator else (sentence, "")
    numbers = numbers_in(head)
    if not _fits(head, question) or _less_specific(head, question) or re.search(r"\band\b", head):
        return None
    if not numbers:
        return _in_sentence(rest, question) if words_of(rest) else None
    if len({*numbers}) > 1 or (len(numbers) > 1 and _has_value(head)):
        return None
    listed = separator is not None and separator[0].startswith((",", " -"))
    if not _fits(rest, question, exactly=False) or (not _has_noun(head) and not _may_be_part(rest, question)):
        return None
    return numbers[0] if _adds_up(numbers[0], head, rest, listed) else None


def _adds_up(number: str, head: str, rest: str, listed: bool) -> bool:
    """Returns whether the rest of a sentence repeats the number of its head or splits it into parts that add up.

    `listed`: the rest follows a comma or dash. Then it must have several parts and no noun: "2 circles, 1 star" is a
    list of two counts.
    """
    items = [item for item in _ITEM.split(rest) if numbers_in(item) or _has_value(item) or " one" in item]
    if not items:
        return BOUNDARIES.isdisjoint({*words_of(rest)} - FILLERS)
    if len(items) == 1 and not _has_value(rest) and numbers_in(rest) == [number]:
        return True
    if any(_other_kind(head, item) for item in items) or any(len(numbers_in(item)) > 1 for item in items):
        return False
    if values_in(rest, "shape") and not values_in(head, "shape"):
        return False  # "5 things: 3 stars and 2 circles" may be an answer to "how many stars …?"
    if listed and (len(items) < 2 or not _NOUNS & {*words_of(head)} or _NOUNS & {*words_of(rest)}):
        return False
    return sum(float((numbers_in(item) or ["1"])[0]) for item in items) == float(number)


def _other_kind(head: str, item: str) -> bool:
    return any(values_in(head, name) and values_in(item, name) - values_in(head, name) for name in VALUES)
