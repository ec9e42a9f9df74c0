"""Measures how well the adaptive choice of pool questions finds failure modes, on an evaluation log.

The images are split into those of a pool and others. The product asks a part of the pool's questions, and the log
answers. Failure modes are discovered in what was asked, and measured on the questions about the other images. Uniform
choices go through the same discovery.
"""

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from blindspot.analysis.analyze import read_rows
from blindspot.analysis.grading import grade
from blindspot.budget import Meter
from blindspot.errors import run
from blindspot.logs.columns import Columns
from blindspot.logs.read import read_logs
from blindspot.metrics import Mask
from blindspot.params import MODES, BudgetParams
from blindspot.pool.questions import Pool, PoolQuestion
from blindspot.records.answer import Answer, Sampling
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.records.verdict import VALID, Verdict
from blindspot.search.discovered import asked_in, discover, questions_of
from blindspot.search.explorer import modes_in
from blindspot.search.exploring import Exploration, explore
from blindspot.search.journal import Journal
from blindspot.search.predicted import Unasked
from blindspot.search.unasked import uniform_unasked
from blindspot.taxonomy.reading.question_features import has_all

POOL_SHARE = 0.6  # of the images
MIN_ASKED = 20  # valid questions of a mode, as in recipes/pool.yaml
RESAMPLES = 2000
#: arm ÷ arm
RATIOS = (
    *(("adaptive", "uniform"), ("adaptive", "all"), ("uniform", "all")),
    *(("adaptive_half", "uniform"), ("adaptive_half", "uniform_half"), ("seen", "uniform")),
)

Numbers = np.ndarray[Any, np.dtype[Any]]


class Logged:
    """Candidate and verifier in one: gives the answers and the outcomes that a log has."""

    identity = "log"

    def __init__(self, rows: Iterable[Asked]) -> None:
        self._known = {(row.image_id, row.question): row for row in rows}

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns the answer to each question in the log."""
        return [Answer(row.answer) for row in self._find(images, questions)]

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns the outcome of each question in the log."""
        rows = self._find(images, questions)
        return [Verdict(row.outcome, self.identity, reference=row.reference) for row in rows]

    def _find(self, images: Sequence[Image], questions: Sequence[str]) -> Iterator[Asked]:
        return (self._known[image.image_id, question] for image, question in zip(images, questions, strict=True))


class Measured(NamedTuple):
    """What the modes of each arm contain of the questions about the other images, for one model and seed.

    `images`: the number of the image of each of these questions. `failed`: which of them failed. `inside`: by arm,
    which of them are in a mode. `modes`: by arm, the number of modes.
    """

    images: Numbers
    failed: Mask
    inside: dict[str, Mask]
    modes: dict[str, int]


def measure(answers: pd.DataFrame, seeds: Iterable[int], calls: int, predicted: bool = True) -> dict[str, Any]:
    """Returns the figures over all models and seeds.

    The arms `adaptive` and `uniform` choose `calls` questions of a pool, or half as many (`_half`). For comparison,
    `all` asks the whole pool, and `seen` discovers modes in all questions of the log, the others included. `answers`:
    the answers frame. `predicted`: whether modes are also discovered in predicted outcomes (`search.predicted`).
    """
    rows = read_rows(grade(answers))
    rows = rows[rows["outcome"].isin(VALID) & rows["reference"].notna()]
    rows = rows.drop_duplicates(["model", "image_id", "question"])
    numbers = {image: number for number, image in enumerate(rows["image_id"].unique())}
    rows = rows.assign(answer=rows["answer"].fillna(""), message=None)
    models = [asked_in(of_model) for _, of_model in rows.groupby("model", sort=False)]
    pairs = [(model, seed) for seed in seeds for model in models]
    return _figures([_measure(*pair, calls, predicted, numbers) for pair in tqdm(pairs, "pool")], len(numbers))


def _measure(rows: Sequence[Asked], seed: int, calls: int, predicted: bool, numbers: dict[str, int]) -> Measured:
    places = [hashlib.sha256(f"{seed} {row.image_id}".encode()).digest()[0] < 256 * POOL_SHARE for row in rows]
    asked = [row for row, place in zip(rows, places, strict=True) if place]
    others = [row for row, place in zip(rows, places, strict=True) if not place]
    threshold = max(MODES.threshold, sum(row.outcome == "failure" for row in rows) / len(rows))
    pool = Pool(PoolQuestion(str(n), row.image_id, row.question, (str(row.reference),)) for n, row in enumerate(asked))
    images = [Image(name, Path(name), "train") for name in dict.fromkeys(row.image_id for row in asked)]
    uniform = random.Random(seed).sample(asked, len(asked))[:calls]
    arms = {"adaptive": _adaptive(Logged(rows), pool, images, seed, calls, threshold), "uniform": uniform}
    arms |= {f"{name}_half": half[: calls // 2] for name, half in arms.items()}  # fewer calls ask the same ones first
    unasked = uniform_unasked(images, pool, seed) if predicted else []
    found = {name: _modes(some, threshold, unasked) for name, some in (arms | {"all": asked, "seen": rows}).items()}
    return Measured(
        np.array([numbers[row.image_id] for row in others]),
        np.array([row.outcome == "failure" for row in others]),
        {name: _inside(modes, others) for name, modes in found.items()},
        {name: len(modes) for name, modes in found.items()},
    )


def _adaptive(
    logged: Logged, pool: Pool, images: Sequence[Image], seed: int, calls: int, threshold: float
) -> list[Asked]:
    """Returns the questions that the product asks, in order."""
    how = Exploration.model_validate({"calls": calls, "at_least": calls, "min_asked": MIN_ASKED})
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "asked.jsonl", logged, logged, Meter(BudgetParams.model_validate({})))
        return explore(how, seed, images, pool, journal, threshold=threshold)[0]


def _modes(asked: Sequence[Asked], threshold: float, unasked: Sequence[Unasked]) -> list[FailureMode]:
    """Returns the modes that the product discovers in the questions asked."""
    explored = modes_in(asked, threshold, MIN_ASKED, worded=None)
    return discover(questions_of(asked, []), explored, threshold, MIN_ASKED, MIN_ASKED, None, unasked)


def _inside(modes: Sequence[FailureMode], rows: Sequence[Asked]) -> Mask:
    features = [{*mode.features} for mode in modes]
    return np.array([any(has_all(one, row.question, row.reference) for one in features) for row in rows])


def _figures(measured: Sequence[Measured], images: int) -> dict[str, Any]:
    """Returns means over the pairs of model and seed, and ratios of mean excesses with 95 % intervals.

    The intervals resample the pairs and, independently of them, the images (the pigeonhole bootstrap of Owen, Annals
    of Applied Statistics 1, 2007): all pairs share the images, and the questions about an image go together.
    """
    dice, pairs = np.random.default_rng(0), len(measured)
    weights = dice.multinomial(images, np.full(images, 1 / images), size=RESAMPLES)
    drawn = dice.multinomial(pairs, np.full(pairs, 1 / pairs), size=RESAMPLES)
    arms, once = [*measured[0].inside], np.ones((1, images))
    means = {arm: float(np.mean([_excess(one, arm, once) for one in measured])) for arm in arms}
    sums = {arm: (drawn.T * [_excess(one, arm, weights) for one in measured]).sum(axis=0) for arm in arms}
    return {
        "pairs": pairs,
        "excess": means,
        "coverage": {arm: float(np.mean([one.inside[arm].mean() for one in measured])) for arm in arms},
        "modes": {arm: float(np.mean([one.modes[arm] for one in measured])) for arm in arms},
        "ratios": {
            f"{arm} / {other}": [means[arm] / means[other], *np.percentile(sums[arm] / sums[other], [2.5, 97.5])]
            for arm, other in RATIOS
            if np.all(sums[other])
        },
    }


def _excess(one: Measured, arm: str, weights: Numbers) -> Numbers:
    """Returns Σ (failed − rate) over the questions in modes, per 100 of all, for each row of weights of the images."""
    each = weights[:, one.images]  # shape (resamples, questions)
    inside, total = each * one.inside[arm], each.sum(axis=1)
    excess: Numbers = 100 * (inside @ one.failed - each @ one.failed / total * inside.sum(axis=1)) / total
    return excess


def main() -> None:
    """Prints the figures of a log as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.pool", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="evaluation logs (docs/logs.md)")
    parser.add_argument("--seeds", type=int, default=5, help="number of seeds (default: 5)")
    parser.add_argument("--first", type=int, default=0, help="first seed (default: 0)")
    parser.add_argument("--calls", type=int, default=600, help="questions of the pool that are asked (default: 600)")
    parser.add_argument("--without-predicted", action="store_true", help="without modes in predicted outcomes")
    given = parser.parse_args()
    seeds, answers = range(given.first, given.first + given.seeds), read_logs(given.files, Columns())
    print(json.dumps(measure(answers, seeds, given.calls, not given.without_predicted), indent=2))


if __name__ == "__main__":
    run(main, takes_arguments=True)
