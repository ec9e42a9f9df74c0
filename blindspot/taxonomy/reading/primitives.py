"""Extracts the primitives of a question from its text and its true answer, by rules and a lexicon.

The candidate's answer is not read: an ability that depended on it would contain the outcome that it should explain.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.ability_kinds import kinds_of
from blindspot.taxonomy.reading.cues import cues
from blindspot.taxonomy.reading.framing import core
from blindspot.taxonomy.reading.language import Name, normalise, original, plural
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.rules import RULES
from blindspot.taxonomy.reading.things import Span, things

SHORT_ANSWER = 8  # words; a longer answer says more than which object is meant
MANY = 4  # objects; fewer are recognised at a glance (subitising), more must be counted
ANSWER: Span = (0, 0)  # the span of a primitive that the true answer shows, rather than a word of the question
PLACING = ("telling the place", "placing in and on")

_ADJECTIVE = "|".join(sorted(lexicon.ADJECTIVES))
#: "is it red or blue": alternatives for one object, not attributes of two
_EITHER = re.compile(rf"\b(?:{_ADJECTIVE}|flat|pointed)(?: \w+)? or (?:an? )?(?:{_ADJECTIVE}|\w+)$")
_DEPTH = re.compile(r"\b(?:behind|in front of)\b")
#: "on the left or on the right": alternatives for one position, not two relations
_EITHER_POSITION = re.compile(r"(?:left|right|front of|behind|on|in|under)(?: the \w+)? (?:or|than)")
#: words of an answer to "which" or "who" → the ability that it shows
_CHOSEN = {
    re.compile(r"\b(?:left|right|middle|top|bottom|corner|behind|front)\b"): "telling the place",
    re.compile(rf"\b(?:{'|'.join(sorted(lexicon.COLOURS))})\b"): "telling the colour",
}
#: an answer that says more of a person than "the man"
_PERSON = re.compile(
    rf"^(?!an? |the |(?:{lexicon.NOBODY})\b)\w+(?: \w+){{0,3}}$|\b(?:{lexicon.SOMEBODY})\b",
)

#: the object between two relations of a chain: "on the | tray | beside the sofa"
_JOINT = re.compile(
    r"(?! *(?:of|the|an?|its|his|her|left|right|hand|side|far|very|\W)* *$) ?"
    r"(?:(?!(?:than|or|and|if|is|are)\b)[\w'-]+ ?){1,6}"
)

Located = tuple[Primitive, Span]  # a primitive and the characters that show it


def extract(question: str, reference: str | None) -> list[Primitive]:
    """Returns the primitives of any text, those that it asks for first. A text without words has none."""
    return [primitive for primitive, _ in _extract(normalise(question), normalise(reference or ""))]


def with_words(question: str, reference: str | None) -> list[tuple[Primitive, str]]:
    """Returns the primitives of `extract`, each with the words of the question, or the true answer, that show it."""
    spans = _extract(normalise(question), normalise(reference or ""))
    return [
        (primitive, (reference or "") if span == ANSWER else original(question, *span)) for primitive, span in spans
    ]


@lru_cache(maxsize=65536)
def _extract(question: str, reference: str) -> tuple[Located, ...]:
    text, start = core(question)
    asked, rest = _from_question(text)
    found = [*asked]
    found += [(primitive, ANSWER) for primitive in _from_answer([one for one, _ in asked], reference)]
    kinds = {kind for primitive, _ in asked for kind in kinds_of(primitive.ability)}
    found += [(primitive, ANSWER) for primitive in _from_choice(text, reference, kinds)]
    first: dict[Primitive, Span] = {}
    for primitive, span in (*found, *rest):
        first.setdefault(primitive, span if span == ANSWER else (span[0] + start, span[1] + start))
    return tuple(first.items())


@lru_cache(maxsize=65536)
def _from_question(question: str) -> tuple[tuple[Located, ...], tuple[Located, ...]]:
    """Returns what the question asks for, and the combinations and objects that it requires to be recognised."""
    found = [reading for rule in RULES for reading in rule.read(question)]
    named = things(question)
    found += _from_cues(question, {kind for primitive, _ in found for kind in kinds_of(primitive.ability)})
    if not found and named:
        found.append((Primitive("understanding", named[0][0].many), named[0][1]))
    rest = [*_combinations(question, [thing for thing, _ in named])]
    rest += [(primitive, span) for thing, span in named for primitive in _recognising(thing)]
    return tuple(found), tuple(rest)


def _from_cues(question: str, known: set[str]) -> Iterator[Located]:
    """Yields the primitives of cues whose kinds neither a rule nor an earlier cue has found."""
    scene = lexicon.SCENE_WORDS.issuperset(question.split())
    for cue in cues():
        if known.issuperset(cue.kinds) or known.intersection(cue.unless):
            continue
        if cue.last and (known or scene):
            continue
        match = cue.pattern.search(question)
        if match and not (cue.without and cue.without.search(question)):
            known = known | {*cue.kinds}
            yield Primitive(cue.ability), match.span()


def _combinations(question: str, named: Sequence[Name]) -> Iterator[Located]:
    """Yields the primitives of the question as a whole: several attributes, several relations."""
    whole = (0, len(question))
    described = [thing for thing in named if thing.adjectives]
    distinct = len(set(described)) > 1 and not _EITHER.search(question)
    if distinct or any(len(thing.adjectives) > 1 for thing in described):
        yield Primitive("recognising several attributes"), whole
    if _chains_relations(question) and not _EITHER_POSITION.search(question):
        yield Primitive("following several relations"), whole


def _chains_relations(question: str) -> bool:
    """Returns whether an object is found by a relation to an object that another relation distinguishes."""
    patterns = [*(cue.pattern for cue in cues() if cue.ability in PLACING), _DEPTH]
    spans = sorted({match.span() for pattern in patterns for match in pattern.finditer(question)})
    if lexicon.SCENE_WORDS.issuperset(question.split()):
        return len({start for start, _ in spans}) > 1
    joints = (question[one[1] : other[0]] for one, other in pairwise(spans))
    return any(_JOINT.fullmatch(joint) for joint in joints)


def _recognising(thing: Name) -> Iterator[Primitive]:
    """Yields the recognition of each attribute of an object, and of the object itself."""
    for adjective in thing.adjectives:
        yield Primitive(f"recognising {adjective}", plural(thing.noun))
    if thing.noun != "thing":
        yield Primitive(f"recognising {plural(thing.noun)}")


def _from_answer(found: list[Primitive], reference: str) -> Iterator[Primitive]:
    """Yields what the true answer adds: how far to count, or that an object is absent."""
    for primitive in found:
        if primitive.ability == "counting" and (number := number_of(reference)) is not None:
            far = "four or more" if number >= MANY else "up to three" if number else "none"
            yield Primitive(f"counting {far}", primitive.target)
        if primitive.ability == "noticing presence" and reference.split()[:1] == ["no"]:
            yield Primitive("noticing absence", primitive.target)


def _from_choice(question: str, reference: str, kinds: set[str]) -> Iterator[Primitive]:
    """Yields what distinguishes the object that a short answer to "which" or "who" names.

    `kinds`: those that the question shows. The name of an author is knowledge, or read.
    """
    if question.startswith(("which", "who", "whose", "what person")) and len(reference.split()) <= SHORT_ANSWER:
        for words, ability in _CHOSEN.items():
            if words.search(reference):
                yield Primitive(ability)
    named = question.startswith("who") and reference and _PERSON.search(reference)
    if named and kinds.isdisjoint(("knowledge", "text reading")):
        yield Primitive("identifying people")


def number_of(text: str) -> int | None:
    """Returns the number in a normalised text that consists of one number, else None."""
    if text in lexicon.NUMBERS:
        return lexicon.NUMBERS.index(text)
    return int(text) if text.isascii() and text.isdigit() else None


def main() -> None:
    """Prints the primitives of a question, their kinds, and the words that show them."""
    parser = argparse.ArgumentParser(
        prog="python -m blindspot.taxonomy.reading.primitives",
        description=main.__doc__,
    )
    parser.add_argument("question")
    parser.add_argument("answer", nargs="?", help="the true answer")
    arguments = parser.parse_args()
    for primitive, words in with_words(arguments.question, arguments.answer):
        print(f"{primitive.text:<42}{', '.join(kinds_of(primitive.ability)):<22}{words}")


if __name__ == "__main__":
    main()
