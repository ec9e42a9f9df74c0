"""The elementary abilities that a question needs, read from its words and its true answer by rules and a lexicon.

The candidate's answer is not read: an ability that depended on it would know the outcome that it is to explain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from blindspot.skills import lexicon
from blindspot.skills.language import NOUN_PHRASE, Name, name, normalise, noun_phrase, plural

MANY = 4  # things; fewer are seen at a glance (subitising), more must be counted


@dataclass(frozen=True, order=True)
class Primitive:
    """One ability and what it is applied to: ("telling the colour", "of stars"). `target` may be empty."""

    ability: str
    target: str = ""

    @property
    def text(self) -> str:
        """The phrase, such as "telling the colour of stars"."""
        return f"{self.ability} {self.target}".rstrip()


@dataclass(frozen=True)
class Rule:
    """Where `pattern` is found, a question needs `ability` applied to `target`: formats filled with its groups."""

    pattern: re.Pattern[str]
    ability: str
    target: str = ""

    def read(self, question: str) -> Iterator[Primitive]:
        """A primitive for each place where the pattern is found."""
        for match in self.pattern.finditer(question):
            words = {key: text for key, text in match.groupdict().items() if text}
            things = {key: name(text) for key, text in words.items() if key in ("a", "b")}
            filled = {**words, **things}
            yield Primitive(self.ability.format(**filled), self.target.format(**filled))


def extract(question: str, reference: str | None) -> list[Primitive]:
    """The primitives of a question, what it asks for first; none where it has no word. Any text is allowed."""
    return list(_extract(normalise(question), normalise(reference or "")))


@lru_cache(maxsize=65536)
def _extract(question: str, reference: str) -> tuple[Primitive, ...]:
    found = [primitive for rule in RULES for primitive in rule.read(question)]
    things = things_in(question)
    if not found and things:
        found.append(Primitive("understanding", things[0].many))
    found += _from_answer(found, reference)
    for thing in things:
        found += _recognising(thing)
    return tuple(dict.fromkeys(found))


def things_in(question: str) -> list[Name]:
    """What a normalised question calls the things that it speaks of, each time that it does."""
    return [name(match["a"]) for match in NOUN_PHRASE.finditer(_ASKED_FOR.sub(" , ", question))]


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


def number_of(text: str) -> int | None:
    """The number that a normalised text is; None where it is none."""
    if text in lexicon.NUMBERS:
        return lexicon.NUMBERS.index(text)
    return int(text) if text.isascii() and text.isdigit() else None


def _rules() -> Iterator[Rule]:
    """What a question asks for comes before what that rests on."""
    a, b = noun_phrase("a"), noun_phrase("b")
    attribute, extrema = rf"(?P<attribute>{lexicon.ATTRIBUTES})", "|".join(lexicon.EXTREMA)
    table: list[tuple[str, str, str]] = [
        (
            rf"(?:{words}) {a} (?:than|as|and)(?: there are)? {b}",
            f"comparing counts ({kind})",
            "of {a.many} and {b.many}",
        )
        for kind, words in lexicon.COMPARISONS.items()
    ]
    for same in (rf"{a} and {b} .*?\b(?:same|different) {attribute}", rf"{a} .*?\bsame {attribute} as {b}"):
        table.append((rf"^(?:is|are|do|does) {same}", "matching the {attribute}", "of {a.one} and {b.one}"))
    for kind, words in lexicon.RELATIONS.items():
        table.append((rf"^(?:is|are) (?!there ){a} (?:{words}) {b}", f"judging {kind}", "between {a.one} and {b.one}"))
        table.append((rf"^(?!(?:is|are) (?!there )).*?\b(?:{words}) {b}", f"reaching what is {kind}", "{b.many}"))
    for kind, words in lexicon.EXTREMA.items():
        table.append((rf"\b(?:{words}) {a}", f"finding the {kind}", "{a.one}"))
    table += [
        (rf"(?:how many|(?<!same )(?<!equal )number of|^count) {a}", "counting", "{a.many}"),
        (
            rf"(?:^(?:is|are) there|(?:do|can) you see|(?:contain|have|show) (?=an? |any )) ?{a}",
            "noticing presence",
            "of {a.many}",
        ),
        (
            rf"(?:what|which|the) {attribute} (?:is|are|does|do|of) (?:the )?(?:(?:{extrema}) )?{a}",
            "telling the {attribute}",
            "of {a.many}",
        ),
    ]
    for kind in ("colour", "size", "shape", "material", "texture"):
        words = "|".join(sorted(word for word, its in lexicon.ADJECTIVES.items() if its == kind))
        table.append((rf"^(?:is|are) {a} (?:{words}) or (?:{words})", f"telling the {kind}", "of {a.many}"))
    for degree, kind in lexicon.DEGREES.items():
        table.append((rf"\bhow {degree} (?:is|are) {a}", f"telling the {kind}", "of {a.many}"))
    table += [(rf"\b(?:{words})\b", ability, "") for words, ability in lexicon.CUES.items()]
    for pattern, ability, target in table:
        yield Rule(re.compile(pattern), ability, target)


RULES = tuple(_rules())
#: "what colour", "how big": the attribute asked for names no thing
_ASKED_FOR = re.compile(
    rf"\b(?:(?:what|which|the|same|different) (?:{lexicon.ATTRIBUTES})|how (?:{'|'.join(lexicon.DEGREES)}))\b"
)
