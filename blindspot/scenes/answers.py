"""Reads the meaning of a free-text answer: "3", "three" and "There are three." mean the same.

`understand` removes the question if the answer repeats it (answer_restated), selects the final answer (a box, or the
text after "the answer is"), and reads that by answer kind: yes or no (answer_yes_no, which uses answer_statements and
answer_reasons), a number (answer_numbers), the text of a label (answer_text), or a colour, shape or size (this
module). answer_subjects decides whether a sentence is about the thing in question; answer_words holds the vocabulary.
An answer about marks is read as one about a scene.

All readers are strict: a text with an unknown word, or that could mean something else, is not understood.
"""

import re

from blindspot.scenes.answer_numbers import numbers_in, read_number
from blindspot.scenes.answer_restated import without_question
from blindspot.scenes.answer_subjects import RELATIVE, is_about
from blindspot.scenes.answer_text import as_of_scene, read_text
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
    values_in,
    words_of,
)
from blindspot.scenes.answer_words import NUMBER_WORDS as NUMBER_WORDS
from blindspot.scenes.answer_yes_no import read_yes_no
from blindspot.scenes.question import Question

MAX_LENGTH = 1000  # characters; longer texts are not understood
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
    """Returns the meaning of an answer to a question of the answer kind `kind`, a key of ANSWERS_ABOUT_MARKS.

    Accepts any text.

    - The answer in its plain form ("yes", "3", "red").
    - "other" if the text is a clear answer that cannot be correct, such as "pink", or "red" to "how many …?".
    - None if the text is not understood: it is empty or too long, has unknown words, is unsure, gives several answers
      ("red or blue"), answers another question, or says yes or no and gives a reason that does not agree with it.

    With the `question`, the reader can tell what an answer is about: "There are 2 red stars." answers "how many red
    stars …?" but not "how many stars …?".
    """
    if len(text) > MAX_LENGTH:
        return None
    if kind == "text":
        return read_text(_boxed(text) or text)
    said = without_question(text, kind, question)
    if said is None:
        return None
    if question and question.drawn:
        said, question = as_of_scene(said, question)
    final = _boxed(text)
    said = said if final is None else clean(final)
    if UNSURE.search(said):
        return None
    *before, (marker, last) = _marked(said)
    found = _read(last, kind, question)
    if not before or "final" in marker:
        return found
    # All answers must agree, unless the last one is called final.
    first = _read(re.split(r"\.(?!\d)", before[0][1])[0], kind, question)
    others = {_read(each, kind, question) for _, each in before[1:]}
    return found if others <= {found} and first in (None, OTHER, found) else None


def _marked(text: str) -> list[tuple[str, str]]:
    """Splits a clean text at each "the answer is". Returns pairs of marker ("" for the first part) and text."""
    markers = [*_MARKER.finditer(text)]
    ends = [marker.start() for marker in markers] + [len(text)]
    said = [(mark[0], clean(text[mark.end() : end])) for mark, end in zip(markers, ends[1:], strict=True)]
    return [("", text[: ends[0]]), *said]


def _boxed(text: str) -> str | None:
    """Returns the content of the box or answer tag that ends the text; None if the text does not end with one.

    Returns "" if the text before the box denies it, or if the text has boxes with different contents.
    """
    boxes = [*_BOXED.finditer(text)]
    if not boxes or words_of(text[boxes[-1].end() :]):
        return None
    before = re.split(r"[.;!?\n]", clean(text[: boxes[0].start()]))[-1]
    held = {box[1] or box[2] or "" for box in boxes}
    return held.pop() if len(held) == 1 and not NEGATION.search(before) else ""


def _read(text: str, kind: str, question: Question | None) -> str | None:
    if kind == "yes_no":
        return read_yes_no(text, question)  # a value alone may mean yes or no, so it is never OTHER
    if kind == "number":
        # "They are blue." may explain why there are no red ones, so only a single word can be OTHER.
        return read_number(text, question) or (_read_other(text, kind) if len(words_of(text)) == 1 else None)
    return _read_value(text, kind, question) or _read_other(text, kind, question)


def _read_other(text: str, kind: str, question: Question | None = None) -> str | None:
    """Returns OTHER if the text is a clear answer, but to a question of another kind; else None."""
    content = [word for word in words_of(text) if word not in _EMPTY]
    if not content or _STRANGE.search(text) or (kind in VALUES and re.search(rf"\b{kind}\b", text)):
        return None
    if any(len(values_in(text, name)) > (0 if name == kind else 1) for name in VALUES):
        return None
    if kind == "number" and (_COUNTS.search(text) or text.strip(" .!") in ("no", "nope")):  # may mean 0 or 1
        return None
    if not all(word in _PLAIN or word[-1].isdecimal() for word in content):
        return None
    if len(numbers_in(text)) > (0 if kind == "number" else 1) or re.search(r"\d{4}", text):
        return None
    stated = [(subject, said) for subject, *said in _sentences(text) if said and subject.strip() != "there"]
    return OTHER if not question or all(is_about(*each, kind, question) for each in stated) else None


def _read_value(text: str, kind: str, question: Question | None) -> str | None:
    """Returns the colour, shape or size that the text gives to the thing in question; None if it is not clear."""
    text = _without_contrast(_SORT_OF.sub("", re.sub(r"^no[.,;:!] ?", "", text)), kind)
    words = words_of(re.sub(r"\b(?:looks?|shaped) like\b", "is", text))
    known = all(word in _KNOWN or word[-1].isdecimal() for word in words)
    if not known or NEGATION.search(text) or _STRANGE.search(text):
        return None
    found = set[str]()
    for subject, *said in _sentences(text):
        if question and not is_about(subject, said, kind, question):
            return None
        found |= _ascribed(subject, said, kind)
    return found.pop() if len(found) == 1 else None


def _without_contrast(text: str, kind: str) -> str:
    """Removes a contrast at the end: "blue, not red" becomes "blue"."""
    match = _CONTRAST.search(text)
    kept = text[: match.start()] if match else text
    contrast = match is not None and match[1] in VALUES[kind] and values_in(kept, kind) - {VALUES[kind][match[1]]}
    return kept if contrast else text


def _sentences(text: str) -> list[list[str]]:
    """Returns each sentence or part of one, split at its verbs: first the subject, then what follows each verb."""
    text = RELATIVE.sub("", re.sub(r"\b(?:looks?|shaped) like\b", "is", text))
    return [_COPULA.split(segment) for segment in _SEGMENT.split(text) if words_of(segment)]


def _ascribed(subject: str, said: list[str], kind: str) -> set[str]:
    """Returns the values of `kind` that a sentence gives to its subject.

    These are the values after a verb ("the circle left of the blue square is red"). Without a verb they are all values
    in the sentence.
    """
    if not said:
        here, elsewhere = values_in(_BOUNDARY.split(subject)[0], kind), values_in(subject, kind)
        return elsewhere if here else set()
    found = {value for part in said for value in values_in(_BOUNDARY.split(part)[0], kind)}
    if not found and re.match(rf" (?:the|its) {kind}\b", said[0]):  # "Red is the colour of the star."
        return values_in(_BOUNDARY.split(subject)[0], kind)
    # "I see a red star and it is blue" gives two answers: red and blue.
    return found and found | values_in(_BOUNDARY.split(subject)[0], kind)
