"""Compares the reference rates of a finished run on scenes with the error rates on uniformly drawn questions.

Run it in the folder of the run. The candidate answers the questions, and the oracle judges the answers.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.searchers.methods import draw_images
from blindspot.errors import run
from blindspot.factory import open_candidate
from blindspot.judges.judging import judge_all
from blindspot.judges.oracle import OracleVerifier
from blindspot.metrics import Mask
from blindspot.params import CandidateParams, ModesParams, load
from blindspot.paths import FAILURE_MODES
from blindspot.protocols import Candidate
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.failure_mode import FailureMode, read_failure_modes
from blindspot.records.verdict import VALID
from blindspot.taxonomy.reading.question_features import all_features

IMAGES_SEED = 70_000_000  # of scenes; far from those of other benches
PER_IMAGE = 2  # questions


class Truth:
    """Uniformly drawn valid questions: their features, and whether the candidate fails them."""

    def __init__(self, features: Sequence[frozenset[str]], failed: Mask) -> None:
        self.features, self.failed = features, failed

    def inside(self, mode: FailureMode) -> Mask:
        """Returns which questions a mode contains."""
        return np.array([mode.contains(has) for has in self.features], dtype=bool)


def uniform_truth(candidate: Candidate, questions: int, seed: int, folder: Path) -> Truth:
    """Has the candidate answer uniformly drawn questions about new scenes. `folder`: a new one, for their pictures."""
    images = draw_images(questions // PER_IMAGE, IMAGES_SEED + seed, folder) * PER_IMAGE
    asked = [one.question for one in TemplateQuestioner().ask(images, seed)]
    verdicts = judge_all(OracleVerifier("invalid"), images, asked, candidate.answer(images, asked))
    valid = [(text, one) for text, one in zip(asked, verdicts, strict=True) if one.outcome in VALID]
    return Truth(
        [all_features(text, one.reference) for text, one in valid],
        np.array([one.outcome == "failure" for _, one in valid], dtype=bool),
    )


def measure(modes: Sequence[FailureMode], truth: Truth, threshold: float) -> dict[str, Any]:
    """Returns the figures of each mode, of all reference rates, and of the confirmed modes together.

    `bias`: the mean of reference rate − uniform rate. `coverage`: the share of the 95 % intervals that contain the
    uniform rate. `true`: the share of the confirmed modes with a uniform rate above the threshold. `mass`, `purity`:
    the share of the questions in confirmed modes, and the error rate there. `explained`: the share of all failures in
    them. `excess`: Σ (failed − threshold) over these questions, per 100 of all.
    """
    rows = [row for mode in modes if (row := _row(mode, truth))]
    confirmed = [mode for mode in modes if mode.status == "confirmed"]
    inside = (
        np.any([truth.inside(mode) for mode in confirmed], axis=0) if confirmed else np.zeros(len(truth.failed), bool)
    )
    rates = [row["uniform"] for row in rows if row["status"] == "confirmed"]
    return {
        "modes": rows,
        "bias": float(np.mean([row["reference"] - row["uniform"] for row in rows])) if rows else None,
        "coverage": float(np.mean([row["low"] <= row["uniform"] <= row["high"] for row in rows])) if rows else None,
        "confirmed": len(confirmed),
        "true": float(np.mean([rate > threshold for rate in rates])) if rates else None,
        "mass": float(inside.mean()),
        "purity": float(truth.failed[inside].mean()) if inside.any() else None,
        "explained": float(inside[truth.failed].mean()) if truth.failed.any() else None,
        "excess": float(100 * (truth.failed[inside] - threshold).sum() / len(truth.failed)),
    }


def _row(mode: FailureMode, truth: Truth) -> dict[str, Any] | None:
    """Returns the figures of a mode; None if it was not tested, or if no uniform question is in it."""
    inside = truth.inside(mode)
    if not mode.asked or not inside.any():
        return None
    kept = {"mode_id": mode.mode_id, "status": mode.status, "asked": mode.asked, "reference": mode.error_rate}
    return kept | {"low": mode.low, "high": mode.high, "uniform": float(truth.failed[inside].mean())}


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.reference_rates", description=__doc__)
    parser.add_argument("--questions", type=int, default=16_000, help="uniformly drawn questions (default: 16,000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of scenes and questions (default: 0)")
    given = parser.parse_args()
    candidate, threshold = open_candidate(load("candidate", CandidateParams)), load("modes", ModesParams).threshold
    with tempfile.TemporaryDirectory() as folder:
        truth = uniform_truth(candidate, given.questions, given.seed, Path(folder) / "images")
    print(json.dumps(measure(read_failure_modes(FAILURE_MODES), truth, threshold), indent=2))


if __name__ == "__main__":
    run(main, takes_arguments=True)
