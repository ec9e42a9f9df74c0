"""The slices: sets of question kinds in which a candidate may be weak."""

from collections.abc import Iterator
from dataclasses import dataclass

from blindspot.scenes.question import COMPARISONS, EXTREMA, FAMILIES, RELATIONS
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, SHAPES, SIZES

ANY = "any family"
_LOOKS = (*COLOURS, *SHAPES, *SIZES)
_YES_NO = ("yes", "no")
# By family: the possible answers, deciding words, attributes asked for, and numbers of words in descriptions.
_ANSWERS = dict.fromkeys(("existence", "relation", "comparison", "same"), _YES_NO) | {**ATTRIBUTES}
_ANSWERS |= {"extremum": _LOOKS, "two_hop": _LOOKS, ANY: (*_YES_NO, *_LOOKS)}
WORDS = {"relation": (*RELATIONS,), "two_hop": (*RELATIONS,), "extremum": EXTREMA, "comparison": COMPARISONS}
WORDS |= {ANY: (*RELATIONS,)}
_ASKING = ("extremum", "same", "two_hop", ANY)
_SAID = dict.fromkeys(("existence", "counting"), range(1, 4)) | dict.fromkeys(ATTRIBUTES, range(1, 3))
_SAID |= {"relation": range(2, 7), "extremum": range(3), "comparison": range(2, 7), "same": range(2, 5)}
_SAID |= {"two_hop": range(2, 6), ANY: range(1, 7)}
_COUNTS = range(5)  # counts that are frequent enough to be a slice each
_AT_LEAST = range(2, 6)  # slices of this count or more


@dataclass(frozen=True)
class Slice:
    """All questions of a `family`, or of ANY family, that share one attribute, or a deciding word and a yes or no.

    `condition`: which questions, written as a gap. Slices overlap, and some contain others.
    """

    name: str
    family: str
    condition: str


def all_slices() -> list[Slice]:
    """Returns each family, its slices by one attribute, and then the slices that several families share."""
    found = []
    for family in (*FAMILIES, ANY):
        within = [] if family == ANY else [f"family == {family}"]
        found += [Slice(family, family, condition) for condition in within]
        for name, condition in _aspects(family):
            found.append(Slice(f"{family} × {name}", family, " and ".join([*within, condition])))
    return found


def _aspects(family: str) -> Iterator[tuple[str, str]]:
    """Yields the attributes by which questions of a family differ: the name and the condition of each."""
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
    """Yields the kinds of yes-or-no questions of a family."""
    if family in ("relation", "comparison"):
        yield from ((word.replace("_", " "), f"word == {word}") for word in WORDS[family])
    if family == "same":
        yield from ((f"{attribute} asked for", f"attribute == {attribute}") for attribute in ATTRIBUTES)
