"""As much English as the primitives extractor needs: one spelling, names of things, one and many."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from blindspot.taxonomy.reading import lexicon

LONGEST_QUESTION = 2000  # characters read; what follows adds nothing but time
_WORD = rf"(?!(?:{'|'.join(sorted(lexicon.STOP_WORDS))})(?![\w'-]))[^\W_][\w'-]*"
_TOKEN = re.compile(r"(?:[^\W_]|['’-])+")
_DETERMINER = r"(?:(?:a|an|the|any|some|this|that|these|those|its|his|her|their|all|each|every) )*"


def noun_phrase(group: str) -> str:
    """A regular expression for the name of a thing ("the small red star"), caught in `group` without its article."""
    return rf"{_DETERMINER}(?P<{group}>{_WORD}(?: {_WORD}){{0,4}})(?![\w'-])"


NOUN_PHRASE = re.compile(rf"(?<![\w'-]){noun_phrase('a')}")


@dataclass(frozen=True)
class Name:
    """What a thing is called by: `adjectives` that the lexicon knows, and its `noun` in the singular."""

    adjectives: tuple[str, ...]
    noun: str

    @property
    def one(self) -> str:
        """Such as "small red star"."""
        return " ".join((*self.adjectives, self.noun))

    @property
    def many(self) -> str:
        """Such as "small red stars"."""
        return " ".join((*self.adjectives, plural(self.noun)))


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """Lower case, British spelling, no punctuation but apostrophes and hyphens, single spaces."""
    return " ".join(word for word, _, _ in _words(text))


def original(text: str, start: int, end: int) -> str:
    """What stands in `text` where its normalised form has the characters from `start` to `end`, whole words."""
    place, spans = 0, []
    for word, first, last in _words(text):
        if place < end and place + len(word) > start:
            spans.append((first, last))
        place += len(word) + 1
    return text[spans[0][0] : spans[-1][1]] if spans else ""


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """The normalised words, each with where it stands in the text."""
    for match in _TOKEN.finditer(text[:LONGEST_QUESTION]):
        word = match[0].lower().replace("’", "'")
        for part in ["what", "is"] if word in ("what's", "whats") else [word]:
            yield re.sub(r"^color", "colour", part).replace("gray", "grey"), match.start(), match.end()


def name(words: str) -> Name:
    """The thing that a noun phrase's words name; adjectives alone name some "thing"."""
    adjectives = [lexicon.SAME_WORD.get(word, word) for word in words.split() if word in lexicon.ADJECTIVES]
    *others, noun = [word for word in words.split() if word not in lexicon.ADJECTIVES] or ["thing"]
    noun = singular(noun)
    noun = "thing" if noun in lexicon.ANY_THING else " ".join([*others, noun])
    return Name(tuple(dict.fromkeys(adjectives)), noun)


def singular(noun: str) -> str:
    """One of them: "stars" → "star", "boxes" → "box"."""
    if noun in lexicon.IRREGULAR:
        return lexicon.IRREGULAR[noun]
    if len(noun) < 4 or noun in lexicon.NOT_PLURAL or not noun.endswith("s") or noun.endswith(("ss", "us", "is")):
        return noun
    if noun.endswith("ies"):
        return noun[:-3] + "y"
    return noun[:-2] if noun.endswith(("shes", "ches", "xes", "sses", "zes")) else noun[:-1]


def plural(noun: str) -> str:
    """Many of them: "star" → "stars", "box" → "boxes"; a word of another script stays as it is."""
    if not noun.isascii():
        return noun
    for many, one in lexicon.IRREGULAR.items():
        if noun == one:
            return many
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "sh", "ch", "z")) else "s")
