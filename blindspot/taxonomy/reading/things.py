"""Finds the things that a question names: words of its noun phrases that the noun lexicon knows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.language import NOUN_PHRASE, Name, name, singulars
from blindspot.taxonomy.reading.nouns import WIDEST, Noun, nouns

Span = tuple[int, int]  # of characters in a normalised question

#: words that name no object: those that ask for an attribute ("what colour", "how big"), and the viewer ("the camera")
_NO_THINGS = re.compile(
    rf"\b(?:(?:what|which|the|same|different) (?:{lexicon.ATTRIBUTES})|how (?:{'|'.join(lexicon.DEGREES)})|"
    r"(?:at|to|towards?|facing|into|from) the (?:camera|viewer|lens))\b"
)
#: "phone number", "speed limit": the whole names no object
_OF_ABSTRACT = re.compile(
    r" (?:numbers?|names?|prices?|costs?|rates?|limits?|contents?|levels?|dates?|times?|codes?|values?|instructions?|"
    r"types?|kinds?|brands?|colours?|sizes?|shapes?|sales|production|consumption|income|population)\b"
)
#: words after which a noun stands: "the open", "two flies", "of cotton", "my can"
_LEADS = lexicon.LEADS | {*lexicon.NUMBERS}
#: "do the socks" match, "can you" see: a verb follows the subject
_SUBJECT_OF = re.compile(
    r"(?:^|.* )(?:do|does|did|can|could|will|would|should|don't|doesn't|didn't|won't) "
    r"(?:(?:the|this|that|these|those|an?|all|both|any|my|your|his|her|its|their|not|\w+'s) )*(?:[\w-]+ )?"
)
#: words after which "to" is no infinitive: "next to glass"
_BEFORE_TO = frozenset(("next", "close", "due", "tied", "opposite", "similar", "adjacent", "attached", "connected"))
_BEFORE_TO |= {"compared", "belong", "belongs"}
#: subjects of verbs: "you" cook, "before he" falls
_PRONOUNS = frozenset(("i", "you", "we", "they", "he", "she", "it"))
_POSSESSIVE = re.compile(r"'s$|'$")
_WORD = re.compile(r"[^ ]+")
#: adjectives that also name a material or an object: "the glass", "a paper"
_ALSO_NOUNS = frozenset(("glass", "paper", "stone", "brick"))


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int


def things_in(question: str) -> list[Name]:
    """Returns the names of the things in a normalised question, with repetitions."""
    return [thing for thing, _ in things(question)]


@lru_cache(maxsize=65536)
def things(question: str) -> tuple[tuple[Name, Span], ...]:
    """Returns the things that a normalised question names, with the span of each."""
    # The replacement has the same length, so that spans stay valid.
    blanked = _NO_THINGS.sub(lambda match: ",".center(len(match[0])), question)
    phrases = NOUN_PHRASE.finditer(blanked)
    if lexicon.SCENE_WORDS.issuperset(question.split()):
        return tuple((name(match["a"]), match.span("a")) for match in phrases)
    found: list[tuple[Name, Span]] = []
    for match in phrases:
        words = [
            _Word(word[0], match.start("a") + word.start(), match.start("a") + word.end())
            for word in _WORD.finditer(match["a"])
        ]
        found += _of_phrase(words, blanked)
    return tuple(found)


def named(words: str) -> Name:
    """Returns the first thing that the words of a noun phrase name, or all its words if the lexicon knows none.

    An owner ("the dog's ears") is named only if nothing else is.
    """
    found = [(thing, words[slice(*span)]) for thing, span in things(words) if thing.noun != "thing"]
    owned = [thing for thing, text in found if not _POSSESSIVE.search(text)]
    return next(iter([*owned, *(thing for thing, _ in found)]), name(words))


def _of_phrase(words: Sequence[_Word], question: str) -> Iterator[tuple[Name, Span]]:
    """Yields the things in a noun phrase."""
    adjectives: list[_Word] = []
    noun: list[_Word] = []
    place = 0
    while place < len(words):
        width, known = _noun_at(words, place, question, bool(noun), bool(adjectives))
        if known:
            noun = [*words[place : place + width]]
            place += width
            if not _POSSESSIVE.search(noun[-1].text):
                continue
        else:
            word = words[place]
            place += 1
            if word.text in lexicon.ADJECTIVES:
                adjectives.append(word)
                continue
        if noun:
            yield _named(adjectives, noun)
            adjectives, noun = [], []
    if noun or adjectives:
        yield _named(adjectives, noun)


def _named(adjectives: Sequence[_Word], noun: Sequence[_Word]) -> tuple[Name, Span]:
    """Returns the name and the span of a thing."""
    words = sorted([*adjectives, *noun], key=lambda word: word.start)
    described = name(" ".join(word.text for word in adjectives)) if adjectives else Name((), "thing")
    text = _POSSESSIVE.sub("", " ".join(word.text for word in noun))
    return Name(described.adjectives, _known(text) or "thing"), (words[0].start, words[-1].end)


@lru_cache(maxsize=65536)
def _known(text: str) -> str | None:
    """Returns the singular of a noun or compound that the lexicon knows."""
    return next((one for one in singulars(text) if one in nouns()), None) if text else None


def _noun_at(
    words: Sequence[_Word], place: int, question: str, after_noun: bool, described: bool
) -> tuple[int, Noun | None]:
    """Returns how many words from a place are a noun, and the entry of the noun, or None."""
    for width in range(min(WIDEST, len(words) - place), 1, -1):
        compound = _known(_POSSESSIVE.sub("", " ".join(word.text for word in words[place : place + width])))
        if compound:
            return width, nouns()[compound]
    word = words[place]
    text = _POSSESSIVE.sub("", word.text)
    one = _known(text)
    if one is None or (text in lexicon.ADJECTIVES and not _stands_for_noun(words, place, after_noun)):
        return 1, None
    noun, before = nouns()[one], question[: word.start].split()[-2:]
    if before and before[-1] in _PRONOUNS:
        return 1, None
    if noun.weak and (place + 1 < len(words) or not (described or _leads(before))):
        return 1, None
    if _OF_ABSTRACT.match(question, word.end):
        return 1, None
    if noun.verb and (_infinitive(before) or (after_noun and _is_verb(words, place, question))):
        return 1, None
    return 1, noun


def _stands_for_noun(words: Sequence[_Word], place: int, after_noun: bool) -> bool:
    """Returns whether an adjective that is also a noun is used as one: its phrase has no other noun."""
    rest = (word.text in lexicon.ADJECTIVES for word in words[place + 1 :])
    return words[place].text in _ALSO_NOUNS and not after_noun and all(rest)


def _leads(before: Sequence[str]) -> bool:
    """Returns whether a noun stands after these words."""
    return bool(before) and (
        before[-1] in _LEADS or before[-1].isdigit() or _POSSESSIVE.search(before[-1]) is not None
    )


def _infinitive(before: Sequence[str]) -> bool:
    """Returns whether a verb stands after these words: "adapted to"."""
    return before[-1:] == ["to"] and before[0] not in _BEFORE_TO


def _is_verb(words: Sequence[_Word], place: int, question: str) -> bool:
    """Returns whether a word that can be a noun or a verb follows its subject: "do these socks match"."""
    if singulars(words[place].text)[0] != words[place].text:
        return False
    subject = words[place - 1].text
    return singulars(subject)[0] != subject or _SUBJECT_OF.fullmatch(question[: words[place].start]) is not None
