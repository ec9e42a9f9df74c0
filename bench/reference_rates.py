"""Compares the reference rates of a finished run on scenes with the error rates on uniformly drawn questions.

Run it in the folder of the run. The candidate answers the questions, and the oracle judges the answers.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bench.scoring.uniform import Uniform, mass_scores, mode_rates, rate_scores
from bench.searchers.methods import draw_images
from blindspot.errors import run
from blindspot.factory import open_candidate
from blindspot.judges.judging import judge_all
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import CandidateParams, ModesParams, load
from blindspot.paths import FAILURE_MODES
from blindspot.protocols import Candidate
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.failure_mode import FailureMode, read_failure_modes
from blindspot.records.verdict import VALID
from blindspot.taxonomy.reading.question_features import all_features

IMAGES_SEED = 70_000_000  # of scenes; far from those of other benches
PER_IMAGE = 2  # questions
SHOWN = ("confirmed", "bias", "coverage", "width", "true_modes", "mass", "purity", "explained_mass", "excess")


def uniform_sample(candidate: Candidate, questions: int, seed: int, folder: Path) -> Uniform:
    """Has the candidate answer uniformly drawn questions about new scenes. `folder`: a new one, for their pictures.

    All questions are `weak`: the weak slices are not known here.
    """
    images = draw_images(questions // PER_IMAGE, IMAGES_SEED + seed, folder) * PER_IMAGE
    asked = [one.question for one in TemplateQuestioner().ask(images, seed)]
    verdicts = judge_all(OracleVerifier("invalid"), images, asked, candidate.answer(images, asked))
    valid = [(text, one) for text, one in zip(asked, verdicts, strict=True) if one.outcome in VALID]
    failed = np.array([one.outcome == "failure" for _, one in valid], dtype=bool)
    return Uniform([all_features(text, one.reference) for text, one in valid], failed, np.ones(len(valid), dtype=bool))


def measure(modes: Sequence[FailureMode], truth: Uniform, threshold: float) -> dict[str, Any]:
    """Returns the rates of each mode, of all reference rates, and of the confirmed modes together (docs/bench.md)."""
    rates = mode_rates(modes, truth)
    scores = mass_scores(modes, truth, threshold) | rate_scores(rates, threshold)
    return {"modes": [asdict(rate) for rate in rates]} | {name: scores[name] for name in SHOWN}


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.reference_rates", description=__doc__)
    parser.add_argument("--questions", type=int, default=16_000, help="uniformly drawn questions (default: 16,000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of scenes and questions (default: 0)")
    given = parser.parse_args()
    candidate, threshold = open_candidate(load("candidate", CandidateParams)), load("modes", ModesParams).threshold
    with tempfile.TemporaryDirectory() as folder:
        truth = uniform_sample(candidate, given.questions, given.seed, Path(folder) / "images")
    print(json.dumps(measure(read_failure_modes(FAILURE_MODES), truth, threshold), indent=2))


if __name__ == "__main__":
    run(main, takes_arguments=True)
