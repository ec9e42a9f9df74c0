"""Compares simulated candidates night after night, to measure how often `blindspot diff` is right.

Every night has two evaluation logs about the same uniform questions on scenes, whose answers are drawn with the known
error probabilities of the candidates. `equal`: both candidates have the same probabilities. `worse`: the second fails
10 points more often in one failure mode of the first. Both logs are analyzed, written, read and compared as the
commands `blindspot analyze` and `blindspot diff` do. Prints JSON.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from bench.simulated import Floats, Pool, draw_pool, graded, slight
from blindspot.analysis.analyze import Analysis, analyze
from blindspot.diff.diff import Diff, diff
from blindspot.diff.side import read_folder
from blindspot.errors import run

Kind = Literal["equal", "worse"]
QUESTIONS = 6000  # of a log
DROP = 0.10  # how much more often the second candidate of the kind worse fails in one mode
LEAST = 300  # common questions in that mode
SEED = 90_000_000


def draw(pool: Pool, seed: int) -> Floats:
    """Returns the error probability of each question of the candidate with this seed."""
    dice = np.random.default_rng([SEED, seed])
    return (slight, graded)[seed % 2](pool, dice)


def log(pool: Pool, chances: Floats, draws: Floats) -> pd.DataFrame:
    """Returns an evaluation log. An answer is wrong if its number in `draws`, from 0 to 1, is below its chance."""
    rows = pool.rows
    wrong = draws < chances
    return pd.DataFrame({
        "image_id": rows["image_id"],
        "question": rows["question"],
        "reference": pool.references,
        "answer": np.where(wrong, "something else", pool.references),
        "wrong": wrong.astype(int),
        "model": "model",
    })  # fmt: skip


def night(pool: Pool, kind: Kind, seed: int, shared: float) -> dict[str, Any]:
    """Compares the two candidates of one night. `shared`: the share of questions whose draw both candidates have."""
    dice, chances = np.random.default_rng([SEED, seed, 1]), draw(pool, seed)
    first, second = dice.random(len(chances)), dice.random(len(chances))
    second = np.where(dice.random(len(chances)) < shared, first, second)
    old = analyze(log(pool, chances, first))
    features: tuple[str, ...] = ()
    if kind == "worse":
        features, inside = _mode(old, pool)
        chances = np.where(inside, np.minimum(chances + DROP, 1.0), chances)
    found = compare(old, analyze(log(pool, chances, second)))
    alarms = [row for row in found.rows if row.change in ("new", "worse")]
    caught = any({*row.features} == {*features} for row in alarms) if features else None
    return {"seed": seed, "rows": len(found.rows), "alarms": len(alarms), "caught": caught, "features": features}


def compare(old: Analysis, new: Analysis) -> Diff:
    """Writes both analyses, reads them and compares them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, analysis in (("old", old), ("new", new)):
            analysis.write(Path(folder) / name)
        first, second = (read_folder(Path(folder) / name, name) for name in ("old", "new"))
        return diff(first, second, asking=False)


def _mode(old: Analysis, pool: Pool) -> tuple[tuple[str, ...], Any]:
    """Returns the features and the questions of the smallest mode with at least LEAST questions."""
    insides = [(mode.features, pool.inside(mode)) for mode in old.models[0].modes]
    large = [(features, inside) for features, inside in insides if inside.sum() >= LEAST]
    return min(large, key=lambda one: one[1].sum())


def main() -> None:
    """Prints how many nights had an alarm, and in how many the worse mode was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.nights", description=__doc__)
    parser.add_argument("kind", choices=get_args(Kind))
    parser.add_argument("--nights", type=int, default=100, help="default: 100")
    parser.add_argument("--first", type=int, default=0, help="seed of the first night (default: 0)")
    parser.add_argument("--shared", type=float, default=0.0, help="share of questions with equal draws (default: 0)")
    given = parser.parse_args()
    pool, found = draw_pool(QUESTIONS, SEED), []
    for seed in range(given.first, given.first + given.nights):
        try:
            found.append(night(pool, given.kind, seed, given.shared))
        except ValueError:  # no mode of enough questions
            continue
    nights = {"nights": len(found), "with_alarm": sum(one["alarms"] > 0 for one in found)}
    print(json.dumps(nights | {"caught": sum(bool(one["caught"]) for one in found), "each": found}))


if __name__ == "__main__":
    run(main, takes_arguments=True)
