"""Failure modes: skills, meta-skills and pairs of them where wrong_rate is significantly above a threshold."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from blindspot.metrics import interval
from blindspot.records.failure_mode import FailureMode

LEVEL = 0.05  # false discovery rate
COMMON = 0.8  # share of all questions above which a need is everybody's
SHARPER = 0.001  # level at which a part of a mode is worse than the rest of it

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Candidate:
    """A skill or pair that was tested: which questions need it, and the test's result."""

    skills: tuple[str, ...]
    asks: Mask
    failures: int
    excess: float
    q_value: float


def common_needs(questions: pd.DataFrame) -> frozenset[str]:
    """Skills and meta-skills that COMMON of the questions, whoever asked, have: they tell no question from another."""
    return frozenset(name for name, asks in _needs(questions).items() if asks.mean() >= COMMON)


def find_modes(
    questions: pd.DataFrame, threshold: float, min_asked: int, examples: int, common: Collection[str] = ()
) -> list[FailureMode]:
    """The failure modes of the valid questions of one questioner, the most useful first.

    `questions`: columns rollout_id, image_id, question, outcome, and the lists of names skills and meta_skills. Every
    skill, meta-skill and pair of them that `min_asked` questions need is tested (one-sided binomial),
    Benjamini-Hochberg over all of them. What passes is ranked by excess: the failures beyond those that the wrong_rate
    of all the questions, or the threshold where that is larger, would give; so neither a huge, mild mode nor a tiny,
    sharp one comes first, nor a need that many questions share and that tells nothing of which go wrong. A mode is
    kept where it explains failures that those before it do not, or is a part of one of them and clearly worse than
    the rest of it. What is in `common` is no mode and no part of one.
    """
    failed: Mask = (questions["outcome"] == "failure").to_numpy()
    kept: list[_Candidate] = []
    needs = {name: asks for name, asks in _needs(questions).items() if name not in common}
    for candidate in _significant(needs, failed, threshold, min_asked):
        if _adds(candidate, kept, failed, threshold, min_asked):
            kept.append(candidate)
    return [_mode(candidate, questions, examples) for candidate in kept]


def distinct_first(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows reordered: new questions on new images, then new questions, then the rest; each in the order given."""
    new_question, new_image = ~rows["question"].duplicated(), ~rows["image_id"].duplicated()
    return rows.iloc[np.argsort(-(2 * new_question.to_numpy() + new_image.to_numpy()).astype(int), kind="stable")]


def _needs(questions: pd.DataFrame) -> dict[str, Mask]:
    """Which questions need each skill and meta-skill; skills come first, by name, and keep a name that both bear."""
    needs: dict[str, Mask] = {}
    for column in ("skills", "meta_skills"):
        for name in sorted({name for names in questions[column] for name in names}):
            needs.setdefault(name, np.array([name in names for names in questions[column]], dtype=bool))
    return needs


def _significant(needs: dict[str, Mask], failed: Mask, threshold: float, min_asked: int) -> list[_Candidate]:
    """Everything tested whose wrong_rate is significantly above the threshold, by falling excess."""
    from scipy.stats import binom, false_discovery_control

    tested = _tested(needs, min_asked)
    if not tested:
        return []
    usual = max(threshold, float(failed.mean()))
    asked = np.array([asks.sum() for _, asks in tested])
    failures = np.array([(asks & failed).sum() for _, asks in tested])
    q_values = false_discovery_control(binom.sf(failures - 1, asked, threshold), method="bh")
    found = [
        _Candidate(skills, asks, int(wrong), float(wrong - usual * number), float(q))
        for (skills, asks), wrong, number, q in zip(tested, failures, asked, q_values, strict=True)
        if q <= LEVEL
    ]
    return sorted(found, key=lambda candidate: (-candidate.excess, len(candidate.skills), candidate.skills))


def _tested(needs: dict[str, Mask], min_asked: int) -> list[tuple[tuple[str, ...], Mask]]:
    """Skills and pairs with the questions that need them; of those with the very same questions the plainest."""
    frequent = [name for name, asks in needs.items() if asks.sum() >= min_asked]
    tested: dict[bytes, tuple[tuple[str, ...], Mask]] = {}
    for skills in [*((name,) for name in frequent), *combinations(frequent, 2)]:
        asks = np.logical_and.reduce([needs[name] for name in skills])
        if asks.sum() >= min_asked:
            tested.setdefault(np.packbits(asks).tobytes(), (tuple(sorted(skills)), asks))
    return list(tested.values())


def _adds(candidate: _Candidate, kept: Sequence[_Candidate], failed: Mask, threshold: float, min_asked: int) -> bool:
    from scipy.stats import binom, fisher_exact

    explained = np.logical_or.reduce([mode.asks for mode in kept]) if kept else np.zeros_like(failed)
    new = candidate.asks & ~explained
    if new.sum() >= min_asked and binom.sf((new & failed).sum() - 1, new.sum(), threshold) <= LEVEL:
        return True
    wholes = [mode for mode in kept if not (candidate.asks & ~mode.asks).any()]
    if not wholes or new.any():
        return False
    for whole in wholes:
        rest = whole.asks & ~candidate.asks
        table = [[(part & failed).sum(), (part & ~failed).sum()] for part in (candidate.asks, rest)]
        if fisher_exact(table, alternative="greater").pvalue > SHARPER:
            return False
    return True


def _mode(candidate: _Candidate, questions: pd.DataFrame, examples: int) -> FailureMode:
    asked = int(candidate.asks.sum())
    low, high = interval(candidate.failures, asked)
    failures = questions[candidate.asks & (questions["outcome"] == "failure").to_numpy()]
    name = " + ".join(candidate.skills)
    return FailureMode(
        mode_id="--".join(re.sub(r"\W+", "-", skill.lower()).strip("-") or "skill" for skill in candidate.skills),
        name=name,
        skills=candidate.skills,
        asked=asked,
        failures=candidate.failures,
        wrong_rate=candidate.failures / asked,
        low=low,
        high=high,
        excess=candidate.excess,
        q_value=candidate.q_value,
        examples=tuple(distinct_first(failures)["rollout_id"].head(examples)),
    )
