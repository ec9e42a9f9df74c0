"""What the methods ask for, side by side: which skills, how many together, how complex the questions are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from blindspot.metrics import share
from blindspot.taxonomy.reading.primitives import extract

BASE = "base"
MOST = 10  # combinations of a method that are named

Combination = tuple[str, ...]


def compare(questions: pd.DataFrame) -> dict[str, Any]:
    """The methods compared at equal numbers of questions: the first n of each, n being all of the method with fewest.

    `questions`: the valid ones, each method's in the order in which it asked them; columns method, question, outcome
    and skills, lists of names. A question's skills together are its combination. Gives

    - `methods`, by method: `questions`, which is n; `skills` and `skill_combinations`, how many different ones they
      need; `new_combinations`, how many of these no question of the base has, None where the base is absent;
      `primitives_per_question` and `words_per_question`, means;
    - `skills`: those that every method asked for (`shared`), and by method those that no other did (`exclusive`);
    - `combinations`, by method: the MOST that failed most often, with how many were `asked` and were `failures`.
    """
    number = int(questions["method"].value_counts().min()) if len(questions) else 0
    asked = {str(name): rows.head(number) for name, rows in questions.groupby("method", sort=False)}
    combined = {method: [tuple(sorted(names)) for names in rows["skills"]] for method, rows in asked.items()}
    return {
        "methods": {method: _measures(rows, combined[method], combined.get(BASE)) for method, rows in asked.items()},
        "skills": _skills({method: {*_flat(found)} for method, found in combined.items()}),
        "combinations": {method: _failing(combined[method], rows["outcome"]) for method, rows in asked.items()},
    }


def figures(found: Mapping[str, Any]) -> dict[str, float]:
    """The methods' measures with names of one level, such as trained/skills; those that are None are left out."""
    every = ((f"{method}/{name}", value) for method, row in found["methods"].items() for name, value in row.items())
    return {name: float(value) for name, value in every if value is not None}


def _measures(
    rows: pd.DataFrame, combined: Sequence[Combination], of_base: Sequence[Combination] | None
) -> dict[str, float | int | None]:
    different = {*combined} - {()}
    return {
        "questions": len(rows),
        "skills": len({*_flat(combined)}),
        "skill_combinations": len(different),
        "new_combinations": None if of_base is None else len(different.difference(of_base)),
        "primitives_per_question": share(sum(len(extract(text, None)) for text in rows["question"]), len(rows)),
        "words_per_question": share(sum(len(text.split()) for text in rows["question"]), len(rows)),
    }


def _skills(asked: Mapping[str, set[str]]) -> dict[str, Any]:
    every = [*asked.values()]
    exclusive = {
        method: sorted(names.difference(*(other for one, other in asked.items() if one != method)))
        for method, names in asked.items()
    }
    return {"shared": sorted(set.intersection(*every)) if every else [], "exclusive": exclusive}


def _failing(combined: Sequence[Combination], outcomes: "pd.Series[str]") -> list[dict[str, Any]]:
    asked = Counter(combined)
    failed = Counter(
        names for names, outcome in zip(combined, outcomes, strict=True) if names and outcome == "failure"
    )
    first = sorted(failed, key=lambda names: (-failed[names], asked[names], names))[:MOST]
    return [{"skills": [*names], "asked": asked[names], "failures": failed[names]} for names in first]


def _flat(combined: Iterable[Combination]) -> Iterable[str]:
    return (name for names in combined for name in names)
