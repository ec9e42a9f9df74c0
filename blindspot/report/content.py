"""Defines what the pages of the report show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from blindspot.records.asker import Askers, How, askers
from blindspot.records.rollout import QUOTA
from blindspot.report.asking import Asking
from blindspot.report.charts import LineChart, line_chart
from blindspot.report.comparison import Comparison
from blindspot.report.judge import Judge
from blindspot.report.modes import Example, Mode
from blindspot.report.planted import PlantedTruth
from blindspot.report.pool import Unasked
from blindspot.report.provenance import Provenance
from blindspot.report.rates import Method, UnscoredReason
from blindspot.report.skills import Group, Stability
from blindspot.report.totals import Saved, Total, totals

CHECKPOINTS = {
    "valid_rate": "Valid rate at checkpoints",
    "failure_rate": "Failure rate at checkpoints",
    "vendi": "Vendi score of the failures at checkpoints (effective number of different failures)",
    "distinct_failures_per_1000_calls": "Distinct failures per 1,000 calls at checkpoints",
    "primitives_per_question": "Primitives per valid question at checkpoints",
    "words_per_question": "Words per valid question at checkpoints",
    "inconspicuous": "Share of valid questions about small or few objects at checkpoints",
}


@dataclass(frozen=True)
class Content:
    """What all pages show.

    `how`: what the questioner of the method `trained` was, on which the names of the methods depend.
    `searched`: whether failure modes were discovered in other questions. `modes_found`, `confirmed`: the numbers of
    discovered and of confirmed failure modes, shown or not. `undecided`: the numbers of those that are undecided, and
    of those with too few questions. `shown`: examples of each on the overview. `threshold`:
    the one that was used for modes; `threshold_set`: the parameter modes.threshold. `titles`: of skills and
    meta-skills, by name. `rows`: rollouts with their verdicts, from `blindspot.report.questions.place`. `asking`: how
    the models were asked, None if the prompts are unknown. `pool`: of which questions were asked; None if a questioner
    asked. `saved`: the failure set, None if it is not written. `planted`: None if the candidate is not planted.
    """

    candidate: str
    verifier: str
    how: How
    questioners: dict[str, str]
    methods: tuple[Method, ...]
    unscored: tuple[UnscoredReason, ...]
    judge: Judge
    modes: tuple[Mode, ...]
    searched: bool
    modes_found: int
    confirmed: int
    undecided: tuple[int, int]
    shown: int
    threshold: float
    threshold_set: float
    note: str | None
    groups: tuple[Group, ...]
    titles: Mapping[str, str]
    counts: dict[str, Any]
    stability: Stability | None
    comparison: Comparison | None
    curves: tuple[LineChart, ...]
    provenance: Provenance
    rows: pd.DataFrame
    asking: Asking | None = None
    pool: Unasked | None = None
    saved: Saved | None = None
    planted: PlantedTruth | None = None

    @property
    def candidate_name(self) -> str:
        """The candidate's identity without the digest of its weights."""
        return self.candidate.split("@")[0]

    @cached_property
    def totals(self) -> tuple[Total, ...]:
        """The numbers of questions by who asked; the last ones are those of all."""
        return totals(self.rows, self.askers)

    @cached_property
    def askers(self) -> Askers:
        """The names of the methods."""
        return askers(self.how)

    @property
    def seeks(self) -> bool:
        """Whether the questioner was trained on, or steered to, what the candidate answers wrong."""
        return self.how != How.UNSTEERED

    @property
    def has_quotas(self) -> bool:
        """Whether questions were asked to confirm failure modes."""
        return bool((self.rows["method"] == QUOTA).any())

    @property
    def unsure(self) -> int:
        """The number of failure modes about which the judge is unsure, shown or not."""
        return sum(one.is_unsure(self.threshold) for one in self.judge.modes.values())

    @property
    def linked(self) -> set[str]:
        """The ids of the failure modes that have a page."""
        return {mode.record.mode_id for mode in self.modes}

    @property
    def trained(self) -> Method | None:
        """The figures of the method trained; None where it asked nothing."""
        return next((method for method in self.methods if method.key == "trained"), None)

    def examples(self) -> Iterable[Example]:
        """Yields all examples that pages show beside the list of questions."""
        for mode in self.modes:
            yield from (*mode.failed, *mode.right)
        for group in self.groups:
            for skill in group.skills:
                yield from skill.examples


def curves(rewards: pd.DataFrame, components: Mapping[str, str]) -> tuple[LineChart, ...]:
    """Returns a chart for each known column that holds a number; none where nothing was trained.

    `components`: the titles of the reward's components, by their names.
    """
    drawn = []
    for column, title in ({"reward": "Total reward"} | dict(components) | CHECKPOINTS).items():
        if column in rewards and len(known := rewards[["step", column]].dropna()):
            values = known["step"].tolist(), known[column].astype(float).tolist()
            drawn.append(line_chart(title, *values, marked=column in CHECKPOINTS))
    return tuple(drawn)
