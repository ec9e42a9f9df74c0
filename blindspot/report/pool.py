"""What a search left unasked of a pool of questions."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from blindspot.metrics import percent, share
from blindspot.pool.questions import Pool
from blindspot.records.failure_mode import FailureMode
from blindspot.records.verdict import VALID
from blindspot.taxonomy.reading.question_features import has_all


@dataclass(frozen=True)
class Unasked:
    """The questions of a pool, and where its failures are expected.

    `asked`: how many questions were asked. `expected`: failures if all were asked. `covered`: the share of them that
    confirmed failure modes contain. Both are None without a random question that was scored.
    """

    questions: int
    asked: int
    expected: float | None
    covered: float | None

    def sentence(self) -> str:
        """Returns one or two sentences for people."""
        text = f"{self.questions - self.asked:,} of the pool's {self.questions:,} questions were not asked."
        if self.expected is None or self.covered is None:
            return text
        inside = f"{percent(self.covered)} of them in the confirmed failure modes"
        return f"{text} About {self.expected:,.0f} failures are expected in the whole pool, {inside}."


def unasked(pool: Pool, asked: pd.DataFrame, modes: Sequence[FailureMode]) -> Unasked:
    """Returns what is expected of the whole pool.

    `asked`: columns method, image_id, question and outcome; the method of explore is "explore". `modes`: the confirmed
    ones, with their reference rates. A question in a mode is expected to fail with the rate of the first mode that
    contains it; any other question with the error rate of the random questions (method base) outside of all modes.
    """
    rates = {one.key: _rate(one.question, one.reference, modes) for one in pool.questions}
    inside = [rate for rate in rates.values() if rate is not None]
    base = asked[(asked["method"] == "base") & asked["outcome"].isin(VALID)]
    keys = zip(base["image_id"], base["question"], strict=True)
    outside = base[[rates.get(key) is None for key in keys]]
    known = {*zip(asked["image_id"], asked["question"], strict=True)} & rates.keys()
    if base.empty:
        return Unasked(len(rates), len(known), None, None)
    elsewhere = (len(rates) - len(inside)) * (share(int((outside["outcome"] == "failure").sum()), len(outside)) or 0.0)
    total = sum(inside) + elsewhere
    return Unasked(len(rates), len(known), total, sum(inside) / total if total else None)


def _rate(question: str, reference: str, modes: Sequence[FailureMode]) -> float | None:
    return next((mode.error_rate for mode in modes if has_all({*mode.features}, question, reference)), None)
