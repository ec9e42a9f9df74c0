"""Parses free English text as a question of the scenes grammar.

The parser works in two steps. It replaces every noun phrase by a capital letter ("the small red star" → N). Then it
matches the remaining sentence with the sentence patterns of each family. It never skips an unknown word, as the word
may change the meaning ("directly above", "only", "non-red"): such a text is not a question of the grammar.
"""

import re
from functools import lru_cache

from blindspot.scenes.marks import LABEL
from blindspot.scenes.question import DEPTHS, Description, Question
from blindspot.scenes.scene import COLOURS, SHAPES

MAX_LENGTH = 500  # characters; the time to find noun phrases grows with the square of the length

SIZE_WORDS = {"small": "small", "little": "small", "tiny": "small", "large": "large", "big": "large", "huge": "large"}
COLOUR_WORDS = {colour: colour for colour in COLOURS} | {"violet": "purple"}
_NOUNS = {word: shape for shape in SHAPES for word in (shape, f"{shape}s")} | {"disc": "circle", "discs": "circle"}
SHAPE_WORDS = _NOUNS | {"round": "circle", "circular": "circle", "triangular": "triangle"}
THING_WORDS = ("thing", "things", "object", "objects", "item", "items", "figure", "figures", "shape", "shapes", "one")
FIGURE_WORDS = ("figure", "figures", "shape", "shapes")  # of marks: no label is a figure
_LABELS = (LABEL, f"{LABEL}s")
EXTREMUM_WORDS = {
    "leftmost": "leftmost",
    "left most": "leftmost",
    "rightmost": "rightmost",
    "right most": "rightmost",
    "topmost": "topmost",
    "top most": "topmost",
    "uppermost": "topmost",
    "highest": "topmost",
    "bottommost": "bottommost",
    "bottom most": "bottommost",
    "lowermost": "bottommost",
    "lowest": "bottommost",
}

_ADJECTIVE = rf"(?:{'|'.join([*SIZE_WORDS, *COLOUR_WORDS, *SHAPE_WORDS])})(?: shaped)?"
NOUN_PHRASE = re.compile(
    rf"(?<![\w'])(?:(?:a|an|the|any|some) )?(?:(?P<extremum>{'|'.join(EXTREMUM_WORDS)}) )?"
    rf"(?P<adjectives>(?:(?:{_ADJECTIVE}|drawn) )*)(?P<noun>{'|'.join([*_NOUNS, *THING_WORDS, *_LABELS])})"
    rf"(?: (?:(?:that|which) (?:is|are)|are) (?P<predicate>{_ADJECTIVE}))?(?!\w)"
)
#: Finds "shape" as an attribute ("what shape is …"); elsewhere it is a noun ("the red shape").
_ATTRIBUTE_WORD = re.compile(
    r"(\b(?:what|which|same|equal|equal in) |'s |\bthe (?=(?:colour|shape|size) of ))(colour|shape|size)\b"
)

_IMAGE = r"(?:the|this) (?:image|picture|scene|photo)"
_SEE = rf"(?:(?:is|are) there|(?:do|can) you see|does {_IMAGE} (?:contain|have|show))"
_ATTRIBUTE = r"(?P<attribute>COLOUR|SHAPE|SIZE)"
_RELATION = (
    r"(?:(?:located|positioned|placed|situated) )?"
    r"(?P<word>(?:(?:to|on|at) the )?(?:left|right)(?: hand)?(?: side)? of"
    r"|above|below|under|underneath|beneath|over|higher than|lower than|in front of|behind)"
)
_SAME = rf"(?:(?:of|have|has|share) )?(?:the same|equal|equal in) {_ATTRIBUTE}"

#: By family, what a question about an attribute refers to. It takes the place of X in the patterns _ASKS.
_ASKED_OF = {"attribute": "N", "extremum": "E", "two_hop": rf"N (?:(?:that|which) is )?{_RELATION} N"}
_ASKS = (
    rf"(?:what|which) {_ATTRIBUTE} (?:is|does) X(?: have)?",
    rf"(?:what|which) {_ATTRIBUTE} X (?:is|has)",
    rf"(?:what is )?the {_ATTRIBUTE} of X",
    rf"what is X's {_ATTRIBUTE}",
    r"(?P<size>how) (?:big|large|small) is X",
    r"is X (?P<size>(?:small|little) or (?:large|big)|(?:large|big) or (?:small|little))",
    r"what does X (?P<text>say|read)",
    r"what is (?P<text>written|printed) on X",
    r"what (?P<text>text|word|code) is (?:written )?on X",
    r"what is the (?P<text>text|word|code) (?:of|on) X",
)
_COUNTED = r"(?: are| is| exist)?(?: visible| present| shown| there)?(?: (?:do|can) you (?:see|count|find))?"
_GREATER = r"(?P<word>greater than|larger than|less than|smaller than|equal to|the same as)"
#: (family, sentence pattern): N is a noun phrase, E a noun phrase with an extremum ("the leftmost thing").
SENTENCES = tuple(
    (family, re.compile(pattern))
    for family, pattern in (
        ("existence", rf"{_SEE}(?: at least one)? N(?: visible| present| shown)?"),
        ("existence", r"(?:is|are) N (?:visible|present|shown)"),
        ("counting", rf"how many(?: of)? N{_COUNTED}"),
        ("counting", rf"how many N (?:there are|does {_IMAGE} (?:contain|have|show))"),
        ("counting", r"(?:what is )?(?:the )?(?:total )?number of N(?: there)?|count N"),
        *((family, ask.replace("X", named)) for family, named in _ASKED_OF.items() for ask in _ASKS),
        ("relation", rf"(?:is N|does N (?:lie|sit|appear)) {_RELATION} N"),
        ("comparison", rf"{_SEE} (?P<word>more|fewer|less) N than(?: there are)? N"),
        ("comparison", rf"{_SEE} (?:exactly )?(?P<word>as many) N as(?: there are)? N"),
        ("comparison", rf"{_SEE} (?P<word>the same number|an equal number|equal numbers) of N (?:and|as) N"),
        ("comparison", rf"is the number of N {_GREATER} (?:that|the number) of N"),
        ("same", rf"(?:are|do)(?: both)? N and N {_SAME}"),
        ("same", rf"(?:is|does|do) N {_SAME} as(?: that of)? N"),
        ("same", rf"is the {_ATTRIBUTE} of N (?:the same as|equal to) (?:that|the (?P=attribute)) of N"),
    )
)
_OPENING = re.compile(r"^(?:and |please |(?:(?:can|could) you )?tell me )+| please$")
_PLACE = re.compile(rf"(?:^| )in {_IMAGE}(?= |$)| (?:on|of|within) {_IMAGE}$| here$")
_WORD = {
    "left": "left_of",
    "right": "right_of",
    "above": "above",
    "over": "above",
    "higher": "above",
    "below": "below",
    "under": "below",
    "underneath": "below",
    "beneath": "below",
    "lower": "below",
    "front": "in_front_of",
    "behind": "behind",
    "more": "more",
    "greater": "more",
    "larger": "more",
    "fewer": "fewer",
    "less": "fewer",
    "smaller": "fewer",
    "many": "equal",
    "same": "equal",
    "equal": "equal",
}


def parse(text: str) -> Question | None:
    """Returns the question that the text asks, or None if it is not in the grammar. Accepts any text."""
    return _parse(text) if len(text) <= MAX_LENGTH else None


@lru_cache(maxsize=65536)
def _parse(text: str) -> Question | None:
    phrases: list[tuple[str | None, Description]] = []
    nouns: list[tuple[bool, str]] = []  # of each phrase, whether it says "drawn", and its noun
    broken = False

    def token(match: re.Match[str]) -> str:
        nonlocal broken
        if match[0] == "one":  # a number, not a noun: "more stars than one"
            return "one"
        description = _describe(f"{match['adjectives']} {match['noun']} {match['predicate'] or ''}")
        broken |= description is None
        nouns.append(("drawn" in match["adjectives"].split(), match["noun"]))
        phrases.append((EXTREMUM_WORDS.get(match["extremum"] or ""), description or Description()))
        return "E" if match["extremum"] else "N"

    sentence = NOUN_PHRASE.sub(token, _ATTRIBUTE_WORD.sub(lambda match: match[1] + match[2].upper(), normalise(text)))
    drawn = any(says for says, _ in nouns)
    if broken or not all(_fits(drawn, *noun) for noun in nouns):
        return None
    for family, pattern in SENTENCES:
        if match := pattern.fullmatch(sentence):
            question = _question(family, match.groupdict(), phrases, drawn)
            return question if drawn or not (question.attribute == "text" or question.word in DEPTHS) else None
    return None


def _fits(drawn: bool, says: bool, noun: str) -> bool:
    """Returns whether a noun phrase fits a question about marks (`drawn`), or one about a scene.

    `says`: whether it says "drawn". "A drawn thing" may be a figure or a label, so it does not fit.
    """
    return says and (noun in FIGURE_WORDS or noun not in THING_WORDS) if drawn else noun not in _LABELS


def normalise(text: str) -> str:
    """Returns the text in lower case, with one spelling, and without punctuation and polite phrases."""
    text = re.sub(r"^[\W_]+|[\W_]+$", "", text.lower().replace("’", "'").replace("color", "colour"))
    text = " ".join(re.sub(r"[,*\"“”`]|(?<=\w)-(?=\w)", " ", text).split())
    text = _OPENING.sub("", re.sub(r"\b(what|that)'s\b", r"\1 is", text))
    text = re.sub(r"\b(?:type|kind) of shape\b", "shape", text)
    text = re.sub(rf"\b(?:any|some)thing (?:that is )?((?:{_ADJECTIVE} )*{_ADJECTIVE})\b", r"any \1 thing", text)
    return _PLACE.sub("", text).strip()


def _describe(words: str) -> Description | None:
    """Returns the description, or None if it gives an attribute twice ("the red blue star", "the star star")."""
    found: dict[str, str] = {"shape": LABEL} if {*words.split()} & {*_LABELS} else {}
    for word in words.split():
        for attribute, known in (("size", SIZE_WORDS), ("colour", COLOUR_WORDS), ("shape", SHAPE_WORDS)):
            if word in known and attribute in found:
                return None
            if word in known:
                found[attribute] = known[word]
    return Description(**found)


def _question(
    family: str, groups: dict[str, str | None], phrases: list[tuple[str | None, Description]], drawn: bool
) -> Question:
    named = next((name for name in ("size", "text") if groups.get(name)), None)
    attribute = named or (groups.get("attribute") or "").lower() or None
    said = (groups.get("word") or "").split()
    word = phrases[0][0] or next((_WORD[word] for word in said if word in _WORD), None)
    if family == "relation" and word in DEPTHS:
        family = "occlusion"
    return Question(
        family=str(attribute) if family == "attribute" else family,
        subject=phrases[0][1],
        attribute=attribute,
        word=word,
        other=phrases[1][1] if len(phrases) > 1 else None,
        drawn=drawn,
    )
