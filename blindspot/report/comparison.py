"""Compares what the questions of each method need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blindspot.records.asker import Askers
from blindspot.records.rollout import METHODS
from blindspot.report.rates import Rate, rate

MEASURES = {
    "questions": "Valid questions compared (n)",
    "skills": "Different skills",
    "skill_combinations": "Different combinations of skills",
    "new_combinations": "Combinations that occur in none of the base’s n questions",
    "primitives_per_question": "Primitives per question",
    "words_per_question": "Words per question",
}


@dataclass(frozen=True)
class Combination:
    """Skills that questions need together, and the error rate on these questions."""

    skills: tuple[str, ...]
    rate: Rate


@dataclass(frozen=True)
class Comparison:
    """The methods by `names` and, in their order, the values of each measure.

    `shared`, `exclusive`: skills that all methods asked for, and that only one did. `combinations`: those with most
    failures.
    """

    names: tuple[str, ...]
    measures: tuple[tuple[str, tuple[str, ...]], ...]
    shared: tuple[str, ...]
    exclusive: tuple[tuple[str, tuple[str, ...]], ...]
    combinations: tuple[tuple[str, tuple[Combination, ...]], ...]


def comparison(found: Mapping[str, Any] | None, askers: Askers) -> Comparison | None:
    """Returns the comparison in data/taxonomy/comparison.json; None where there is none. `askers`: their names."""
    if not found or not found["methods"]:
        return None
    methods = [method for method in METHODS if method in found["methods"]]
    skills = found["skills"]
    return Comparison(
        names=tuple(askers[method].name for method in methods),
        measures=tuple(
            (title, tuple(_shown(found["methods"][method].get(key)) for method in methods))
            for key, title in MEASURES.items()
        ),
        shared=tuple(skills["shared"]),
        exclusive=tuple((askers[method].name, tuple(skills["exclusive"].get(method, ()))) for method in methods),
        combinations=tuple(
            (askers[method].name, tuple(map(_combination, found.get("combinations", {}).get(method, ()))))
            for method in methods
        ),
    )


def _combination(found: Mapping[str, Any]) -> Combination:
    return Combination(tuple(found["skills"]), rate(found["failures"], found["asked"]))


def _shown(value: float | None) -> str:
    """Formats a value: counts as they are, means with two decimals, a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"
