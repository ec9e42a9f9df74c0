"""Rules that read from a normalised question which abilities it requires, and what they are applied to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.language import noun_phrase
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.things import Span, named

#: "what kind of event" asks for the scene
_SCENE = r"(?! of (?:an? )?(?:event|place|sport|room|store|shop|scene|setting|weather|location|game)\b)"
ATTRIBUTE = rf"(?P<attribute>{lexicon.ATTRIBUTES}){_SCENE}"
#: words before "number of" that ask for no count
_NO_COUNT = "".join(
    f"(?<!{words} )" for words in ("same", "equal", "did the", "does the", "highest", "lowest", "in the")
)
COUNTED = rf"how many(?! (?:{lexicon.UNITS})\b)|{_NO_COUNT}number of(?! (?:the|this|that) )|^count"
PRESENT = (
    rf"^(?:is|are) there|(?:do|can) you see|^(?!(?:{'|'.join(lexicon.QUESTION_WORDS)})\b).*?\b"
    r"(?:contain|have|show) (?=an? |any )"
)


@dataclass(frozen=True)
class Rule:
    """A question that matches `pattern` requires `ability`, applied to `target`. Both are formats of its groups.

    `parts`: strings of which one is in every question that matches, so that others are passed over quickly.
    """

    pattern: re.Pattern[str]
    ability: str
    target: str = ""
    parts: tuple[str, ...] = ("",)

    def read(self, question: str) -> Iterator[tuple[Primitive, Span]]:
        """Yields a primitive for each match of the pattern, and the span of the match."""
        if not any(part in question for part in self.parts):
            return
        for match in self.pattern.finditer(question):
            words = {key: text for key, text in match.groupdict().items() if text}
            things = {key: named(text) for key, text in words.items() if key in ("a", "b")}
            filled = {**words, **things}
            yield Primitive(self.ability.format(**filled), self.target.format(**filled)), match.span()


def _rules() -> Iterator[Rule]:
    """Yields what a question asks before what that depends on."""
    a, b = noun_phrase("a"), noun_phrase("b")
    for kind, words in lexicon.COMPARISONS.items():
        pattern = rf"(?:{words}) {a} (?:than|as|and)(?: there are)? {b}"
        yield Rule(re.compile(pattern), f"comparing counts ({kind})", "of {a.many} and {b.many}")
    for same in (rf"{a} and {b} .*?\b(?:same|different) {ATTRIBUTE}", rf"{a} .*?\bsame {ATTRIBUTE} as {b}"):
        pattern = rf"^(?:is|are|do|does) {same}"
        yield Rule(re.compile(pattern), "matching the {attribute}", "of {a.one} and {b.one}", ("same", "different"))
    for kind, words in lexicon.RELATIONS.items():
        parts = lexicon.PARTS_OF_RELATIONS[kind]
        pattern = rf"^(?:is|are) (?!there ){a} (?:{words}) {b}"
        yield Rule(re.compile(pattern), f"judging {kind}", "between {a.one} and {b.one}", parts)
        pattern = rf"^(?!(?:is|are) (?!there )).*?\b(?:{words}) {b}"
        yield Rule(re.compile(pattern), f"reaching what is {kind}", "{b.many}", parts)
    for kind, words in lexicon.EXTREMA.items():
        parts = tuple(word.split(" ?")[0] for word in words.split("|"))
        yield Rule(re.compile(rf"\b(?:{words}) {a}"), f"finding the {kind}", "{a.one}", parts)
    yield Rule(re.compile(rf"(?:{COUNTED}) {a}"), "counting", "{a.many}", ("how many", "number of", "count"))
    yield Rule(re.compile(rf"(?:{PRESENT}) ?{a}"), "noticing presence", "of {a.many}")
    yield from _attributes(a)


def _attributes(a: str) -> Iterator[Rule]:
    """Yields the rules for attributes. `a`: the pattern of the object."""
    extrema = "|".join(lexicon.EXTREMA)
    pattern = rf"(?:what|which|the) {ATTRIBUTE} (?:is|are|does|do|of) (?:the )?(?:(?:{extrema}) )?{a}"
    yield Rule(re.compile(pattern), "telling the {attribute}", "of {a.many}")
    for kind in ("colour", "size", "shape", "material", "texture"):
        words = "|".join(sorted(word for word, its in lexicon.ADJECTIVES.items() if its == kind))
        pattern = rf"^(?:is|are) {a} (?:{words}) or (?:{words})"
        yield Rule(re.compile(pattern), f"telling the {kind}", "of {a.many}", (" or ",))
    for degree, kind in lexicon.DEGREES.items():
        pattern = rf"\bhow {degree} (?:is|are) {a}"
        yield Rule(re.compile(pattern), f"telling the {kind}", "of {a.many}", (f"how {degree}",))


RULES = tuple(_rules())
