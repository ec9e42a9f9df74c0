"""Compares what the methods ask for: which skills, in which combinations, how complex the questions are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from blindspot.metrics import share
from blindspot.records.rollout import METHODS
from blindspot.taxonomy.reading.primitives import extract

BASE = "base"
MOST = 10  # combinations kept of each method

Combination = tuple[str, ...]


def compare(questions: pd.DataFrame) -> dict[str, Any]:
    """Compares the methods at equal numbers of questions: the first n of each, n being that of the method with fewest.

    `questions`: the valid ones, those of each method in the order asked; columns method, question, outcome, and lists
    of names in skills. The skills of a question form its combination. Returns

    - `methods`, by method: `questions`, which is n; `skills` and `skill_combinations`, the numbers of different ones;
      `new_combinations`, the number of them that no question of the base has (None where the base is absent);
      `primitives_per_question` and `words_per_question`, which are means;
    - `skills`: those that every method asked for (`shared`), and by method those that no other did (`exclusive`);
    - `combinations`, by method: the MOST with most failures, with the numbers `asked` and of `failures`.
    """
    questions = questions[questions["method"].isin(METHODS)]
    number = int(questions["method"].value_counts().min()) if len(questions) else 0
    asked = {str(name): rows.head(number) for name, rows in questions.groupby("method", sort=False)}
    combined = {method: [tuple(sorted(names)) for names in rows["skills"]] for method, rows in asked.items()}
    return {
        "methods": {method: _measures(rows, combined[method], combined.get(BASE)) for method, rows in asked.items()},
        "skills": _skills({method: {*_flat(found)} for method, found in combined.items()}),
        "combinations": {method: _failing(combined[method], rows["outcome"]) for method, rows in asked.items()},
    }


def figures(found: Mapping[str, Any]) -> dict[str, float]:
    """Returns the measures by flat names such as trained/skills, without those that are None."""
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
