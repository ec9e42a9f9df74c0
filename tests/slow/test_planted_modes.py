"""Do the failure modes of a planted candidate say what was planted? Gaps at random, questions drawn uniformly."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.scoring.measures import mode_precision, mode_recall
from bench.scoring.random_gaps import random_gaps
from bench.scoring.slices import ANY, Slice
from bench.scoring.truth import uniform_questions
from blindspot.judges.oracle import OracleVerifier
from blindspot.records.image import Image
from blindspot.scenes.oracle import rule
from blindspot.scenes.planted import PlantedCandidate
from blindspot.taxonomy.clustering.assignment import SkillAssignment
from stages.taxonomy import Params, taxonomy

pytestmark = pytest.mark.slow

ASKED, MATCHED_ON = 3000, 4000  # questions a candidate is asked, questions that modes are matched on


@pytest.mark.parametrize("seed", [101, 102])
def test_what_was_planted_comes_back(seed: int) -> None:
    recall, precision = recovery(seed)
    assert recall is not None and recall >= 0.75
    assert precision is not None and precision >= 0.75


@pytest.mark.parametrize("seed", [201, 202])
def test_random_mistakes_alone_are_no_mode(seed: int) -> None:
    assert taxonomy(asked(PlantedCandidate([], 0.15, seed), ASKED, seed), Params.model_validate({}), 0).modes == []


def recovery(seed: int) -> tuple[float | None, float | None]:
    """Mode recall and mode precision of the taxonomy, the planted gaps themselves being the weak slices."""
    gaps = random_gaps(seed)
    found = taxonomy(asked(PlantedCandidate(gaps, 0.0, seed), ASKED, seed), Params.model_validate({}), 0)
    placing = SkillAssignment(found.taxonomy.skills, found.taxonomy.meta_skills)
    scenes, questions, belongs = uniform_questions([Slice(gap, ANY, gap) for gap in gaps], MATCHED_ON, seed + 10_000)
    features = [
        placing.features(text, rule(text, scene).answer) for text, scene in zip(questions, scenes, strict=True)
    ]
    claimed = [np.array([mode.claims(one) for one in features]) for mode in found.modes]
    return mode_recall(claimed, [*belongs.T]), mode_precision(claimed, [*belongs.T])


def asked(candidate: PlantedCandidate, number: int, seed: int) -> pd.DataFrame:
    """So many uniformly drawn valid questions and the candidate's verdicts: the columns that the taxonomy reads."""
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
