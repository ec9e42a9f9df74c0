"""Reads from the words of an instruction which question it asks for, as far as its words are understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from blindspot.scenes.question import EXTREMA, Question
from blindspot.scenes.scene import ATTRIBUTES

_SENTENCE = re.compile(r"^(?:The question should |The correct answer should be ).*$", re.MULTILINE)
_ANSWER = re.compile(r"correct answer should be (.*)$")
_DETAILS = ("no", "one", "two", "three", "four", "five", "six")
_RANGES = {"count of zero": (0, 0), "count of one to three": (1, 3), "count of four or more": (4, 99)}
_COMPARED = {"more objects": "more", "fewer objects": "fewer", "as many objects": "equal"}
_PLACES = {"left of": "left_of", "right of": "right_of", "above": "above", "below": "below"}
_KINDS = {"a number": "number", "yes or no": "yes_no", "a colour": "colour"}


class Asked(NamedTuple):
    """A question with its true answer."""

    question: Question
    answer: str


@dataclass(frozen=True)
class Wish:
    """What a question should be like. None: it does not matter.

    `family`, `attribute`, `word`: as in Question. `kind`: that of its answer. `says`: a word in its descriptions.
    `details`: the number of such words. `count`: the lowest and the highest answer, if it is a number.
    """

    family: str | None = None
    attribute: str | None = None
    word: str | None = None
    kind: str | None = None
    says: str | None = None
    details: int | None = None
    count: tuple[int, int] | None = None
    answer: str | None = None

    def is_met(self, asked: Asked) -> bool:
        """Returns whether the question is like that."""
        question, said = asked.question, _said(asked.question)
        return (
            self.family in (None, question.family)
            and self.attribute in (None, question.attribute)
            and self.word in (None, question.word)
            and self.kind in (None, question.answer_kind)
            and (self.says is None or self.says in said)
            and self.details in (None, len(said))
            and (self.count is None or (asked.answer.isdecimal() and _within(int(asked.answer), *self.count)))
            and self.answer in (None, asked.answer)
        )


def instruction_in(prompt: str) -> str:
    """Returns the sentences of a prompt that say what to ask; empty if any question is welcome."""
    return " ".join(_SENTENCE.findall(prompt))


def wishes(instruction: str) -> list[Wish]:
    """Returns what the instruction asks for. Words that are not understood are left out."""
    found, clauses = _ANSWER.search(instruction), _ANSWER.sub("", instruction)
    parts = (_of_counts(clauses), _of_relations(clauses), _of_attributes(clauses), _of_details(clauses))
    return [*(wish for part in parts for wish in part), *(_of_answer(found[1]) if found else ())]


def _of_counts(text: str) -> Iterator[Wish]:
    if "how many" in text:
        yield Wish(family="counting")
    for words, count in _RANGES.items():
        if words in text:
            yield Wish(family="counting", count=count)
    if "compare two counts" in text:
        yield Wish(family="comparison")
    for words, word in _COMPARED.items():
        if words in text:
            yield Wish(family="comparison", word=word)
    if "absent object" in text:
        yield Wish(family="existence", answer="no")
    elif "presen" in text:
        yield Wish(family="existence")


def _of_relations(text: str) -> Iterator[Wish]:
    if "in a given position relative to" in text:
        yield Wish(family="relation")
    elif "by its position relative to" in text:
        yield Wish(family="two_hop")
    for words, word in _PLACES.items():
        if f"whether one object is {words}" in text:
            yield Wish(family="relation", word=word)
        elif f"refer to what is {words}" in text:
            yield Wish(family="two_hop", word=word)
        elif f"what is {words}" in text:
            yield Wish(word=word)
    yield from (Wish(word=word) for word in EXTREMA if word in text)
    if "extreme in position" in text:
        yield Wish(family="extremum")


def _of_attributes(text: str) -> Iterator[Wish]:
    for name in ATTRIBUTES:
        if f"have the same {name}" in text:
            yield Wish(family="same", attribute=name)
        elif f"ask about the {name} of" in text:
            yield Wish(kind=name)
        elif f"concern the {name} of" in text:
            yield Wish(attribute=name)
    if "have the same attribute" in text:
        yield Wish(family="same")


def _of_details(text: str) -> Iterator[Wish]:
    if "ask for yes or no" in text:
        yield Wish(kind="yes_no")
    for mentioned in re.findall(r"mention (?:something )?“?(\w+)", text):
        yield Wish(says=mentioned.removesuffix("s"))
    for number in re.findall(r"name (\w+) attributes?", text):
        if number in _DETAILS:
            yield Wish(details=_DETAILS.index(number))


def _of_answer(text: str) -> Iterator[Wish]:
    yield from (Wish(kind=kind) for words, kind in _KINDS.items() if words in text)
    for wanted in re.findall(r"“([^”]+)”", text):
        least = re.fullmatch(r"(\d+) or more", wanted)
        yield Wish(count=(int(least[1]), 99)) if least else Wish(answer=wanted)


def _said(question: Question) -> list[str]:
    described = [one for one in (question.subject, question.other) if one is not None]
    return [value for one in described for value in (one.size, one.colour, one.shape) if value]


def _within(number: int, low: int, high: int) -> bool:
    return low <= number <= high
