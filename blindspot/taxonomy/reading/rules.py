"""Rules that read from a normalised question which abilities it requires, and what they are applied to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.language import noun_phrase
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.taxonomy.reading.things import Span, named


@dataclass(frozen=True)
class Rule:
    """A question that matches `pattern` requires `ability`, applied to `target`. Both are formats of its groups."""

    pattern: re.Pattern[str]
    ability: str
    target: str = ""

    def read(self, question: str) -> Iterator[tuple[Primitive, Span]]:
        """Yields a primitive for each match of the pattern, and the span of the match."""
        for match in self.pattern.finditer(question):
            words = {key: text for key, text in match.groupdict().items() if text}
            things = {key: named(text) for key, text in words.items() if key in ("a", "b")}
            filled = {**words, **things}
            yield Primitive(self.ability.format(**filled), self.target.format(**filled)), match.span()


def _rules() -> Iterator[Rule]:
    """Yields what a question asks before what that depends on."""
    a, b = noun_phrase("a"), noun_phrase("b")
    attribute, extrema = rf"(?P<attribute>{lexicon.ATTRIBUTES})", "|".join(lexicon.EXTREMA)
    counted = rf"how many(?! (?:{lexicon.UNITS})\b)|(?<!same )(?<!equal )(?<!did the )(?<!does the )(?<!highest )(?<!lowest )(?<!in the )number of(?! (?:the|this|that) )|^count"
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
        (rf"(?:{counted}) {a}", "counting", "{a.many}"),
        (
            rf"(?:^(?:is|are) there|(?:do|can) you see|(?<!how)(?:^(?!(?:what|which|how|who|where|when|why|whose)\b).*?\b)"
            rf"(?:contain|have|show) (?=an? |any )) ?{a}",
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
    for pattern, ability, target in table:
        yield Rule(re.compile(pattern), ability, target)


RULES = tuple(_rules())
