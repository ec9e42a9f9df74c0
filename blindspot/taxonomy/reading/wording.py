"""Reads how a question is worded and of what kind its true answer is: features of questions about any images."""

from collections.abc import Iterator
from functools import lru_cache

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.language import normalise, singular
from blindspot.taxonomy.reading.primitives import number_of

ASKS = "asks "
KIND = "answer: "  # no other feature has a colon
OPTION = "answer: option "

#: kind of answer → its words in a sentence, as KIND and the name are the feature
ANSWER_KINDS = {
    "yes or no": "yes or no",
    "number": "a number",
    "colour": "a colour",
    "position": "a position",
    "material": "a material",
    "person": "a person",
    "open": "open-ended",
}


def wording(question: str, reference: str | None, option: str | None = None) -> list[str]:
    """Returns what the question asks ("asks who") and the kind of its true answer ("answer: person").

    `option`: the letter of the correct option of a multiple-choice question.
    """
    return [*_wording(normalise(question), normalise(reference or ""), option)]


@lru_cache(maxsize=65536)
def _wording(question: str, reference: str, option: str | None) -> tuple[str, ...]:
    found = [*_asks(question)]
    if reference:
        found.append(f"{KIND}{_kind(reference)}")
    return (*found, f"{OPTION}{option}") if option else tuple(found)


def _asks(question: str) -> Iterator[str]:
    """Yields the first question word, wherever it is ("the car is behind what ?"), or that it is a yes/no question."""
    words = question.split()
    place = next((place for place, word in enumerate(words) if word in lexicon.QUESTION_WORDS), None)
    if place is not None:
        many = words[place : place + 2] == ["how", "many"]
        yield f"{ASKS}{'how many' if many else lexicon.QUESTION_WORDS[words[place]]}"
    elif words and words[0] in lexicon.AUXILIARIES:
        yield f"{ASKS}whether"


def _kind(reference: str) -> str:
    if reference in ("yes", "no"):
        return "yes or no"
    if number_of(reference) is not None:
        return "number"
    if reference in lexicon.COLOURS:
        return "colour"
    if reference in lexicon.POSITIONS:
        return "position"
    if reference in lexicon.MATERIALS:
        return "material"
    return "person" if any(singular(word) in lexicon.PEOPLE for word in reference.split()) else "open"
