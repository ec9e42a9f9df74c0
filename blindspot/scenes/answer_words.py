"""The vocabulary of answers about scenes, and the clean form of an answer that the readers expect."""

import re

from blindspot.scenes.parse import COLOUR_WORDS, EXTREMUM_WORDS, SHAPE_WORDS, SIZE_WORDS, THING_WORDS
from blindspot.scenes.question import Description

OTHER = "other"  # a clear answer that cannot be correct
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS)} | {"none": "0", "nothing": "0"}
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SPELLED = (
    NUMBER_WORDS
    | {word: str(number) for number, word in enumerate(_TEENS, 13)}
    | {word: str(number * 10) for number, word in enumerate(_TENS, 2)}
)
_FOREIGN = {  # values that no scene contains
    "colour": "black white grey gray brown pink cyan teal magenta turquoise gold silver beige",
    "shape": "rectangle oval ellipse diamond pentagon hexagon octagon heart cross arrow line cube sphere",
    "size": "medium",
}
_SYNONYMS = {
    "colour": {"crimson": "red", "scarlet": "red"},
    "shape": {"pentagram": "star", "disk": "circle", "disks": "circle"},
    "size": {"smallish": "small", "enormous": "large"},
}
#: The value of each word, by attribute; OTHER if no scene contains the value.
VALUES: dict[str, dict[str, str]] = {
    kind: known | _SYNONYMS[kind] | dict.fromkeys(_FOREIGN[kind].split(), OTHER)
    for kind, known in (("colour", COLOUR_WORDS), ("shape", SHAPE_WORDS), ("size", SIZE_WORDS))
}
ATTRIBUTE_VALUES = {word for values in VALUES.values() for word in values}

#: Words that do not change the meaning of a number or a value.
_FILLERS = """
    a an the this that these those there it its they them i we you my here which
    is are am was were be been being has have had do does can would say think believe see seen
    count counted counts find found contain contains shows show shown visible present depicted drawn
    displayed appear appears look looks seem seems observe identify spot notice
    image picture scene photo photograph drawing answer number total amount quantity result
    colour colours size sizes in of on so therefore thus hence well ok okay sure final correct ones
    exactly precisely just only clearly definitely certainly simply overall altogether
    about approximately around roughly to such
"""
#: Further words that do not change the meaning of a colour, a shape or a size.
_MODIFIERS = """
    dark light bright deep vivid pale solid pure plain filled coloured painted hue tone shade
    shaped sized geometric pointed regular perfect equilateral very quite rather relatively fairly extremely really
    type kind form and question given called course probably likely most
"""
#: After one of these words, an answer is about another thing than the one in question.
_BOUNDARIES = """
    left right above below under underneath beneath over next near beside than as same with of on at in
    inside behind within from for by to located positioned placed situated compared corner top bottom
    middle centre center side
"""
FILLERS = {*THING_WORDS, *_FILLERS.split()}
MODIFIERS = {*_MODIFIERS.split()}
BOUNDARIES = {*EXTREMUM_WORDS, *_BOUNDARIES.split()}

_WORD = re.compile(r"(?<!\w)-?\d+(?:,\d{3})*(?:\.\d+)?(?!\w)|[^\W\d_]+(?:'[^\W\d_]+)?")
NEGATION = re.compile(r"\b(?:no|not|never|none|nothing|neither|nor|without)\b")
UNSURE = re.compile(
    r"\b(?:(?:do not|dont) know|not (?:sure|clear|certain|possible|enough)|uns?ure|unclear|unknown|impossible"
    r"|no (?:\w+ )?(?:idea|answer)|no (?:image|picture|photo)|none of (?:the|these) (?:above|options|choices)"
    r"|maybe|perhaps|possibly|depends|ambiguous|hard to|(?:could|might|may) (?:be|also|have)|n/a|no,? wait"
    r"|(?:can not|unable to) (?:be|tell|say|determine|answer|help)|not (?:false|wrong|incorrect|untrue|different)"
    r"|(?:(?:can|do|could) not|unable to) (?:see|view) (?:it|(?:the|this|an|any|your) (?:image|picture|photo)))\b"
)
_SPELLINGS = tuple(
    (re.compile(pattern), spelling)
    for pattern, spelling in (
        (r"[\U0001f600-\U0001f642\ufe0f\u20e3\u200b-\u200f\ufeff]", ""),  # emoji faces and invisible characters
        (r"[’‘ʼ]", "'"),
        (r"[“”«»\"*`_#$\[\]{}]|\\[()\[\]]", " "),
        (r"</?[a-z]+>", " "),
        (r"−", "-"),
        (r"[–—]", " - "),
        (r"&", " and "),
        (r"(?<!~)[~≈](?!~)", " about "),
        (r"(?<=[^\s.,;:!?])[^\S\n]*\n", ". "),
        (r"(?<!\w)'|'(?!\w)", " "),
        (r"\s+", " "),
        (r"\bcolor", "colour"),
        (r"\bcan(?:not|'?t)\b", "can not"),
        (r"\b(is|are|do|does|was|were|has|have|did|would|could|should)n'?t\b", r"\1 not"),
        (r"\b(it|that|there|what)'?s\b|\b([a-z]+)'s\b", r"\1\2 is"),
        (r"'m\b", " am"),
        (r"'re\b", " are"),
        (r"'d\b", " would"),
        (r"'ve\b", " have"),
        # Idioms with "no" or "not" that are not negations, and negations without one.
        (
            r"\b(?:there is |i have )?(?:no|without an?y?) (?:shadow of a )?(?:doubt|question|problem|worries)\b"
            r"(?: about (?:it|that)\b)?",
            " ",
        ),
        (r"\bnot only\b", " "),
        (r"\bno\. ?(?=\d)", "number "),
        (r"\b(?:of course|certainly|absolutely|definitely) not\b", "no"),
        (r"\bnot (?:correct|true|right|accurate)\b", "false"),
        (r"\bin all\b", "altogether"),
        (r"\b(?:option|choice) (?=[a-h]\b)|^ ?\(?[a-h][).:] ?(?=\S)", ""),
        (r"\s+", " "),
    )
)
_LATEX = re.compile(r"\\(?:text|textbf|mathrm|mathbf|boxed)\s*\{([^{}]*)\}")
_LEADING = re.compile(r"^(?:[\s,;:!?]|[.-](?!\d))+")


def clean(text: str) -> str:
    """Returns the text in lower case and one spelling, without markup, option letters and leading punctuation."""
    text = text.lower()
    for _ in range(2):  # \boxed{\text{red}}
        text = _LATEX.sub(r"\1", text)
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    return _LEADING.sub("", text.strip()).strip()


def words_of(text: str) -> list[str]:
    """Returns the words and numbers of a clean text, in order."""
    return _WORD.findall(text)


def number_of(word: str) -> str | None:
    """Returns the number that a word or digits stand for, in its plain form ("3", "3.5"); None for other words."""
    if word in SPELLED:
        return SPELLED[word]
    return f"{float(word.replace(',', '')) + 0.0:g}" if word[-1].isdecimal() else None


def values_in(text: str, attribute: str) -> set[str]:
    """Returns the values of the attribute in the text."""
    return {VALUES[attribute][word] for word in words_of(text) if word in VALUES[attribute]}


def conflicts(text: str, description: Description, exactly: bool) -> bool:
    """Returns whether the text has a value that conflicts with the description.

    `exactly`: any value that the description does not have conflicts. Otherwise only a different value of an attribute
    that the description mentions conflicts.
    """
    for attribute in VALUES:
        own = getattr(description, attribute)
        if (exactly or own) and values_in(text, attribute) - {own}:
            return True
    return False


def mentions_all(text: str, description: Description) -> bool:
    """Returns whether the text has every value of the description."""
    return all(getattr(description, name) in {None, *values_in(text, name)} for name in VALUES)
