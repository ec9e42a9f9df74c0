"""Reads a free-text answer for what it means: "3", "three" and "There are three." are the same."""

import re

from blindspot.scenes.answer_numbers import numbers_in, read_number
from blindspot.scenes.answer_restated import without_question
from blindspot.scenes.answer_subjects import RELATIVE, speaks_of
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
_CONTRAST = re.compile(r", (?:and )?not (?:an? )?(\w+)[.!]*$")
_SORT_OF = re.compile(
    rf"\b(?:shade|hue|tone|type|kind|form|shape|colour) of (?:an? )?(?=(?:{'|'.join(sorted(ATTRIBUTE_VALUES))})\b)"
)


def understand(text: str, kind: str, question: Question | None = None) -> str | None:
    """What the text answers to a question that wants `kind` ("yes_no", "number", "colour", "shape", "size").

    Returns the answer in its plain form ("yes", "3", "red" …), "other" where the text plainly answers with something
    that can't be right ("pink"; "red" to "how many …?"), and None where it can't be understood: empty, unknown words,
    unsure, two answers at once ("red or blue"), an answer to another question, or a yes or no with a reason against
    it. The question tells more of the last two: "There are 2 red stars." answers "how many red stars …?", but not
    "how many stars …?". Any text is allowed.
    """
    if len(text) > MAX_LENGTH:
        return None
    said = without_question(text, kind, question)
    if said is None:
        return None
    final = _boxed(text)
    said = said if final is None else clean(final)
    if UNSURE.search(said):
        return None
    *before, (marker, last) = _marked(said)
    found = _read(last, kind, question)
    if not before or "final" in marker:
        return found
    # Several answers must agree, unless the last is called final.
    first = _read(re.split(r"\.(?!\d)", before[0][1])[0], kind, question)
    others = {_read(each, kind, question) for _, each in before[1:]}
    return found if others <= {found} and first in (None, OTHER, found) else None


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
        return read_verdict(text, question)  # a value may be meant as a yes or a no: it is no wrong answer
    if kind == "number":
        # "They are blue" may say why there are no red ones.
        return read_number(text, question) or (_read_other(text, kind) if len(words_of(text)) == 1 else None)
    return _read_value(text, kind, question) or _read_other(text, kind, question)


def _read_other(text: str, kind: str, question: Question | None = None) -> str | None:
    """OTHER where the text plainly answers a question of another kind."""
    content = [word for word in words_of(text) if word not in _EMPTY]
    if not content or _STRANGE.search(text) or (kind in VALUES and re.search(rf"\b{kind}\b", text)):
        return None
    if any(len(mentioned(text, name)) > (0 if name == kind else 1) for name in VALUES):
        return None
    if kind == "number" and (_COUNTS.search(text) or text.strip(" .!") in ("no", "nope")):  # may mean none
        return None
    if not all(word in _PLAIN or word[-1].isdecimal() for word in content):
        return None
    if len(numbers_in(text)) > (0 if kind == "number" else 1) or re.search(r"\d{4}", text):
        return None
    stated = [(subject, said) for subject, *said in _sentences(text) if said and subject.strip() != "there"]
    return OTHER if not question or all(speaks_of(*each, kind, question) for each in stated) else None


def _read_value(text: str, kind: str, question: Question | None) -> str | None:
    """The colour, shape or size that the text ascribes to the thing asked about."""
    text = _without_contrast(_SORT_OF.sub("", re.sub(r"^no[.,;:!] ?", "", text)), kind)
    words = words_of(re.sub(r"\b(?:looks?|shaped) like\b", "is", text))
    known = all(word in _KNOWN or word[-1].isdecimal() for word in words)
    if not known or NEGATION.search(text) or _STRANGE.search(text):
        return None
    found = set[str]()
    for subject, *said in _sentences(text):
        if question and not speaks_of(subject, said, kind, question):
            return None
        found |= _ascribed(subject, said, kind)
    return found.pop() if len(found) == 1 else None


def _without_contrast(text: str, kind: str) -> str:
    """ "blue" of "blue, not red"."""
    match = _CONTRAST.search(text)
    kept = text[: match.start()] if match else text
    contrast = match is not None and match[1] in VALUES[kind] and mentioned(kept, kind) - {VALUES[kind][match[1]]}
    return kept if contrast else text


def _sentences(text: str) -> list[list[str]]:
    """Each sentence, split at its verbs: what it is about, and what it says of that."""
    text = RELATIVE.sub("", re.sub(r"\b(?:looks?|shaped) like\b", "is", text))
    return [_COPULA.split(segment) for segment in _SEGMENT.split(text) if words_of(segment)]


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
