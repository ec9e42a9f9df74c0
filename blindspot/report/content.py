"""What the report says, worked out before it is laid out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from blindspot.report.charts import LineChart, line_chart
from blindspot.report.comparison import Comparison
from blindspot.report.judge import Judge
from blindspot.report.modes import Example, Mode
from blindspot.report.provenance import Provenance
from blindspot.report.rates import Method, UnscoredReason
from blindspot.report.skills import Group, Stability

CURVES = {
    "reward": "Reward, all parts together",
    "failure": "Reward for a failure",
    "semantic_diversity": "Reward for a new meaning",
    "lexical_diversity": "Reward for new words",
    "invalid": "Penalty for an invalid question",
}
CHECKPOINTS = {
    "valid_rate": "Valid rate at checkpoints",
    "failure_rate": "Failure rate at checkpoints",
    "vendi": "Vendi score of the failures at checkpoints: wholly different ones",
    "distinct_failures_per_1000_calls": "Distinct failures per 1,000 calls at checkpoints",
    "primitives_per_question": "Primitives a valid question needs, at checkpoints",
    "words_per_question": "Words of a valid question, at checkpoints",
    "inconspicuous": "Share of valid questions about small or few things, at checkpoints",
}


@dataclass(frozen=True)
class Content:
    """The whole report.

    `rows`: rollouts with their verdicts, as `blindspot.report.questions.place` gives them. `images`: how many they
    are about. `modes_found`: failure modes, shown or not. `shown`: examples of each on the overview.
    """

    candidate: str
    verifier: str
    questioners: dict[str, str]
    methods: tuple[Method, ...]
    unscored: tuple[UnscoredReason, ...]
    judge: Judge
    modes: tuple[Mode, ...]
    modes_found: int
    shown: int
    threshold: float
    note: str | None
    groups: tuple[Group, ...]
    counts: dict[str, Any]
    stability: Stability | None
    comparison: Comparison | None
    curves: tuple[LineChart, ...]
    provenance: Provenance
    rows: pd.DataFrame
    images: int

    @property
    def candidate_name(self) -> str:
        """Its identity without the digest of its weights."""
        return self.candidate.split("@")[0]

    @property
    def trained(self) -> Method | None:
        """The trained questioner's figures; None where it asked nothing."""
        return next((method for method in self.methods if method.key == "trained"), None)

    def examples(self) -> Iterable[Example]:
        """All that pages show beside the searchable list."""
        for mode in self.modes:
            yield from (*mode.failed, *mode.right)
        for group in self.groups:
            for skill in group.skills:
                yield from skill.examples


def curves(rewards: pd.DataFrame) -> tuple[LineChart, ...]:
    """A chart for each known column that holds a number; none where nothing was trained."""
    drawn = []
    for column, title in (CURVES | CHECKPOINTS).items():
        if column in rewards and len(known := rewards[["step", column]].dropna()):
            values = known["step"].tolist(), known[column].astype(float).tolist()
            drawn.append(line_chart(title, *values, marked=column in CHECKPOINTS))
    return tuple(drawn)
