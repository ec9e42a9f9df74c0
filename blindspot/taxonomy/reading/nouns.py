"""The nouns that name something that a picture can show."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FILES = ("nouns.txt", "more_nouns.txt")
NONE = "none"  # the section with nouns that are left out
WIDEST = 3  # words of a compound


@dataclass(frozen=True)
class Noun:
    """What the lexicon says of a noun.

    `kind`: its section, such as "animal". `verb`: it is also a verb. `weak`: it is more often an adjective, an adverb
    or a verb.
    """

    kind: str
    verb: bool
    weak: bool


@cache
def nouns() -> dict[str, Noun]:
    """Returns the nouns and compounds of the lexicon, in lower case and the singular."""
    found: dict[str, Noun] = {}
    for word, noun in (entry for name in FILES for entry in _entries(name)):
        found[word] = noun
    return {word: noun for word, noun in found.items() if noun.kind != NONE}


def _entries(name: str) -> Iterator[tuple[str, Noun]]:
    """Yields the words of a file. Its lines are comments, headings of sections, or words of the last section."""
    noun = Noun(NONE, False, False)
    for line in (files("blindspot.taxonomy.reading") / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind, *flags = line.strip("[]").split()
            noun = Noun(kind, "verb" in flags, "weak" in flags)
        elif not line.startswith("#"):
            for word in line.split():
                yield word.replace("_", " "), noun
