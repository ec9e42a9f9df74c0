"""Do the failure modes of a planted candidate say what was planted? Gaps at random, questions drawn uniformly."""

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from blindspot.records.image import Image
from blindspot.scenes.cells import ANY, WORDS, Cell
from blindspot.scenes.oracle import rule
from blindspot.scenes.planted import PlantedCandidate
from blindspot.scenes.question import FAMILIES, RELATIONS
from blindspot.scenes.scene import ATTRIBUTES
from blindspot.search.measures import mode_precision, mode_recall
from blindspot.search.truth import uniform_questions
from blindspot.skills.placing import Placing
from blindspot.verifiers.oracle import OracleVerifier
from stages.taxonomy import Params, taxonomy

pytestmark = pytest.mark.slow

GAPS, ASKED, MATCHED_ON = 4, 3000, 4000  # gaps a candidate, questions it is asked, questions that modes are matched on


@pytest.mark.parametrize("seed", [101, 102])
def test_what_was_planted_comes_back(seed: int) -> None:
    recall, precision = recovery(seed)
    assert recall is not None and recall >= 0.75
    assert precision is not None and precision >= 0.75


@pytest.mark.parametrize("seed", [201, 202])
def test_random_mistakes_alone_are_no_mode(seed: int) -> None:
    assert taxonomy(asked(PlantedCandidate([], 0.15, seed), ASKED, seed), Params.model_validate({}), 0).modes == []


def recovery(seed: int) -> tuple[float | None, float | None]:
    """Mode recall and mode precision of the taxonomy, the planted gaps themselves being the weak cells."""
    gaps = random_gaps(seed)
    found = taxonomy(asked(PlantedCandidate(gaps, 0.0, seed), ASKED, seed), Params.model_validate({}), 0)
    placing = Placing(found.skills, found.meta_skills)
    scenes, questions, belongs = uniform_questions([Cell(gap, ANY, gap) for gap in gaps], MATCHED_ON, seed + 10_000)
    traits = [placing.traits(text, rule(text, scene).answer) for text, scene in zip(questions, scenes, strict=True)]
    claimed = [np.array([mode.claims(one) for one in traits]) for mode in found.modes]
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


def random_gaps(seed: int) -> list[str]:
    """GAPS different ones: a family with an answer, a word said or a word it turns on, or a relation with a look."""
    rng, gaps = random.Random(seed), list[str]()
    while len(gaps) < GAPS:
        gap = rng.choice((_answered, _said, _turning, _related, _asking))(rng)
        if gap not in gaps:
            gaps.append(gap)
    return gaps


def _answered(rng: random.Random) -> str:
    family = rng.choice([name for name in FAMILIES if name not in ("extremum", "two_hop")])
    if family == "counting":
        return f"family == counting and answer >= {rng.choice((2, 3, 4))}"
    return f"family == {family} and answer == {rng.choice(ATTRIBUTES.get(family, ('yes', 'no')))}"


def _said(rng: random.Random) -> str:
    family = rng.choice(FAMILIES)
    attribute = rng.choice([name for name in ATTRIBUTES if name != family])
    return f"family == {family} and {attribute} == {rng.choice(ATTRIBUTES[attribute])}"


def _turning(rng: random.Random) -> str:
    family = rng.choice([name for name in WORDS if name != ANY])
    return f"family == {family} and word == {rng.choice(WORDS[family])}"


def _related(rng: random.Random) -> str:
    attribute = rng.choice([*ATTRIBUTES])
    return f"{attribute} == {rng.choice(ATTRIBUTES[attribute])} and relation == {rng.choice([*RELATIONS])}"


def _asking(rng: random.Random) -> str:
    return f"family == {rng.choice(('extremum', 'same', 'two_hop'))} and attribute == {rng.choice([*ATTRIBUTES])}"
