"""Prepares every question with its outcome for the page that lists them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pandas as pd

from blindspot.records.asker import Askers
from blindspot.records.verdict import OUTCOMES
from blindspot.report.modes import Mode, contained

LISTED = ("rollout_id", "image_id", "question", "answer", "reference", "outcome", "method", "skills", "reason")
PER_PAGE = 50  # questions on a page of questions/


def place(rows: pd.DataFrame, questions: pd.DataFrame | None, askers: Askers) -> pd.DataFrame:
    """Returns `rows` with the skills and features of each question.

    Adds `skills`: a tuple of names, empty where there is no taxonomy; `names`: the features of a valid question that a
    mode can have, None for any other; `address`: its place on the pages, relative to the report; and `asked_by`: the
    name of its method. `questions`: the frame in data/taxonomy/questions.parquet, None where there is none.
    """
    skills: dict[str, tuple[str, ...]] = {}
    names: dict[str, frozenset[str]] = {}
    if questions is not None and len(questions):
        for rollout_id, own, features in zip(
            *(questions[name] for name in ("rollout_id", "skills", "features")), strict=True
        ):
            skills[rollout_id], names[rollout_id] = tuple(own), frozenset(features)
    ids = rows["rollout_id"]
    found = pd.Series([names.get(name) for name in ids], index=rows.index, dtype=object)
    addresses = [f"questions/{page_of(number)}.html#{quote(name, safe='')}" for number, name in enumerate(ids)]
    own = pd.Series([skills.get(name, ()) for name in ids], index=rows.index)
    placed = pd.Series(addresses, index=rows.index, dtype=object)
    names_of = {method: one.name for method, one in askers.items()}
    return rows.assign(skills=own, names=found, address=placed, asked_by=rows["method"].map(names_of))


def page_of(number: int) -> str:
    """Returns the name of the page that shows a question, without the ending. `number`: of the question, from 0 on."""
    return f"{number // PER_PAGE:03d}"


def listing(
    rows: pd.DataFrame,
    modes: Sequence[Mode],
    titles: Mapping[str, str],
    addresses: Mapping[str, str],
    askers: Askers,
) -> dict[str, Any]:
    """Returns the data of examples.html: lists of the texts that repeat, and rows that refer to them by place.

    A row: id, image, question, answer, true answer or null, outcome, method, modes, skills, reason or null. `rows`:
    from `place`. `titles`: of skills, by name. `addresses`: of each image id, relative to the page. `askers`: the
    names of the methods.
    """
    images, methods = sorted(set(rows["image_id"])), [*askers]
    skills = sorted({name for own in rows["skills"] for name in own})
    of_image, of_skill = ({name: index for index, name in enumerate(names)} for names in (images, skills))
    columns = [rows[name] for name in LISTED]
    return {
        "images": [[name, addresses[name]] for name in images],
        "outcomes": list(OUTCOMES),
        "methods": [[key, askers[key].name] for key in methods],
        "modes": [[mode.record.mode_id, mode.record.name, mode.page] for mode in modes],
        "skills": [[name, titles.get(name, name)] for name in skills],
        "per_page": PER_PAGE,
        "rows": [
            [
                rollout_id,
                of_image[image_id],
                question,
                answer,
                _known(reference),
                OUTCOMES.index(outcome),
                methods.index(method),
                own,
                [of_skill[name] for name in names],
                _known(reason),
            ]
            for (rollout_id, image_id, question, answer, reference, outcome, method, names, reason), own in zip(
                zip(*columns, strict=True), modes_of(rows, modes), strict=True
            )
        ],
    }


def modes_of(rows: pd.DataFrame, modes: Sequence[Mode]) -> list[list[int]]:
    """Returns for each row the places of the modes that contain it. `rows`: from `place`."""
    found: list[list[int]] = [[] for _ in range(len(rows))]
    for index, mode in enumerate(modes):
        for row in contained(mode.record, rows).nonzero()[0].tolist():
            found[row].append(index)
    return found


def _known(text: object) -> str | None:
    """Returns the text, or None for a missing value."""
    return text if isinstance(text, str) else None
