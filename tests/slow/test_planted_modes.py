"""The confirmed failure modes of planted candidates match their random gaps, on uniformly drawn questions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.scoring.measures import mode_precision, mode_recall
from bench.scoring.random_gaps import random_gaps
from bench.scoring.slices import ANY, Slice
from bench.scoring.truth import uniform_questions
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import MODES
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.scenes.oracle import rule
from blindspot.scenes.planted import PlantedCandidate
from blindspot.taxonomy.discovery import Discovered, with_features
from blindspot.taxonomy.modes.search import find_modes
from blindspot.taxonomy.reading.question_features import all_features
from stages.taxonomy import Params, taxonomy

pytestmark = pytest.mark.slow

ASKED, MATCHED_ON = 3000, 4000  # questions per candidate, questions on which modes are matched with gaps


@pytest.mark.parametrize("seed", [101, 102])
def test_failure_modes_match_the_planted_gaps(seed: int) -> None:
    """Seeds fixed; no rate is known, because the gaps are random and a few modes decide."""
    recall, precision = recovery(seed)
    assert recall is not None and recall >= 0.75
    assert precision is not None and precision >= 0.75


@pytest.mark.parametrize("seed", [201, 202])
def test_random_mistakes_give_no_failure_mode(seed: int) -> None:
    """Seeds fixed; no rate is known, because discovery and confirmation only have levels that bound it."""
    assert confirmed_modes(PlantedCandidate([], 0.15, seed), seed) == []


def recovery(seed: int) -> tuple[float | None, float | None]:
    """Returns the mode recall and mode precision of the taxonomy, with the planted gaps as the weak slices."""
    gaps = random_gaps(seed)
    modes = confirmed_modes(PlantedCandidate(gaps, 0.0, seed), seed)
    scenes, questions, belongs = uniform_questions([Slice(gap, ANY, gap) for gap in gaps], MATCHED_ON, seed + 10_000)
    features = [all_features(text, rule(text, scene).answer) for text, scene in zip(questions, scenes, strict=True)]
    contained = [np.array([mode.contains(one) for one in features]) for mode in modes]
    return mode_recall(contained, [*belongs.T]), mode_precision(contained, [*belongs.T])


def confirmed_modes(candidate: PlantedCandidate, seed: int) -> list[FailureMode]:
    """Returns the modes that are discovered in some questions and confirmed in others."""
    valid = asked(candidate, ASKED, seed + 20_000)
    modes = find_modes(with_features(valid), MODES.threshold, MODES.min_asked, examples=0)
    found = taxonomy(
        asked(candidate, ASKED, seed),
        Params.model_validate({}),
        0,
        discovered=[Discovered(modes, valid, MODES.min_asked)],
    )
    return [mode for mode in found.modes if mode.status == "confirmed"]


def asked(candidate: PlantedCandidate, number: int, seed: int) -> pd.DataFrame:
    """Returns verdicts on uniformly drawn valid questions, with the columns that the taxonomy reads."""
    scenes, questions, _ = uniform_questions([], number, seed)
    images = [Image(f"{place:05d}", Path("none"), "test", scene.to_json()) for place, scene in enumerate(scenes)]
    answers = [answer.text for answer in candidate.answer(images, questions)]
    verdicts = OracleVerifier("invalid").judge(images, questions, answers)
    return pd.DataFrame(
        {
            "rollout_id": [f"templates-{image.image_id}" for image in images],
            "method": "templates",
            "image_id": [image.image_id for image in images],
            "question": questions,
            "outcome": [verdict.outcome for verdict in verdicts],
            "reference": [verdict.reference for verdict in verdicts],
        }
    )
