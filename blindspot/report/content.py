"""What the report says, worked out before it is laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.metrics import PERSISTENT, interval
from blindspot.records.rollout import METHODS
from blindspot.report.charts import LineChart, line_chart
from blindspot.report.judge import Judge
from blindspot.report.pictures import data_uri

CURVES = {
    "reward": "Reward, all parts together",
    "failure": "Reward for a failure",
    "semantic_diversity": "Reward for a new meaning",
    "lexical_diversity": "Reward for new words",
    "invalid": "Penalty for an invalid question",
    "valid_rate": "Valid rate at checkpoints",
    "failure_rate": "Failure rate at checkpoints",
    "vendi": "Vendi score of the failures at checkpoints: wholly different ones",
    "distinct_failures_per_1000_calls": "Distinct failures per 1,000 calls at checkpoints",
    "primitives_per_question": "Primitives a valid question needs, at checkpoints",
    "words_per_question": "Words of a valid question, at checkpoints",
    "inconspicuous": "Share of valid questions about small or few things, at checkpoints",
}
ASKED_BY = {
    "trained": ("Trained questioner", "learnt to find failures"),
    "base": ("Untrained base", "a questioner before any training"),
    "templates": ("Uniform templates", "every kind of question equally often"),
}


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval (Wilson)."""

    value: float
    low: float
    high: float
    part: int
    whole: int


@dataclass(frozen=True)
class Method:
    """One questioner's figures. `errors`: rollouts that could not be asked, answered or judged, in no other rate.

    `persistent`: of the failures that were asked about again, those that persist; None where none was.
    """

    key: str
    name: str
    what: str
    failure: Rate
    valid: Rate
    wrong: Rate
    errors: Rate
    persistent: Rate | None


@dataclass(frozen=True)
class Example:
    """One failure, with its picture as a data URI."""

    picture: str
    image_id: str
    question: str
    answer: str
    reference: str


@dataclass(frozen=True)
class Mode:
    """One failure mode with its pictures."""

    mode_id: str
    name: str
    rate: Rate
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class SkillRate:
    """One skill, how often the trained questioner's valid questions need it and how often the answer was wrong."""

    name: str
    phrases: tuple[str, ...]
    rate: Rate | None


@dataclass(frozen=True)
class Content:
    """The whole report."""

    candidate: str
    verifier: str
    questioners: dict[str, str]
    methods: tuple[Method, ...]
    judge: Judge
    modes: tuple[Mode, ...]
    modes_found: int
    threshold: float
    note: str | None
    meta_skills: tuple[tuple[str, tuple[SkillRate, ...]], ...]
    counts: dict[str, Any]
    curves: tuple[LineChart, ...]
    params: dict[str, dict[str, Any]]

    @property
    def candidate_name(self) -> str:
        """Its identity without the digest of its weights."""
        return self.candidate.split("@")[0]


def rate(part: int, whole: int) -> Rate:
    """The share `part` / `whole`; 0 with the interval (0, 1) where there is nothing."""
    low, high = interval(part, whole)
    return Rate(part / whole if whole else 0.0, low, high, part, whole)


def methods(rows: pd.DataFrame) -> tuple[Method, ...]:
    """The figures of each questioner that asked. `rows`: rollouts with their verdicts."""
    found = []
    for key in METHODS:
        outcomes = rows.loc[rows["method"] == key, "outcome"].value_counts()
        failure, correct, invalid, error = (
            int(outcomes.get(name, 0)) for name in ("failure", "correct", "invalid", "error")
        )
        judged, valid = failure + correct + invalid, failure + correct
        if judged + error:
            rates = rate(failure, judged), rate(valid, judged), rate(failure, valid), rate(error, judged + error)
            found.append(Method(key, *ASKED_BY[key], *rates, _persistent(rows[rows["method"] == key])))
    return tuple(found)


def _persistent(rows: pd.DataFrame) -> Rate | None:
    """Of the failures that were asked about again; None where none was."""
    shares = rows["persists"].dropna()
    return rate(int((shares > PERSISTENT).sum()), len(shares)) if len(shares) else None


def modes(
    found: Sequence[Mapping[str, Any]], rows: pd.DataFrame, pictures: Mapping[str, Path], examples: int
) -> tuple[Mode, ...]:
    """Failure modes with their first examples, in the order given (most useful first)."""
    by_id = rows.set_index("rollout_id")
    return tuple(
        Mode(
            mode_id=mode["mode_id"],
            name=mode["name"],
            rate=Rate(mode["wrong_rate"], mode["low"], mode["high"], mode["failures"], mode["asked"]),
            examples=tuple(_example(by_id.loc[name], pictures) for name in mode["examples"][:examples]),
        )
        for mode in found
    )


def meta_skills(
    groups: Sequence[Mapping[str, Any]], skills: Sequence[Mapping[str, Any]]
) -> tuple[tuple[str, tuple[SkillRate, ...]], ...]:
    """The taxonomy: each meta-skill with its skills, those most often wrong first."""
    by_name = {skill["name"]: _skill(skill) for skill in skills}

    def worst_first(skill: SkillRate) -> tuple[float, str]:
        return (-(skill.rate.value if skill.rate else -1), skill.name)

    return tuple(
        (group["name"], tuple(sorted((by_name[name] for name in group["skills"]), key=worst_first)))
        for group in groups
    )


def curves(rewards: pd.DataFrame) -> tuple[LineChart, ...]:
    """A chart for each known column that holds a number; none where nothing was trained."""
    drawn = []
    for column, title in CURVES.items():
        if column in rewards and len(known := rewards[["step", column]].dropna()):
            drawn.append(line_chart(title, known["step"].tolist(), known[column].astype(float).tolist()))
    return tuple(drawn)


def _example(row: "pd.Series[Any]", pictures: Mapping[str, Path]) -> Example:
    reference = row["reference"] if isinstance(row["reference"], str) else "unknown"
    picture = data_uri(pictures[row["image_id"]])
    return Example(picture, row["image_id"], row["question"], row["answer"], reference)


def _skill(skill: Mapping[str, Any]) -> SkillRate:
    trained = skill["methods"].get("trained")
    asked = rate(trained["failures"], trained["asked"]) if trained else None
    return SkillRate(skill["name"], tuple(skill["primitives"][:4]), asked)
