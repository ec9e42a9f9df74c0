"""The components of the reward: those that Blindspot has, and those of extensions.

BUILT_IN is the one list of the components that Blindspot has. Weights, curves, metrics and columns follow from it. A
component is None if it does not apply: an unscored question has no reward and no penalty.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from blindspot.errors import BlindspotError
from blindspot.extensions import make
from blindspot.protocols import JudgedQuestions, RewardComponent
from blindspot.records.verdict import VALID, Verdict
from blindspot.taxonomy.reading.question_features import all_features

SEAM = "rewards"
OFF_TARGET = 0.3  # reward of a failure whose question lacks a feature of its target

Components = dict[str, list[float | None]]


@dataclass(frozen=True)
class BuiltIn:
    """A component that Blindspot has. `weight`: the default of its parameter, which `about` describes."""

    name: str
    title: str
    weight: float
    about: str
    score: Callable[[JudgedQuestions], list[float | None]]


def _failure(batch: JudgedQuestions) -> list[float | None]:
    """Returns 1 if the candidate fails a valid question that has all features of its target.

    Returns OFF_TARGET for any other failure, so that frequent failures do not dominate the reward.
    """

    def one(place: int, verdict: Verdict) -> float | None:
        if verdict.outcome != "failure":
            return None if verdict.outcome == "unscored" else 0.0
        found = all_features(batch.questions[place], verdict.reference)
        return 1.0 if found.issuperset(batch.targets[place]) else OFF_TARGET

    return [one(place, verdict) for place, verdict in enumerate(batch.verdicts)]


def _semantic_diversity(batch: JudgedQuestions) -> list[float | None]:
    """Returns the novelty of a valid question with respect to the archive."""
    return _of_valid(batch, batch.past.novelty)


def _lexical_diversity(batch: JudgedQuestions) -> list[float | None]:
    """Returns 1 − the frequency of a valid question's word pairs in the archive."""
    return _of_valid(batch, lambda question: 1.0 - batch.past.overlap(question))


def _invalid(batch: JudgedQuestions) -> list[float | None]:
    """Returns −1 for an invalid question."""
    values = {"invalid": -1.0, "unscored": None}
    return [values.get(verdict.outcome, 0.0) for verdict in batch.verdicts]


def _of_valid(batch: JudgedQuestions, measure: Callable[[str], float]) -> list[float | None]:
    """Returns a measure of the valid questions, and for the invalid ones its mean over the valid ones.

    An invalid question then costs only its penalty, and nonsense is not rewarded for being novel.
    """
    rows = [*zip(batch.questions, batch.verdicts, strict=True)]
    known = [measure(question) if verdict.outcome in VALID else None for question, verdict in rows]
    valid = [value for value in known if value is not None]
    mean = sum(valid) / len(valid) if valid else 0.0
    return [mean if verdict.outcome == "invalid" else value for value, (_, verdict) in zip(known, rows, strict=True)]


BUILT_IN = (
    BuiltIn(
        "failure", "Reward for failures", 1.0, "Reward for a valid question that the candidate fails", score=_failure
    ),
    BuiltIn(
        "semantic_diversity",
        "Reward for semantic diversity",
        0.5,
        "Reward for a question whose meaning differs from earlier questions",
        score=_semantic_diversity,
    ),
    BuiltIn(
        "lexical_diversity",
        "Reward for lexical diversity",
        0.25,
        "Reward for a question whose word pairs differ from those of earlier questions",
        score=_lexical_diversity,
    ),
    BuiltIn("invalid", "Penalty for invalid questions", 1.0, "Penalty for an invalid question", score=_invalid),
)
COMPONENTS = tuple(one.name for one in BUILT_IN)  # names


def all_components(kinds: Iterable[str] = ()) -> list[RewardComponent]:
    """Returns the built-in components and those of extensions, in this order. `kinds`: the keys of train.rewards.

    Raises BlindspotError for an extension that cannot be used, or whose name another component has.
    """
    found: list[RewardComponent] = [*BUILT_IN]
    for kind in kinds:
        one: RewardComponent = make(kind, SEAM, (RewardComponent,))
        taken = [*(other.name for other in found), "reward", "step"]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", one.name) or one.name in taken:
            problem = f"{kind}: the name of a component is {one.name!r}"
            raise BlindspotError(problem, f"use lower-case letters, digits and _, and none of {', '.join(taken)}")
        found.append(one)
    return found


def score_all(components: Sequence[RewardComponent], batch: JudgedQuestions) -> Components:
    """Returns the values of every component for a batch; None for an unscored question, whatever a component returns.

    Raises BlindspotError where the number of values is wrong.
    """
    found = {one.name: one.score(batch) for one in components}
    for name, values in found.items():
        if len(values) != len(batch.questions):
            problem = f"the reward component {name} returns {len(values)} values for {len(batch.questions)} questions"
            raise BlindspotError(problem, "return one for each question, None where it does not apply")
    scored = [verdict.outcome != "unscored" for verdict in batch.verdicts]
    return {
        name: [value if kept else None for value, kept in zip(values, scored, strict=True)]
        for name, values in found.items()
    }
