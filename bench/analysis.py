"""Measures `blindspot analyze` on an evaluation log: modes found on half of the images, measured on the other half.

The images are halved several times. On one half, failure modes are discovered and confirmed as a user gets them. On
the other half, which the analysis never saw, the bench measures whether the rates are true and whether the modes cover
the failures. The yardstick is a logistic regression on the words of question and reference, trained on the same half,
which marks as many questions of the other half as the modes contain.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from blindspot.analysis.analyze import ModelAnalysis, analyze_answers, read_rows
from blindspot.analysis.grading import grade
from blindspot.errors import run
from blindspot.logs.columns import Columns
from blindspot.logs.read import read_logs
from blindspot.metrics import Mask
from blindspot.records.verdict import VALID
from blindspot.taxonomy.modes.confirm import contained_in

FEWEST = 10  # held-out questions of a mode whose rates are compared
RESAMPLES = 1000  # of the images, for the interval


class Rated(NamedTuple):
    """A mode's questions in both places: the image of each as a number, and whether it failed."""

    held_out: tuple["np.ndarray[Any, Any]", Mask]
    other: tuple["np.ndarray[Any, Any]", Mask]


def measure(answers: pd.DataFrame, splits: int, first: int) -> dict[str, Any]:
    """Returns the figures over all models and splits. `answers`: the answers frame. `first`: number of a split."""
    rows = read_rows(grade(answers))
    rows = rows[rows["outcome"].isin(VALID)].assign(place=pd.factorize(rows["unit"])[0])
    runs, rated = list[dict[str, float]](), list[Rated]()
    for split in range(first, first + splits):
        halves = {unit: _half(unit, split) for unit in rows["unit"].unique()}
        seen = rows["unit"].map(halves).to_numpy(dtype=bool)
        for one in analyze_answers(answers.loc[rows.index[seen]], None, None).models:
            other = rows[~seen & (rows["model"] == one.model).to_numpy()].reset_index(drop=True)
            runs.append(_run(one, rows[seen & (rows["model"] == one.model).to_numpy()], other))
            rated += _rated(one, other, dict(zip(rows["unit"], rows["place"], strict=True)))
    return _figures(pd.DataFrame(runs), rated, int(rows["place"].max()) + 1)


def _half(unit: str, split: int) -> bool:
    return hashlib.sha256(f"{split} {unit}".encode()).digest()[0] < 128


def _run(one: ModelAnalysis, seen: pd.DataFrame, other: pd.DataFrame) -> dict[str, float]:
    failed = (other["outcome"] == "failure").to_numpy()
    insides = [*contained_in(one.modes, other)]
    confirmed = [inside for mode, inside in zip(one.modes, insides, strict=True) if mode.status == "confirmed"]
    inside, inside_confirmed = (np.any([*some, np.zeros(len(other), bool)], axis=0) for some in (insides, confirmed))
    marked = _marked(seen, other, int(inside.sum()))
    mean = failed.mean()
    return {
        "modes": len(insides),
        "confirmed": len(confirmed),
        "above_mean": sum(bool(some.any()) and failed[some].mean() > mean for some in confirmed),
        "coverage": inside.mean(),
        "excess": failed[inside].mean() / mean - 1 if inside.any() else np.nan,
        "excess_of_words": failed[marked].mean() / mean - 1 if inside.any() else np.nan,
        "failures_covered": failed[inside].sum() / failed.sum(),
        "failures_covered_by_confirmed": failed[inside_confirmed].sum() / failed.sum(),
    }


def _marked(seen: pd.DataFrame, other: pd.DataFrame, count: int) -> "np.ndarray[Any, Any]":
    """Returns the `count` questions that the regression expects to fail most."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=3)
    texts = [rows["question"] + " " + rows["reference"].fillna("") for rows in (seen, other)]
    model = LogisticRegression(C=3, max_iter=1000).fit(words.fit_transform(texts[0]), seen["outcome"] == "failure")
    return np.argsort(-model.predict_proba(words.transform(texts[1]))[:, 1], kind="stable")[:count]


def _rated(one: ModelAnalysis, other: pd.DataFrame, places: dict[str, int]) -> Iterator[Rated]:
    held_out = one.scored[one.scored["part"] == "held_out"]
    for own, there in zip(contained_in(one.modes, held_out), contained_in(one.modes, other), strict=True):
        if own.sum() >= FEWEST and there.any():
            sides = (
                (rows["unit"].map(places).to_numpy(), (rows["outcome"] == "failure").to_numpy())
                for rows in (held_out[own], other[there])
            )
            yield Rated(*sides)


def _figures(runs: pd.DataFrame, rated: list[Rated], images: int) -> dict[str, Any]:
    dice = np.random.default_rng(0)
    weights = dice.multinomial(images, np.full(images, 1 / images), size=RESAMPLES)
    means = [_difference(rated, weight) for weight in weights]
    return {
        "runs": len(runs),
        "modes": int(runs["modes"].sum()),
        "confirmed": int(runs["confirmed"].sum()),
        "confirmed_above_mean": runs["above_mean"].sum() / max(runs["confirmed"].sum(), 1),
        "rates_compared": len(rated),
        "rate_difference": _difference(rated, np.ones(images)),
        "rate_difference_interval": [*np.nanpercentile(means, [2.5, 97.5])] if rated else None,
        "coverage": runs["coverage"].mean(),
        "excess_relative_to_words": runs["excess"].mean() / runs["excess_of_words"].mean(),
        "failures_covered": runs["failures_covered"].mean(),
        "failures_covered_by_confirmed": runs["failures_covered_by_confirmed"].mean(),
    }


def _difference(rated: list[Rated], weights: "np.ndarray[Any, Any]") -> float:
    """Returns the mean over modes of the rate on held-out questions minus that on the other half."""
    rates = [[_mean(side, weights) for side in one] for one in rated]
    return float(np.nanmean([own - there for own, there in rates])) if rated else float("nan")


def _mean(side: tuple["np.ndarray[Any, Any]", Mask], weights: "np.ndarray[Any, Any]") -> float:
    places, failed = side
    total = weights[places].sum()
    return float((weights[places] * failed).sum() / total) if total else float("nan")


def main() -> None:
    """Prints the figures of a log as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.analysis", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="evaluation logs (docs/logs.md)")
    parser.add_argument("--splits", type=int, default=4, help="how often the images are halved (default: 4)")
    parser.add_argument("--first", type=int, default=0, help="number of the first split (default: 0)")
    arguments = parser.parse_args()
    print(json.dumps(measure(read_logs(arguments.files, Columns()), arguments.splits, arguments.first), indent=2))


if __name__ == "__main__":
    run(main, takes_arguments=True)
