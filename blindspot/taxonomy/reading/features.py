"""Reads the features of a question from its text and its true answer. A feature can define a failure mode.

The abilities and groups of abilities of a question are features too. This module reads the others.
"""

from collections.abc import Iterator

from blindspot.taxonomy.reading.framing import core
from blindspot.taxonomy.reading.language import normalise
from blindspot.taxonomy.reading.primitives import extract, number_of
from blindspot.taxonomy.reading.things import things_in

SHORT = 3  # words of an answer; a longer answer rarely occurs twice
MOST = 10  # objects; beyond that, only the number itself is a feature


def features(question: str, reference: str | None) -> list[str]:
    """Returns the features of any text, such as "recognising red", "left-of", "3 details", "answer yes"."""
    primitives = extract(question, None)
    abilities = [primitive.ability for primitive in primitives if not primitive.detail]
    details = [primitive.ability for primitive in primitives if primitive.detail]
    names = [*details, *map(_object, abilities), *_only(abilities), _details(core(normalise(question))[0])]
    names += _answers(normalise(reference or ""))
    return [feature for feature in dict.fromkeys(names) if feature]


def _object(ability: str) -> str:
    """Returns an ability without its verb: "judging left-of" and "reaching what is left-of" give "left-of"."""
    return ability.partition(" ")[2].removeprefix("what is ").removeprefix("the ")


def _only(abilities: list[str]) -> Iterator[str]:
    """Yields "only …" for a question with one ability: "what size is the star ?", but not "… the leftmost star ?"."""
    if len({*abilities}) == 1:
        yield f"only {abilities[0]}"


def _details(question: str) -> str:
    """Returns the number of words that describe the objects in the question, as a feature."""
    number = sum(len(thing.adjectives) + (thing.noun != "thing") for thing in things_in(question))
    return f"{number} detail{'s' * (number != 1)}"


def _answers(reference: str) -> Iterator[str]:
    """Yields the true answer and, if it is a number, each number that it reaches ("answer 2 or more")."""
    if not 0 < len(reference.split()) <= SHORT:
        return
    number = number_of(reference)
    yield f"answer {reference if number is None else number}"
    yield from (f"answer {least} or more" for least in range(2, min(number or 0, MOST) + 1))
