"""An independent implementation of the scenes oracle: it shares no code with blindspot.

It generates every sentence of the grammar with its meaning and looks the question up, where the oracle parses. It
derives facts from the nine cells of the grid, where the oracle filters a list of things.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

SIZES = ["small", "large"]
COLOURS = ["red", "green", "blue", "yellow", "purple", "orange"]
SHAPES = ["circle", "square", "triangle", "star"]
VALUES = {"size": SIZES, "colour": COLOURS, "shape": SHAPES}
TOWARDS = {"left of": (0, -1), "right of": (0, 1), "above": (-1, 0), "below": (1, 0)}
EXTREMES = {"leftmost": (0, -1), "rightmost": (0, 1), "topmost": (-1, 0), "bottommost": (1, 0)}

Cell = tuple[int, int]
Grid = dict[Cell, set[str]]
Words = frozenset[str]


@dataclass(frozen=True)
class Meaning:
    """What a sentence asks: a verb and its arguments. Descriptions are sets of words."""

    verb: str
    first: Words
    second: Words = frozenset()
    word: str = ""
    attribute: str = ""


@dataclass(frozen=True)
class Opinion:
    """The brute-force ruling: `answer` if the question is valid, else `reason`."""

    answer: str = ""
    reason: str = ""


class Invalid(Exception):
    """Raised with the reason why a question is invalid."""


def opinion(scene_json: str, question: str) -> Opinion:
    """Returns the validity and the answer of an English question about the scene."""
    meaning = every_sentence().get(" ".join(question.lower().split()))
    if meaning is None:
        return Opinion(reason="unparsed")
    grid = {(thing["row"], thing["column"]): {thing[name] for name in VALUES} for thing in json.loads(scene_json)}
    try:
        return Opinion(answer=_answer(meaning, grid))
    except Invalid as invalid:
        return Opinion(reason=str(invalid))


def _answer(meaning: Meaning, grid: Grid) -> str:
    here = _cells(meaning.first, grid)
    if meaning.verb == "exists":
        return "yes" if here else "no"
    if meaning.verb == "count":
        return str(len(here))
    if meaning.verb == "compare":
        return _compare(meaning, here, _cells(meaning.second, grid))
    if meaning.verb == "hop":
        landmark = _only(_cells(meaning.second, grid))
        return _value(meaning, _only({cell for cell in here if _lies(cell, meaning.word, landmark)}), grid)
    if meaning.verb == "extreme":
        return _value(meaning, _only(_frontier(here, EXTREMES[meaning.word])), grid)
    one = _only(here)
    if meaning.verb == "tell":
        return _value(meaning, one, grid)
    two = _only(_cells(meaning.second, grid))
    if one == two:
        raise Invalid("same_referent")
    if meaning.verb == "lies":
        return "yes" if _lies(one, meaning.word, two) else "no"
    return "yes" if _value(meaning, one, grid) == _value(meaning, two, grid) else "no"


def _cells(words: Words, grid: Grid) -> set[Cell]:
    everywhere = product(range(3), range(3))
    return {place for place in everywhere if place in grid and words <= grid[place]}


def _only(cells: set[Cell]) -> Cell:
    if len(cells) == 1:
        return min(cells)
    raise Invalid("ambiguous_referent" if cells else "no_referent")


def _lies(cell: Cell, direction: str, landmark: Cell) -> bool:
    """Returns whether steps from the landmark in the direction reach the row or column of the cell before the edge."""
    down, right = TOWARDS[direction]
    row, column = landmark
    while 0 <= (row := row + down) < 3 and 0 <= (column := column + right) < 3:
        if (down and row == cell[0]) or (right and column == cell[1]):
            return True
    return False


def _frontier(cells: set[Cell], direction: Cell) -> set[Cell]:
    """Returns the cells in the first non-empty row or column from the edge in that direction."""
    down, right = direction
    for step in range(3):
        line = 2 - step if down + right > 0 else step
        touched = {cell for cell in cells if cell[0 if down else 1] == line}
        if touched:
            return touched
    return set()


def _value(meaning: Meaning, cell: Cell, grid: Grid) -> str:
    (value,) = grid[cell] & set(VALUES[meaning.attribute])
    return value


def _compare(meaning: Meaning, here: set[Cell], there: set[Cell]) -> str:
    if meaning.first == meaning.second:
        raise Invalid("same_referent")
    left, right = sorted(here), sorted(there)
    while left and right:
        left.pop()
        right.pop()
    truth = {"more": bool(left), "fewer": bool(right), "equal": not left and not right}
    return "yes" if truth[meaning.word] else "no"


@cache
def every_sentence() -> dict[str, Meaning]:
    """Returns each sentence of the grammar with its meaning. Raises ValueError if a sentence has two meanings."""
    found: dict[str, Meaning] = {}
    for sentence, meaning in _sentences():
        if found.setdefault(sentence, meaning) != meaning:
            raise ValueError(f"{sentence!r} has two meanings")
    return found


def _sentences() -> Iterator[tuple[str, Meaning]]:
    names = [_name(*parts) for parts in product(["", *SIZES], ["", *COLOURS], ["", *SHAPES])]
    for one, many, a in names:
        yield f"is there a {one} ?", Meaning("exists", a)
        yield f"are there any {many} in the image ?", Meaning("exists", a)
        yield f"how many {many} are there ?", Meaning("count", a)
        yield f"how many {many} do you see ?", Meaning("count", a)
        for asked in VALUES:
            yield f"what {asked} is the {one} ?", Meaning("tell", a, attribute=asked)
            yield f"what is the {asked} of the {one} ?", Meaning("tell", a, attribute=asked)
            for most in EXTREMES:
                meaning = Meaning("extreme", a, word=most, attribute=asked)
                yield f"what {asked} is the {most} {one} ?", meaning
                yield f"what is the {asked} of the {most} {one} ?", meaning
    for (one, many, a), (two, twos, b) in product(names, names):
        yield f"are there more {many} than {twos} ?", Meaning("compare", a, b, "more")
        yield f"are there fewer {many} than {twos} ?", Meaning("compare", a, b, "fewer")
        yield f"are there as many {many} as {twos} ?", Meaning("compare", a, b, "equal")
        for way in TOWARDS:
            yield f"is the {one} {way} the {two} ?", Meaning("lies", a, b, way)
        for asked in VALUES:
            alike = Meaning("alike", a, b, attribute=asked)
            yield f"are the {one} and the {two} the same {asked} ?", alike
            yield f"does the {one} have the same {asked} as the {two} ?", alike
            for way in TOWARDS:
                yield f"what {asked} is the {one} {way} the {two} ?", Meaning("hop", a, b, way, asked)


def _name(size: str, colour: str, shape: str) -> tuple[str, str, Words]:
    one = " ".join(filter(None, [size, colour, shape or "thing"]))
    return one, one + "s", frozenset(filter(None, [size, colour, shape]))
