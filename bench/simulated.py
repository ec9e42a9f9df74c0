"""Discovers and confirms failure modes of simulated candidates, whose exact error rates are known.

No model answers: a simulated candidate has an error probability for each kind of question, and its failures are drawn.
So a thousand modes are tested in minutes. Prints JSON.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench.scoring.truth import uniform_questions
from bench.scoring.uniform import ModeRate, mode_rate, rate_scores
from blindspot.errors import run
from blindspot.params import MODES
from blindspot.records.failure_mode import FailureMode
from blindspot.scenes.oracle import rule
from blindspot.taxonomy.modes.confirm import confirm
from blindspot.taxonomy.modes.quota import quota_of
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.reading.question_features import columns

TRUTH, DISCOVERY, CONFIRMATION = 16_000, 12_000, 24_000  # uniform questions for rates, discovery and quotas
ASKED = 2000  # questions of a discovery
PER_IMAGE = 2  # questions about one image
BASE, RATES, KINDS = 0.15, (0.35, 0.45), 4  # slight: error rate of most questions, of weak kinds, number of weak kinds
SHIFT = 0.8  # graded: standard deviation of the log odds of a feature
POOL_SEED = 80_000_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """Uniformly drawn questions: a row and the true answer of each, and which has which feature.

    `has`: shape (questions, features).
    """

    rows: pd.DataFrame
    references: list[str]
    names: list[str]
    has: npt.NDArray[np.bool_]

    def inside(self, mode: FailureMode) -> npt.NDArray[np.bool_]:
        """Returns which questions a mode contains."""
        which = [self.names.index(feature) for feature in mode.features]
        return np.asarray(self.has[:, which].all(axis=1), dtype=bool)


def draw_pool(questions: int, seed: int) -> Pool:
    """Draws uniform questions; PER_IMAGE questions in a row count as questions about one image."""
    scenes, texts, _ = uniform_questions([], questions, seed)
    answers = [str(rule(text, scene).answer) for text, scene in zip(texts, scenes, strict=True)]
    rows = [columns(text, answer) for text, answer in zip(texts, answers, strict=True)]
    frame = pd.DataFrame(rows).assign(
        rollout_id=[str(place) for place in range(questions)],
        image_id=[str(place // PER_IMAGE) for place in range(questions)],
        question=texts,
    )
    sets = [frozenset(feature for names in row.values() for feature in names) for row in rows]
    names = sorted(frozenset().union(*sets))
    return Pool(frame, answers, names, np.array([[name in one for name in names] for one in sets], dtype=bool))


def slight(pool: Pool, dice: np.random.Generator) -> Floats:
    """Returns the error probability of each question: RATES in KINDS random kinds of question, BASE elsewhere.

    A kind has one or two features and contains 1 % to 15 % of the questions.
    """
    chances = np.full(len(pool.rows), BASE)
    found = 0
    while found < KINDS:
        features = dice.choice(len(pool.names), size=int(dice.integers(1, 3)), replace=False)
        inside = pool.has[:, features].all(axis=1)
        if 0.01 <= inside.mean() <= 0.15:
            chances[inside] = dice.choice(RATES)
            found += 1
    return chances


def graded(pool: Pool, dice: np.random.Generator) -> Floats:
    """Returns the error probability of each question: every feature shifts its odds. The mean is about BASE."""
    logits = pool.has @ dice.normal(0, SHIFT, len(pool.names))
    low, high = -20.0, 20.0
    for _ in range(40):  # bisection of the intercept
        middle = (low + high) / 2
        low, high = (middle, high) if _odds(logits + middle).mean() < BASE else (low, middle)
    return _odds(logits + low)


def _odds(logits: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-logits))
    return chances


CANDIDATES: dict[str, Callable[[Pool, np.random.Generator], Floats]] = {"slight": slight, "graded": graded}


def simulate(pool: Pool, chances: Floats, dice: np.random.Generator) -> list[ModeRate]:
    """Discovers the modes of one candidate and confirms them on other questions. Returns their rates.

    `chances`: the error probability of each question in the pool.
    """
    failed = dice.random(len(chances)) < chances
    rows = pool.rows.assign(outcome=np.where(failed, "failure", "correct"))
    places = np.sort(TRUTH + dice.choice(DISCOVERY, ASKED, replace=False))
    modes = find_modes(rows.iloc[places].reset_index(drop=True), MODES.threshold, MODES.min_asked, examples=0)
    if not modes:
        return []
    inside = [pool.inside(mode) for mode in modes]
    quotas = pd.concat([_quota(mode, len(modes), rows, of_mode) for mode, of_mode in zip(modes, inside, strict=True)])
    tested = confirm(modes, quotas.reset_index(drop=True), MODES.threshold, examples=0)
    return [
        mode_rate(mode, float(chances[:TRUTH][of_mode[:TRUTH]].mean()))
        for mode, of_mode in zip(tested, inside, strict=True)
        if mode.asked and of_mode[:TRUTH].any()
    ]


def _quota(mode: FailureMode, modes: int, rows: pd.DataFrame, inside: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Returns the first questions for confirmation that are in a mode, as many as its quota."""
    first = TRUTH + DISCOVERY
    places = first + np.flatnonzero(inside[first:])[: quota_of(mode, modes, MODES.threshold)]
    return rows.iloc[places].assign(mode_id=mode.mode_id)


def summary(rates: Sequence[ModeRate], candidates: int) -> dict[str, Any]:
    """Returns the figures over all modes of a kind of candidate."""
    return {"candidates": candidates, "modes": len(rates), **rate_scores(rates, MODES.threshold)}


def main() -> None:
    """Prints the figures of each kind of candidate."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulated", description=__doc__)
    parser.add_argument("--modes", type=int, default=1000, help="least number of modes of each kind (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the candidates (default: 0)")
    given = parser.parse_args()
    pool = draw_pool(TRUTH + DISCOVERY + CONFIRMATION, POOL_SEED + given.seed)
    found = {}
    for kind, chances_of in CANDIDATES.items():
        rates, candidates = list[ModeRate](), 0
        while len(rates) < given.modes:
            dice = np.random.default_rng([given.seed, [*CANDIDATES].index(kind), candidates])
            rates += simulate(pool, chances_of(pool, dice), dice)
            candidates += 1
        found[kind] = summary(rates, candidates)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    run(main, takes_arguments=True)
