"""Gathers what the report shows of every question, on pages of PER_PAGE questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from blindspot.report.asking import Asking, Sent
from blindspot.report.modes import Mode, replies_of
from blindspot.report.questions import PER_PAGE, modes_of, page_of


@dataclass(frozen=True)
class Question:
    """A question with its image, answer, verdict and what the models were sent.

    `target`: the features that it was asked or chosen for, empty for any question. `reason`, `message`: as in a
    Verdict. `persists`: the share of its repeats that failed again, None if it was not repeated. `features`, `skills`:
    of a valid question. `modes`: those that contain it. `sent`: None without prompts.
    """

    rollout_id: str
    image_id: str
    question: str
    answer: str
    reference: str | None
    outcome: str
    reason: str | None
    message: str | None
    asked_by: str
    target: tuple[str, ...]
    persists: float | None
    features: tuple[str, ...]
    skills: tuple[str, ...]
    modes: tuple[Mode, ...]
    sent: tuple[Sent, ...]
    replies: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QuestionPage:
    """One page. `first`: the number of its first question, from 1 on."""

    name: str
    first: int
    questions: tuple[Question, ...]


def question_pages(rows: pd.DataFrame, modes: Sequence[Mode], asking: Asking | None) -> list[QuestionPage]:
    """Returns all pages. `rows`: from `blindspot.report.questions.place`. `asking`: None if prompts are unknown."""
    contained = modes_of(rows, modes)
    made = [
        _question(row, tuple(modes[one] for one in own), asking)
        for row, own in zip(rows.to_dict("records"), contained, strict=True)
    ]
    starts = range(0, len(made), PER_PAGE)
    return [QuestionPage(page_of(start), start + 1, tuple(made[start : start + PER_PAGE])) for start in starts]


def _question(row: Mapping[Any, Any], modes: tuple[Mode, ...], asking: Asking | None) -> Question:
    persists = row.get("persists")
    return Question(
        rollout_id=row["rollout_id"],
        image_id=row["image_id"],
        question=row["question"],
        answer=row["answer"],
        reference=row["reference"] if isinstance(row["reference"], str) else None,
        outcome=row["outcome"],
        reason=_known(row.get("reason")),
        message=_known(row.get("message")),
        asked_by=row["asked_by"],
        target=tuple(row["target"]),
        persists=None if persists is None or pd.isna(persists) else float(persists),
        features=tuple(sorted(row["names"] or ())),
        skills=row["skills"],
        modes=modes,
        sent=asking.sent(row) if asking else (),
        replies=replies_of(row),
    )


def _known(text: object) -> str | None:
    return text if isinstance(text, str) and text else None
