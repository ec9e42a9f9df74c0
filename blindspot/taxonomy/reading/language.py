"""The English of the primitives extractor: one spelling, noun phrases, singular and plural."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from blindspot.taxonomy.reading import lexicon

LONGEST_QUESTION = 2000  # characters that are read of a question; more would only take time
_WORD = rf"(?!(?:{'|'.join(sorted(lexicon.STOP_WORDS))})(?![\w'-]))[^\W_][\w'-]*"
#: "located to the left of" means "to the left of"
_NEEDLESS = re.compile(
    r"\b(?:located|positioned|situated|placed)(?=\s+(?:(?:to|on|at) the (?:left|right)(?:[ -]hand)?(?: side)? of|"
    r"above|below|under|underneath|beneath|over|behind|beside|between|near|next to|close to|in front of|on top of)\b)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?:[^\W_]|['’-])+")
_DETERMINER = r"(?:(?:a|an|the|any|some|this|that|these|those|its|his|her|their|all|each|every) )*"


def noun_phrase(group: str) -> str:
    """Returns a regular expression for a noun phrase ("the small red star"). `group`: its part after the article."""
    return rf"{_DETERMINER}(?P<{group}>{_WORD}(?: {_WORD}){{0,4}})(?![\w'-])"


NOUN_PHRASE = re.compile(rf"(?<![\w'-]){noun_phrase('a')}")


@dataclass(frozen=True)
class Name:
    """The name of an object: `adjectives` that the lexicon knows, and its `noun` in the singular."""

    adjectives: tuple[str, ...]
    noun: str

    @property
    def one(self) -> str:
        """The singular, such as "small red star"."""
        return " ".join((*self.adjectives, self.noun))

    @property
    def many(self) -> str:
        """The plural, such as "small red stars"."""
        return " ".join((*self.adjectives, plural(self.noun)))


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """Returns the text in lower case and British spelling, without punctuation except apostrophes and hyphens."""
    return " ".join(word for word, _, _ in _words(text))


def original(text: str, start: int, end: int) -> str:
    """Returns the words of `text` that its normalised form has from character `start` to `end`."""
    position, spans = 0, []
    for word, first, last in _words(text):
        if position < end and position + len(word) > start:
            spans.append((first, last))
        position += len(word) + 1
    return text[spans[0][0] : spans[-1][1]] if spans else ""


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yields the normalised words, each with its start and end in the text."""
    plain = _NEEDLESS.sub(lambda match: " " * len(match[0]), text[:LONGEST_QUESTION])  # the places stay the same
    for match in _TOKEN.finditer(plain):
        word = match[0].lower().replace("’", "'")
        for part in lexicon.SPELLINGS.get(word, word).split():
            yield re.sub(r"^color", "colour", part).replace("gray", "grey"), match.start(), match.end()


def name(words: str) -> Name:
    """Returns the name in the words of a noun phrase. Adjectives without a noun name a "thing"."""
    adjectives = [lexicon.SAME_WORD.get(word, word) for word in words.split() if word in lexicon.ADJECTIVES]
    *others, noun = [word for word in words.split() if word not in lexicon.ADJECTIVES] or ["thing"]
    noun = singular(noun)
    noun = "thing" if noun in lexicon.ANY_THING else " ".join([*others, noun])
    return Name(tuple(dict.fromkeys(adjectives)), noun)


def singular(noun: str) -> str:
    """Returns the singular of a noun: "stars" → "star", "boxes" → "box"."""
    if noun in lexicon.IRREGULAR:
        return lexicon.IRREGULAR[noun]
    if len(noun) < 4 or noun in lexicon.NOT_PLURAL or not noun.endswith("s") or noun.endswith(("ss", "us", "is")):
        return noun
    if noun.endswith("ies"):
        return noun[:-1] if len(noun) == 4 or noun[:-1] in lexicon.ENDING_IE else noun[:-3] + "y"
    return noun[:-2] if noun.endswith(("shes", "ches", "xes", "sses", "zzes")) else noun[:-1]


def singulars(noun: str) -> list[str]:
    """Returns the forms that the singular of a noun or compound may have, the most likely first."""
    *others, last = noun.split()
    forms = [singular(last)]
    if last not in lexicon.IRREGULAR and last.endswith(("oes", "uses")):
        forms.insert(0, last[:-2])
    if last not in lexicon.IRREGULAR and last.endswith("ves"):
        forms = [f"{last[:-3]}f", f"{last[:-3]}fe", *forms]
    forms += [last.removesuffix("s"), re.sub("men$", "man", last), last]  # "skis", "firemen"
    return [" ".join([*others, form]) for form in dict.fromkeys(forms)]


def plural(noun: str) -> str:
    """Returns the plural of a noun: "star" → "stars", "box" → "boxes". Keeps "furniture", and words not in ASCII."""
    if not noun.isascii() or noun.split()[-1] in lexicon.UNCOUNTED:
        return noun
    *others, last = noun.split()
    if last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in lexicon.NOT_PLURAL:
        return noun
    if last.endswith("man") and last not in ("human", "talisman", "shaman"):
        return noun[:-2] + "en"
    if last in lexicon.PLURALS:
        return " ".join([*others, lexicon.PLURALS[last]])
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "sh", "ch", "z")) else "s")
