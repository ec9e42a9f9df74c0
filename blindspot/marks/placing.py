"""Draws the marks of a photograph at random: what they are, and where they are legible."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL.Image import Image as Picture

from blindspot.errors import UnreadableImage
from blindspot.marks.drawing import Look, extent, look_of, stamp, visible
from blindspot.marks.legibility import Ground
from blindspot.scenes.marks import LABEL, TEXTS, Mark, MarkScene
from blindspot.scenes.scene import COLOURS, SHAPES, SIZES

FIGURES, LABELS = (3, 6), (2, 3)  # fewest and most in a picture
TWO_PILES = 0.3  # share of the pictures with five or more figures in which two pairs of figures overlap
COVERED = (0.12, 0.28)  # least and greatest share of a figure that another one covers
SMALLEST_UNIT = 12  # px
SHORTEST_SIDE = 20 * SMALLEST_UNIT  # px: a smaller photograph has no room for marks
APART = 2  # units: positions that differ by less have no clear order
GAP = 0.5  # between two marks that do not overlap, and between a mark and the edge of the picture, in units
LAYOUTS, TRIES = 12, 120  # sets of marks that are tried for a photograph, and places that are tried for each


@dataclass(frozen=True)
class _Part:
    """A mark of a group, and the place of its centre relative to that of the group, in px."""

    look: Look
    right: int = 0
    down: int = 0


def place_marks(photograph: Picture, size: float, rng: random.Random) -> tuple[MarkScene, int]:
    """Returns the marks for a photograph, and the radius of a small figure in px.

    `size`: this radius as a share of the shorter side of the photograph; it is at least SMALLEST_UNIT. Raises
    UnreadableImage if the photograph is too small, or if no set of marks that was tried has legible places.
    """
    shorter = min(photograph.size)
    if shorter < SHORTEST_SIDE:
        raise UnreadableImage(f"is too small for marks (its shorter side has {shorter} px of {SHORTEST_SIDE} needed)")
    unit = max(round(size * shorter), SMALLEST_UNIT)
    ground = Ground(photograph, unit)
    for _ in range(LAYOUTS):
        placed = _place(_draw_groups(rng, unit), ground, unit, rng)
        if placed is not None:
            return MarkScene(tuple(_in_layers(placed)), *photograph.size), unit
    raise UnreadableImage(
        f"is too busy for marks (none of {LAYOUTS} random sets of marks fits where the thresholds of docs/marks.md "
        "are met)"
    )


def _draw_groups(rng: random.Random, unit: int) -> list[list[_Part]]:
    """Returns labels, figures, and pairs of figures that overlap, the largest first."""
    sizes = _both_sizes(rng.randint(*FIGURES), rng)
    figures = [Look(one, rng.choice(COLOURS), rng.choice(SHAPES), None, unit) for one in sizes]
    piles = 2 if len(figures) >= 5 and rng.random() < TWO_PILES else 1
    pairs = [_pile(figures.pop(), figures.pop(), rng) for _ in range(piles)]
    sizes = _both_sizes(rng.randint(*LABELS), rng)
    texts = rng.sample(TEXTS, len(sizes))
    labels = [Look(one, rng.choice(COLOURS), LABEL, text, unit) for one, text in zip(sizes, texts, strict=True)]
    single = [[_Part(look)] for look in (*labels, *figures)]
    return sorted([*pairs, *single], key=lambda group: -sum(extent(part.look)[0] for part in group))


def _both_sizes(count: int, rng: random.Random) -> list[str]:
    """Returns random sizes with both of them, so that small and large can be told apart in every picture."""
    sizes = [*SIZES, *(rng.choice(SIZES) for _ in range(count - len(SIZES)))]
    rng.shuffle(sizes)
    return sizes


def _pile(back: Look, front: Look, rng: random.Random) -> list[_Part]:
    """Returns a pair of figures, the second in front of the first, of which it covers a share within COVERED."""
    reach = (extent(back)[0] + extent(front)[0]) // 2
    while True:
        right, down = rng.randint(-reach, reach), rng.randint(-reach, reach)
        if COVERED[0] <= _covered(back, front, right, down) <= COVERED[1]:
            return [_Part(back, -(right // 2), -(down // 2)), _Part(front, right - right // 2, down - down // 2)]


def covered(back: Mark, front: Mark, unit: int) -> float:
    """Returns the share of a figure that another one in front of it covers. `unit`: as `place_marks` returns it."""
    looks = look_of(back, unit), look_of(front, unit)
    return _covered(*looks, front.column - back.column, front.row - back.row)


def _covered(back: Look, front: Look, right: int, down: int) -> float:
    """Returns the share of the figure at the back that the other one covers with its outline."""
    fill, over = visible(back), np.asarray(stamp(front))[..., 3] / 255
    top, left = (fill.shape[0] - over.shape[0]) // 2 + down, (fill.shape[1] - over.shape[1]) // 2 + right
    rows = slice(max(0, top), max(0, min(fill.shape[0], top + over.shape[0])))
    columns = slice(max(0, left), max(0, min(fill.shape[1], left + over.shape[1])))
    part = fill[rows, columns]
    hidden = part * over[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return float(hidden.sum() / fill.sum())


def _place(
    groups: Sequence[Sequence[_Part]], ground: Ground, unit: int, rng: random.Random
) -> list[list[Mark]] | None:
    """Returns the marks of each group in legible places, or None if one of them finds none."""
    placed: list[list[Mark]] = []
    for group in groups:
        for _ in range(TRIES):
            marks = _at(group, rng.randrange(ground.size[0]), rng.randrange(ground.size[1]), unit)
            taken = [other for pile in placed for other in pile]
            free = all(_is_free(mark, taken, ground.size, GAP * unit) for mark in marks)
            if free and all(ground.measure(mark).suffices for mark in marks):
                placed.append(marks)
                break
        else:
            return None
    return placed


def _at(group: Sequence[_Part], x: int, y: int, unit: int) -> list[Mark]:
    return [
        Mark(
            row=max(0, y + part.down),
            column=max(0, x + part.right),
            size=part.look.size,
            colour=part.look.colour,
            shape=part.look.shape,
            width=extent(part.look)[0],
            height=extent(part.look)[1],
            text=part.look.text,
            apart=APART * unit,
        )
        for part in group
    ]


def _is_free(mark: Mark, taken: Sequence[Mark], size: tuple[int, int], gap: float) -> bool:
    """Returns whether a mark keeps its distance from the edges of the picture and from other marks."""
    if not mark.width / 2 + gap <= mark.column <= size[0] - mark.width / 2 - gap:
        return False
    if not mark.height / 2 + gap <= mark.row <= size[1] - mark.height / 2 - gap:
        return False
    return all(distance(mark, other) >= gap for other in taken)


def distance(mark: Mark, other: Mark) -> float:
    """Returns the distance between the bounding boxes of two marks, in px; 0 if they overlap."""
    across = abs(mark.column - other.column) - (mark.width + other.width) / 2
    along = abs(mark.row - other.row) - (mark.height + other.height) / 2
    return float(np.hypot(max(across, 0), max(along, 0)))


def _in_layers(groups: Sequence[Sequence[Mark]]) -> list[Mark]:
    """Returns the marks with their layers; those of a pair get the number of their pile."""
    marks: list[Mark] = []
    for number, group in enumerate(groups, 1):
        pile = number if len(group) > 1 else 0
        marks += [replace(mark, pile=pile, layer=len(marks) + place) for place, mark in enumerate(group)]
    return marks
