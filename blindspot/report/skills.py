"""Lays out the map of skills: nested rectangles whose areas are the numbers of questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median
from typing import Any

import pandas as pd

from blindspot.records.rollout import METHODS
from blindspot.records.verdict import VALID
from blindspot.report.modes import Example, Mode, example
from blindspot.report.rates import Rate, rate

ASPECT = 1.6  # width ÷ height that the map is laid out for
HEAT = (0.05, 0.1, 0.25, 0.5, 0.75)  # error rates at which the colour changes
SHOWN_PRIMITIVES, SHOWN_EXAMPLES = 8, 6

Box = tuple[float, float, float, float]  # left, top, width and height, in percent


@dataclass(frozen=True)
class Skill:
    """One skill. `name` identifies it, `title` is for people.

    `rate`: the error rate on all valid questions that need it; `asked_by`: the same by method. `box`: its place in its
    group; `zoomed`: its place when its group fills the map. `shade`: its colour, 0 to 5. `modes`: pages and names of
    the failure modes that have it as a feature.
    """

    name: str
    title: str
    definition: str | None
    primitives: tuple[str, ...]
    primitives_found: int
    rate: Rate
    asked_by: Mapping[str, Rate]
    shade: int
    box: Box
    zoomed: Box
    modes: tuple[tuple[str, str], ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Group:
    """A meta-skill. Its rate is over its skills: a question that needs two of them counts twice."""

    name: str
    title: str
    rate: Rate
    box: Box
    skills: tuple[Skill, ...]


@dataclass(frozen=True)
class Stability:
    """Adjusted Rand indices of the skills over resamples of the images: 1 means the same skills, 0 chance."""

    median: float
    low: float
    high: float
    resamples: int


def stability(indices: Sequence[float] | None) -> Stability | None:
    """Returns a summary of data/taxonomy/stability.json; None where nothing was resampled."""
    return Stability(median(indices), min(indices), max(indices), len(indices)) if indices else None


def groups(
    meta_skills: Sequence[Mapping[str, Any]],
    skills: Sequence[Mapping[str, Any]],
    modes: Sequence[Mode],
    rows: pd.DataFrame,
) -> tuple[Group, ...]:
    """Returns the map, the largest group first. `rows`: rollouts from `blindspot.report.questions.place`."""
    titles = {group["name"]: group["title"] for group in meta_skills}
    by_name = {skill["name"]: skill for skill in skills}
    members = {group["name"]: sorted(group["skills"], key=lambda one: (-_asked(by_name[one]), one))
               for group in meta_skills}  # fmt: skip
    sizes = {name: sum(_area(by_name[one]) for one in own) for name, own in members.items()}
    order = sorted(members, key=lambda name: (-sizes[name], name))
    examples = _examples(rows)
    return tuple(
        _group(name, titles[name], [by_name[one] for one in members[name]], box, modes, examples)
        for name, box in zip(order, squarify([sizes[name] for name in order], ASPECT), strict=True)
    )


def squarify(sizes: Sequence[float], aspect: float) -> list[Box]:
    """Returns rectangles that fill a box, with areas as `sizes` (above 0, largest first), as square as possible.

    Source: Bruls, Huizing and van Wijk, *Squarified treemaps* (2000). `aspect`: width ÷ height of the box.
    """
    total, boxes = sum(sizes), list[Box]()
    left, top, width, height = 0.0, 0.0, aspect, 1.0
    rest = [size * aspect / total for size in sizes]
    while rest:
        short = min(width, height)
        taken = min(range(1, len(rest) + 1), key=lambda count: (_longest(rest[:count], short), count))
        row, rest = rest[:taken], rest[taken:]
        depth = sum(row) / short
        starts = accumulate((size / depth for size in row[:-1]), initial=0.0)
        for start, size in zip(starts, row, strict=True):
            along = size / depth
            boxes.append((left, top + start, depth, along) if short == height else (left + start, top, along, depth))
        if short == height:
            left, width = left + depth, width - depth
        else:
            top, height = top + depth, height - depth
    return [
        (round(x / aspect * 100, 3), round(y * 100, 3), round(w / aspect * 100, 3), round(h * 100, 3))
        for x, y, w, h in boxes
    ]


def _longest(row: Sequence[float], short: float) -> float:
    """Returns the worst ratio of long to short side if `row` lies along a side of this length."""
    depth = sum(row) / short
    return max(max(size / depth**2, depth**2 / size) for size in row)


def _group(
    name: str,
    title: str,
    skills: Sequence[Mapping[str, Any]],
    box: Box,
    modes: Sequence[Mode],
    examples: Mapping[str, tuple[Example, ...]],
) -> Group:
    areas = [_area(skill) for skill in skills]
    inside = squarify(areas, ASPECT * box[2] / box[3])
    made = tuple(
        _skill(skill, place, zoomed, modes, examples.get(skill["name"], ()))
        for skill, place, zoomed in zip(skills, inside, squarify(areas, ASPECT), strict=True)
    )
    failures, asked = sum(one.rate.part for one in made), sum(one.rate.whole for one in made)
    return Group(name, title, rate(failures, asked), box, made)


def _skill(
    skill: Mapping[str, Any], box: Box, zoomed: Box, modes: Sequence[Mode], examples: tuple[Example, ...]
) -> Skill:
    by_method = {method: skill["methods"].get(method, {"asked": 0, "failures": 0}) for method in METHODS}
    asked_by = {method: rate(one["failures"], one["asked"]) for method, one in by_method.items()}
    whole = rate(sum(one.part for one in asked_by.values()), _asked(skill))
    return Skill(
        name=skill["name"],
        title=skill["title"],
        definition=skill.get("definition") or None,
        primitives=tuple(skill["primitives"][:SHOWN_PRIMITIVES]),
        primitives_found=len(skill["primitives"]),
        rate=whole,
        asked_by=asked_by,
        shade=sum(whole.value >= step for step in HEAT),
        box=box,
        zoomed=zoomed,
        modes=tuple((mode.page, mode.record.name) for mode in modes if skill["name"] in mode.record.features),
        examples=examples,
    )


def _examples(rows: pd.DataFrame) -> dict[str, tuple[Example, ...]]:
    """Returns a few questions for each skill, failures first, each about a different image."""
    valid = rows[rows["outcome"].isin(VALID)].sort_values(
        "outcome", key=lambda column: column != "failure", kind="stable"
    )
    kept: dict[str, dict[str, Example]] = {}
    for _, row in valid.set_index("rollout_id").iterrows():
        for name in row["skills"]:
            own = kept.setdefault(name, {})
            if len(own) < SHOWN_EXAMPLES and row["image_id"] not in own:
                own[row["image_id"]] = example(row)
    return {name: tuple(own.values()) for name, own in kept.items()}


def _asked(skill: Mapping[str, Any]) -> int:
    return sum(int(one["asked"]) for one in skill["methods"].values())


def _area(skill: Mapping[str, Any]) -> float:
    """Returns the area of a skill; one that was never asked for still has a small one."""
    return float(max(_asked(skill), 1))
