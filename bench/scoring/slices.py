"""The slices: kinds of questions, each of which a candidate may be weak in."""

from collections.abc import Iterator
from dataclasses import dataclass

from blindspot.scenes.question import COMPARISONS, EXTREMA, FAMILIES, RELATIONS
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, SHAPES, SIZES

ANY = "any family"
_LOOKS = (*COLOURS, *SHAPES, *SIZES)
_YES_NO = ("yes", "no")
#: What can be said of a question of each family: answers, the word it turns on, what it may ask for, words said.
_ANSWERS = dict.fromkeys(("existence", "relation", "comparison", "same"), _YES_NO) | {**ATTRIBUTES}
_ANSWERS |= {"extremum": _LOOKS, "two_hop": _LOOKS, ANY: (*_YES_NO, *_LOOKS)}
WORDS = {"relation": (*RELATIONS,), "two_hop": (*RELATIONS,), "extremum": EXTREMA, "comparison": COMPARISONS}
WORDS |= {ANY: (*RELATIONS,)}
_ASKING = ("extremum", "same", "two_hop", ANY)
_SAID = dict.fromkeys(("existence", "counting"), range(1, 4)) | dict.fromkeys(ATTRIBUTES, range(1, 3))
_SAID |= {"relation": range(2, 7), "extremum": range(3), "comparison": range(2, 7), "same": range(2, 5)}
_SAID |= {"two_hop": range(2, 6), ANY: range(1, 7)}
_COUNTS = range(5)  # answers that are asked for often enough to be a slice each; more of them at once are as well
_AT_LEAST = range(2, 6)


@dataclass(frozen=True)
class Slice:
    """All questions of one `family`, or of ANY, that share one attribute, or what they turn on and a yes or no.

    `condition` says which, in the form of a gap. Slices overlap, and lie in one another.
    """

    name: str
    family: str
    condition: str


def all_slices() -> list[Slice]:
    """Every family, each by what it may be narrowed to; then what is common to several families."""
    found = []
    for family in (*FAMILIES, ANY):
        within = [] if family == ANY else [f"family == {family}"]
        found += [Slice(family, family, condition) for condition in within]
        for name, condition in _aspects(family):
            found.append(Slice(f"{family} × {name}", family, " and ".join([*within, condition])))
    return found


def _aspects(family: str) -> Iterator[tuple[str, str]]:
    """What may set a question apart from others of its family: a name, and the condition."""
    if family == "counting":
        yield from ((f"answer {number}", f"answer == {number}") for number in _COUNTS)
        yield from ((f"answer {number} or more", f"answer >= {number}") for number in _AT_LEAST)
    yield from ((f"answer {answer}", f"answer == {answer}") for answer in _ANSWERS.get(family, ()))
    yield from ((word.replace("_", " "), f"word == {word}") for word in WORDS.get(family, ()))
    for name, condition in _turning(family):
        yield from ((f"{name}, answer {answer}", f"{condition} and answer == {answer}") for answer in _YES_NO)
    if family in _ASKING:
        yield from ((f"{attribute} asked for", f"attribute == {attribute}") for attribute in ATTRIBUTES)
    for attribute, values in ATTRIBUTES.items():
        if attribute != family:
            yield from ((f"{value} said", f"{attribute} == {value}") for value in values)
    yield from ((f"{number} words said", f"said == {number}") for number in _SAID[family])


def _turning(family: str) -> Iterator[tuple[str, str]]:
    """The kinds of yes-or-no question that a family falls into."""
    if family in ("relation", "comparison"):
        yield from ((word.replace("_", " "), f"word == {word}") for word in WORDS[family])
    if family == "same":
        yield from ((f"{attribute} asked for", f"attribute == {attribute}") for attribute in ATTRIBUTES)
