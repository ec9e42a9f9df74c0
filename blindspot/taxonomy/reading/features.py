"""Features: what sets one question apart from another, read from its words and its true answer alone.

The skills and meta-skills that it needs are features too; these are the ones that no skill says.
"""

from collections.abc import Iterator

from blindspot.taxonomy.reading.language import normalise
from blindspot.taxonomy.reading.primitives import extract, number_of, things_in

SHORT = 3  # words of an answer; a longer one is hardly ever given twice
MOST = 10  # things; beyond that only the number itself is told


def features(question: str, reference: str | None) -> list[str]:
    """The question's features, such as "recognising red", "left-of", "3 details", "answer yes"; for any text."""
    primitives = extract(question, None)
    abilities = [primitive.ability for primitive in primitives if not primitive.detail]
    details = [primitive.ability for primitive in primitives if primitive.detail]
    found = [*details, *map(_object, abilities), *_alone(abilities), _details(normalise(question))]
    found += _answers(normalise(reference or ""))
    return [feature for feature in dict.fromkeys(found) if feature]


def _object(ability: str) -> str:
    """What an ability is about, whatever is done with it: judging left-of, reaching what is left-of → left-of."""
    return ability.partition(" ")[2].removeprefix("what is ").removeprefix("the ")


def _alone(abilities: list[str]) -> Iterator[str]:
    """That nothing else is to be done: "what size is the star ?" is only telling the size, "the leftmost star" not."""
    if len({*abilities}) == 1:
        yield f"only {abilities[0]}"


def _details(question: str) -> str:
    """How many words say what the things are that the question speaks of."""
    number = sum(len(thing.adjectives) + (thing.noun != "thing") for thing in things_in(question))
    return f"{number} detail{'s' * (number != 1)}"


def _answers(reference: str) -> Iterator[str]:
    """The true answer, and where it is a number those that it reaches."""
    if not 0 < len(reference.split()) <= SHORT:
        return
    number = number_of(reference)
    yield f"answer {reference if number is None else number}"
    yield from (f"answer {least} or more" for least in range(2, min(number or 0, MOST) + 1))
