"""The elementary abilities that a question needs, read from its words and its true answer by rules and a lexicon.

The candidate's answer is not read: an ability that depended on it would know the outcome that it is to explain.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.ability_kinds import kinds_of
from blindspot.taxonomy.reading.cues import cues
from blindspot.taxonomy.reading.language import NOUN_PHRASE, Name, name, normalise, original, plural
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.rules import RULES, Span

SHORT_ANSWER = 8  # words; longer ones tell more than which one was asked for
MANY = 4  # things; fewer are seen at a glance (subitising), more must be counted
ANSWER: Span = (0, 0)  # where the true answer says so, and no word of the question
PLACING = ("telling the place", "placing in and on")

_ADJECTIVE = "|".join(sorted(lexicon.ADJECTIVES))
#: "is it red or blue": asked for, not said of two things
_EITHER = re.compile(rf"\b(?:{_ADJECTIVE}|flat|pointed)(?: \w+)? or (?:an? )?(?:{_ADJECTIVE}|\w+)$")
_DEEP = re.compile(r"\b(?:behind|in front of)\b")
#: "on the left or on the right": one place after all
_EITHER_PLACE = re.compile(r"(?:left|right|front of|behind|on|in|under)(?: the \w+)? (?:or|than)")
#: what tells the chosen one apart, as the answer to "which" or "who" has it
_CHOSEN = {
    re.compile(r"\b(?:left|right|middle|top|bottom|corner|behind|front)\b"): "telling the place",
    re.compile(rf"\b(?:{'|'.join(sorted(lexicon.COLOURS))})\b"): "telling the colour",
}
#: an answer that says more of somebody than "the man"
_SOMEBODY = re.compile(
    rf"^(?!an? |the |(?:{lexicon.NOBODY})\b)\w+(?: \w+){{0,3}}$|\b(?:{lexicon.SOMEBODY})\b",
)
#: "what colour", "how big": the attribute asked for names no thing
_ASKED_FOR = re.compile(
    rf"\b(?:(?:what|which|the|same|different) (?:{lexicon.ATTRIBUTES})|how (?:{'|'.join(lexicon.DEGREES)}))\b"
)

Found = tuple[Primitive, Span]


def extract(question: str, reference: str | None) -> list[Primitive]:
    """The primitives of a question, what it asks for first; none where it has no word. Any text is allowed."""
    return [primitive for primitive, _ in _extract(normalise(question), normalise(reference or ""))]


def with_words(question: str, reference: str | None) -> list[tuple[Primitive, str]]:
    """The primitives as `extract` has them, each with the words of the question that say so.

    Where the true answer says so, with the answer.
    """
    found = _extract(normalise(question), normalise(reference or ""))
    return [
        (primitive, (reference or "") if span == ANSWER else original(question, *span)) for primitive, span in found
    ]


@lru_cache(maxsize=65536)
def _extract(question: str, reference: str) -> tuple[Found, ...]:
    found = [reading for rule in RULES for reading in rule.read(question)]
    things = [(name(words), span) for words, span in _names(question)]
    found += _cued(question, {kind for primitive, _ in found for kind in kinds_of(primitive.ability)})
    if not found and things:
        found.append((Primitive("understanding", things[0][0].many), things[0][1]))
    found += [(primitive, ANSWER) for primitive in _from_answer([one for one, _ in found], reference)]
    found += [(primitive, ANSWER) for primitive in _choosing(question, reference)]
    found += _bound(question, [thing for thing, _ in things])
    found += [(primitive, span) for thing, span in things for primitive in _recognising(thing)]
    first: dict[Primitive, Span] = {}
    for primitive, span in found:
        first.setdefault(primitive, span)
    return tuple(first.items())


def things_in(question: str) -> list[Name]:
    """What a normalised question calls the things that it speaks of, each time that it does."""
    return [name(words) for words, _ in _names(question)]


def _names(question: str) -> Iterator[tuple[str, Span]]:
    """The words that name a thing, and where they stand."""
    blank = _ASKED_FOR.sub(lambda match: ",".center(len(match[0])), question)  # as long, so that places stay
    for match in NOUN_PHRASE.finditer(blank):
        yield match["a"], match.span("a")


def _cued(question: str, known: set[str]) -> Iterator[Found]:
    """What words alone say, where no rule has found anything of the kind."""
    for cue in cues():
        if known.issuperset(cue.kinds) or known.intersection(cue.unless):
            continue
        if match := cue.pattern.search(question):
            known = known | {*cue.kinds}
            yield Primitive(cue.ability), match.span()


def _bound(question: str, things: Sequence[Name]) -> Iterator[Found]:
    """That attributes must be kept apart, or relations followed one after the other: the question as a whole."""
    whole = (0, len(question))
    described = [thing for thing in things if thing.adjectives]
    apart = len(set(described)) > 1 and not _EITHER.search(question)
    if apart or any(len(thing.adjectives) > 1 for thing in described):
        yield Primitive("recognising several attributes"), whole
    if _relations(question) > 1 and not _EITHER_PLACE.search(question):
        yield Primitive("following several relations"), whole


def _relations(question: str) -> int:
    """How many relations to something the question names."""
    found = {match.start() for cue in cues() if cue.ability in PLACING for match in cue.pattern.finditer(question)}
    return len(found | {match.start() for match in _DEEP.finditer(question)})


def _recognising(thing: Name) -> Iterator[Primitive]:
    """Each of the thing's attributes, told on such things, and the thing itself."""
    for adjective in thing.adjectives:
        yield Primitive(f"recognising {adjective}", plural(thing.noun))
    if thing.noun != "thing":
        yield Primitive(f"recognising {plural(thing.noun)}")


def _from_answer(found: list[Primitive], reference: str) -> Iterator[Primitive]:
    """What the true answer adds: how far to count, or that nothing is there."""
    for primitive in found:
        if primitive.ability == "counting" and (number := number_of(reference)) is not None:
            far = "four or more" if number >= MANY else "up to three" if number else "none"
            yield Primitive(f"counting {far}", primitive.target)
        if primitive.ability == "noticing presence" and reference.split()[:1] == ["no"]:
            yield Primitive("noticing absence", primitive.target)


def _choosing(question: str, reference: str) -> Iterator[Primitive]:
    """What tells the chosen one apart, where the answer says which it is, and not the question."""
    if question.startswith(("which", "who", "whose", "what person")) and len(reference.split()) <= SHORT_ANSWER:
        for words, ability in _CHOSEN.items():
            if words.search(reference):
                yield Primitive(ability)
    if question.startswith("who") and reference and _SOMEBODY.search(reference):
        yield Primitive("identifying people")


def number_of(text: str) -> int | None:
    """The number that a normalised text is; None where it is none."""
    if text in lexicon.NUMBERS:
        return lexicon.NUMBERS.index(text)
    return int(text) if text.isascii() and text.isdigit() else None


def main() -> None:
    """Prints what is read from a question and its true answer."""
    parser = argparse.ArgumentParser(
        prog="python -m blindspot.taxonomy.reading.primitives", description="what a question needs"
    )
    parser.add_argument("question")
    parser.add_argument("answer", nargs="?", help="the true one")
    asked = parser.parse_args()
    for primitive, words in with_words(asked.question, asked.answer):
        print(f"{primitive.text:<42}{', '.join(kinds_of(primitive.ability)):<22}{words}")


if __name__ == "__main__":
    main()
