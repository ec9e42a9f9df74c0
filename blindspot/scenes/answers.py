"""Reads a free-text answer for what it means: "3", "three" and "There are three." are the same."""

import re
from dataclasses import replace

from blindspot.scenes.answer_numbers import numbers_in, read_number
from blindspot.scenes.answer_verdicts import read_verdict
from blindspot.scenes.answer_words import (
    ATTRIBUTE_VALUES,
    BOUNDARIES,
    FILLERS,
    MODIFIERS,
    NEGATION,
    OTHER,
    SPELLED,
    UNSURE,
    VALUES,
    clean,
    conflicts,
    mentioned,
    words_of,
)
from blindspot.scenes.answer_words import NUMBER_WORDS as NUMBER_WORDS
from blindspot.scenes.question import Question

MAX_LENGTH = 1000  # characters: a longer text is no plain answer
_VERDICTS = {"yes", "yeah", "yep", "no", "nope", "none", "nothing", "neither"} | {
    *("false", "incorrect", "true", "correct", "indeed")
}
_PLAIN = _VERDICTS | {*SPELLED} | ATTRIBUTE_VALUES
_EMPTY = {"a", "an", "the", "it", "is", "are", "there", "they", "that", "i", "see", "of", "them"} | {*VALUES, "answer"}
_KNOWN = {*FILLERS, *MODIFIERS, *BOUNDARIES, *SPELLED, *ATTRIBUTE_VALUES, "yes", "no"}
_STRANGE = re.compile(r"[^\w\s.,;:!'()|/\\=-]")
_BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}|<answer>([^<]*)</answer>", re.IGNORECASE)
_MARKER = re.compile(
    r"(?:^|[.;:,!?(-] ?)(?:(?:and|so|thus|therefore|hence),? )?(?:(?:my|the|your|a) )?"
    r"(?:(?:final|correct|short|overall) )*answer ?(?:is|would be|:|-|=)+"
)
_COUNTS = re.compile(r"^an? |\b(?:there (?:is|are)|see|find) (?:an?|no|any|the)\b|\bneither\b|\bno \w|\d")
_SEGMENT = re.compile(r"[.;:!,()=|]| - ")
_COPULA = re.compile(r"\b(?:is|are|was|were|be|been|has|have|appears?|looks?|seems?)\b")
_BOUNDARY = re.compile(rf"\b(?:{'|'.join(sorted(BOUNDARIES))})\b")
_SORT_OF = re.compile(
    rf"\b(?:shade|hue|tone|type|kind|form|shape|colour) of (?:an? )?(?=(?:{'|'.join(sorted(ATTRIBUTE_VALUES))})\b)"
)


def understand(text: str, kind: str, question: Question | None = None) -> str | None:
    """What the text answers to a question that wants `kind` ("yes_no", "number", "colour", "shape", "size").

    Returns the answer in its plain form ("yes", "3", "red" …), "other" where the text plainly answers with something
    that can't be right ("pink"; "red" to "how many …?"), and None where it can't be understood: empty, unknown words,
    unsure, two answers at once ("red or blue"), or an answer to another question. The question tells more of the last:
    "There are 2 red stars." answers "how many red stars …?", but not "how many stars …?". Any text is allowed.
    """
    if len(text) > MAX_LENGTH:
        return None
    final = _boxed(text)
    text = clean(text if final is None else final)
    if UNSURE.search(text):
        return None
    *before, (marker, last) = _marked(text)
    found = _read(last, kind, question)
    # Several answers must agree, unless the last is called final.
    disagree = "final" not in marker and any(_read(each, kind, question) != found for _, each in before[1:])
    return None if disagree else found


def _marked(text: str) -> list[tuple[str, str]]:
    """What precedes the first "the answer is", and then each of these with what follows it."""
    markers = [*_MARKER.finditer(text)]
    ends = [marker.start() for marker in markers] + [len(text)]
    said = [(mark[0], clean(text[mark.end() : end])) for mark, end in zip(markers, ends[1:], strict=True)]
    return [("", text[: ends[0]]), *said]


def _boxed(text: str) -> str | None:
    """What a box or an answer tag at the end holds, unless the text before it denies it or another box differs."""
    boxes = [*_BOXED.finditer(text)]
    if not boxes or words_of(text[boxes[-1].end() :]):
        return None
    before = re.split(r"[.;!?\n]", clean(text[: boxes[0].start()]))[-1]
    held = {box[1] or box[2] or "" for box in boxes}
    return held.pop() if len(held) == 1 and not NEGATION.search(before) else ""


def _read(text: str, kind: str, question: Question | None) -> str | None:
    if kind == "yes_no":
        found = read_verdict(text, question)
    elif kind == "number":
        found = read_number(text, question)
    else:
        found = _read_value(text, kind, question)
    return found or _read_other(text, kind)


def _read_other(text: str, kind: str) -> str | None:
    """OTHER where the text plainly answers a question of another kind."""
    content = [word for word in words_of(text) if word not in _EMPTY]
    if not content or _STRANGE.search(text) or (kind in VALUES and re.search(rf"\b{kind}\b", text)):
        return None
    if any(len(mentioned(text, name)) > (0 if name == kind else 1) for name in VALUES):
        return None
    if kind == "number" and _COUNTS.search(text):
        return None
    if not all(word in _PLAIN or word[-1].isdecimal() for word in content):
        return None
    if len(numbers_in(text)) > (0 if kind == "number" else 1) or re.search(r"\d{4}", text):
        return None
    # "The star is red" may be meant as a yes, "red" is not.
    alone = len(content) == 1 and content[0] not in _VERDICTS
    return OTHER if kind != "yes_no" or (alone and not re.match("there (?:is|are) ", text)) else None


def _read_value(text: str, kind: str, question: Question | None) -> str | None:
    """The colour, shape or size that the text ascribes to the thing asked about."""
    text = _SORT_OF.sub("", re.sub(r"^no[.,;:!] ?", "", text))
    words = words_of(re.sub(r"\b(?:looks?|shaped) like\b", "is", text))
    known = all(word in _KNOWN or word[-1].isdecimal() for word in words)
    if not known or NEGATION.search(text) or _STRANGE.search(text):
        return None
    found = set[str]()
    for segment in _SEGMENT.split(re.sub(r"\b(?:looks?|shaped) like\b", "is", text)):
        subject, *said = _COPULA.split(segment)
        named = segment if subject.strip() == "there" else subject
        # "What colour is the red star?" is a fair question: a value without a verb answers it, and is no description.
        asked = question and (question.subject if said else replace(question.subject, **{kind: None}))
        if asked and conflicts(_BOUNDARY.split(named)[0], asked, exactly=False):
            return None
        found |= _ascribed(subject, said, kind)
    return found.pop() if len(found) == 1 else None


def _ascribed(subject: str, said: list[str], kind: str) -> set[str]:
    """The values after the verb ("the circle left of the blue square is red"), or all where there is no verb."""
    if not said:
        here, elsewhere = mentioned(_BOUNDARY.split(subject)[0], kind), mentioned(subject, kind)
        return elsewhere if here else set()
    found = {value for part in said for value in mentioned(_BOUNDARY.split(part)[0], kind)}
    if not found and re.match(rf" (?:the|its) {kind}\b", said[0]):  # "Red is the colour of the star."
        return mentioned(_BOUNDARY.split(subject)[0], kind)
    # "I see a red star and it is blue" gives two answers.
    return found and found | mentioned(_BOUNDARY.split(subject)[0], kind)
