"""Finds the outcomes of the questions of a quota for their failure mode, according to the judge and to the auditor.

A valid question can be outside of the mode, because its true answer is another one. For the mode, it is like an
invalid question: it belongs to no error rate.
"""

from collections.abc import Iterable

import pandas as pd

from blindspot.records.failure_mode import FailureMode
from blindspot.records.verdict import VALID, Outcome
from blindspot.taxonomy.reading.features import SHORT
from blindspot.taxonomy.reading.language import normalise
from blindspot.taxonomy.reading.question_features import has_all

OPPOSITE = {"yes": "no", "no": "yes"}


def judged_for(mode: FailureMode, rows: pd.DataFrame) -> list[Outcome]:
    """Returns the judge's outcome of each question for the mode: "invalid" outside of it.

    `rows`: columns question, reference (of the judge) and judged.
    """
    return _outcomes(mode, zip(rows["question"], map(_text, rows["reference"]), rows["judged"], strict=True))


def audited_for(mode: FailureMode, rows: pd.DataFrame) -> list[Outcome]:
    """Returns the auditor's outcome of each question for the mode: "invalid" outside of it.

    `rows`: columns question, answer, reference (of the judge) and audited. An auditor states no true answer, but the
    outcome shows it if the answer is correct, and if a yes or no is wrong. Otherwise the judge's reference is used.
    """
    stated = zip(rows["answer"], map(_text, rows["reference"]), rows["audited"], strict=True)
    true = [_true_answer(*row) for row in stated]
    return _outcomes(mode, zip(rows["question"], true, rows["audited"], strict=True))


def _outcomes(mode: FailureMode, rows: Iterable[tuple[str, str | None, Outcome]]) -> list[Outcome]:
    features = {*mode.features}
    return [
        "invalid" if outcome in VALID and not has_all(features, question, reference) else outcome
        for question, reference, outcome in rows
    ]


def _true_answer(answer: str, reference: str | None, audited: Outcome) -> str | None:
    """Returns the true answer that the auditor's outcome shows, or the judge's reference; None if neither is known."""
    said = normalise(answer).split()
    yes_or_no = reference is None or normalise(reference) in OPPOSITE
    if said and said[0] in OPPOSITE and yes_or_no:
        return said[0] if audited == "correct" else OPPOSITE[said[0]]
    return answer if audited == "correct" and 0 < len(said) <= SHORT else reference


def _text(reference: object) -> str | None:
    return reference if isinstance(reference, str) else None
