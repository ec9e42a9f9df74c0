"""Reads a free-text answer for what it means: "3", "three" and "There are three." are the same."""

import re

from blindspot.scenes.parse import COLOUR_WORDS, SHAPE_WORDS, SIZE_WORDS, THING_WORDS

OTHER = "other"
MAX_LENGTH = 1000  # characters: whoever needs more has not plainly answered
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS)} | {"none": "0", "nothing": "0"}
YES_WORDS = {"yes", "yeah", "yep"}
NO_WORDS = {"no", "nope", "none", "nothing", "neither", "false", "incorrect"}
_AGREEING = {"true", "correct", "indeed"}  # yes unless negated; "right" is no such word here, but a direction
_FOREIGN = {  # of the kind, but nothing that a scene has: a wrong answer
    "colour": "black white grey gray brown pink cyan teal magenta turquoise gold silver beige",
    "shape": "rectangle oval ellipse diamond pentagon hexagon octagon heart cross arrow line cube sphere",
    "size": "medium",
}
_VALUES = {
    kind: known | dict.fromkeys(_FOREIGN[kind].split(), OTHER)
    for kind, known in (("colour", COLOUR_WORDS), ("shape", SHAPE_WORDS), ("size", SIZE_WORDS))
}
_KNOWN = YES_WORDS | NO_WORDS | _AGREEING | {*NUMBER_WORDS} | {word for values in _VALUES.values() for word in values}
_FILLERS = re.compile(r"an?|the|it(?:'?s)?|is|are|there|they|that|i|see|of|them|colou?r|shape|size|answer")

_WORD = re.compile(r"(?<!\w)-?\d+(?:,\d{3})*(?:\.\d+)?(?!\w)|[^\W\d_]+(?:'[^\W\d_]+)?")
_UNSURE = re.compile(
    r"\b(?:(?:do not|don't|dont) know|not (?:sure|clear|certain|possible)|uns?ure|no (?:idea|answer)|unclear|unknown"
    r"|impossible|maybe|perhaps|hard to|(?:can't|cant|cannot|can not|unable to) (?:tell|say|determine|answer|help)"
    r"|(?:can't|cant|cannot|can not|unable to) (?:see|view) (?:it|(?:the|this|an|any) (?:image|picture)))\b"
)
_NOT = re.compile(r"\b(?:not|never|cannot|(?:is|are|do|does|ca|has|have)n'?t)\b")
_THERE = r"there(?:'s| is| are)"
_AFFIRMED = re.compile(
    rf"{_THERE} (?!(?:no|none|nothing|not|more|fewer|less|as|the same|an equal)\b)"
    r"|(?:it|they|there|i) (?:is|are|do|does)$|(?:it|they|both)\b.*\bsame\b(?! number)"
)
_DIFFERENT = re.compile(r"(?:it|they|both)\b.*\bdifferent\b(?! number)")
_NO_SUCH = re.compile(r"\bno [a-z]")  # "no stars" is a number, "No, three" is not
_NOT_ANY = re.compile(r"\b(?:any|a single)\b")
_ONE = re.compile(r"\b(?:there(?:'s| is) (?:just |only )?an?|a single) ([a-z]+)")
_BOUND = re.compile(r"\b(?:more|fewer|less|greater) than\b|\bat (?:least|most)\b|\bup to\b")


def understand(text: str, kind: str) -> str | None:
    """What the text answers to a question that wants `kind` ("yes_no", "number", "colour", "shape", "size").

    Returns the answer in its plain form ("yes", "3", "red" …), "other" where the text plainly answers with something
    that can't be right ("pink"; "red" to "how many …?"), and None where it can't be understood: empty, unknown words,
    unsure, or two answers at once ("red or blue"). Any text is allowed.
    """
    if len(text) > MAX_LENGTH:
        return None
    text = " ".join(text.lower().replace("’", "'").replace("−", "-").split())
    words = _WORD.findall(text)
    said = " ".join(words)
    if _UNSURE.search(said):
        return None
    if kind == "yes_no":
        found = _yes_no(words, said)
    elif kind == "number":
        found = _number(words, text)
    else:
        found = {_VALUES[kind][word] for word in words if word in _VALUES[kind]}
    if found:
        negated = kind in _VALUES and _NOT.search(said)  # "not red" leaves five colours
        return found.pop() if len(found) == 1 and not negated else None
    content = [word for word in words if not _FILLERS.fullmatch(word)]
    plain = all(word in _KNOWN or word[-1].isdecimal() for word in content)
    # "The star is red" may well be meant as a yes, "red" is not
    return OTHER if content and plain and (kind != "yes_no" or len(content) == 1) else None


def _yes_no(words: list[str], said: str) -> set[str]:
    found = set()
    if not NO_WORDS.isdisjoint(words) or _NOT.search(said) or _DIFFERENT.match(said):
        found.add("no")
    if not YES_WORDS.isdisjoint(words) or (_AFFIRMED.match(said) and not _NOT.search(said)):
        found.add("yes")
    return found or ({"yes"} if not _AGREEING.isdisjoint(words) else set())


def _number(words: list[str], text: str) -> set[str]:
    if _BOUND.search(text):
        return set()
    found = {NUMBER_WORDS[word] for word in words if word in NUMBER_WORDS}
    found |= {f"{float(word.replace(',', '')):g}" for word in words if word[-1].isdecimal()}
    negated = _NOT.search(text)
    if _NO_SUCH.search(text) or (negated and _NOT_ANY.search(text)):
        return found | {"0"}
    if negated and found:
        return found | {"not"}
    one = _ONE.search(text)
    return {"1"} if one and not found and one[1] in _KNOWN.union(THING_WORDS) else found
