"""Searches planted candidates with three gaps on marks over photographs of scikit-image, one for each seed.

The templates are the questioner, as in recipes/marks.yaml, and the oracle is the verifier.
"""

import argparse
import random
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pictures

from bench.resumable import measure_seeds
from bench.scoring.uniform import Uniform, mass_scores, mode_rates, rate_scores
from bench.searchers.confirming import confirm_modes
from blindspot.budget import Meter
from blindspot.errors import run
from blindspot.judges.oracle import OracleVerifier
from blindspot.marks.placing import place_marks
from blindspot.params import MODES, BudgetParams
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.image import Image
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import rule
from blindspot.scenes.planted import PlantedCandidate
from blindspot.scenes.stored import read_scene
from blindspot.search.exploring import Exploration, explore
from blindspot.search.journal import Journal
from blindspot.taxonomy.reading.question_features import all_features

PHOTOGRAPHS = ("astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "rocket.jpg", "moon.png")
SIDE = 512  # px: shorter side of a photograph
SIZE = 0.035  # of marks, the default of prepare.marks.size
#: Three of these are the gaps of a candidate.
GAPS = (
    "family == text",
    "word == behind",
    "family == counting and answer >= 2",
    "family == relation and word == left_of",
    "family == extremum and word == topmost",
    "family == same and attribute == size",
    "family == comparison and word == fewer",
    "family == existence and answer == no",
    "family == counting and shape == label",
    "family == relation and colour == purple",
)
MISTAKES = 0.03  # probability of a wrong answer elsewhere
PICTURES = 120  # of the search, of the confirmation and of the truth each; the same for all seeds
EXPLORATION = Exploration(calls=600, at_least=600, together=10, proposals=16, min_asked=6)
QUESTIONS = 8_000  # uniform ones, as the truth
TRUTH_SEED = 9_000_000
Marked = Sequence[Image]


def pictures(count: int, seed: int) -> list[Image]:
    """Returns pictures of the photographs in turn, each with random marks. They are not drawn: no model sees them."""
    found = list[Image]()
    for number in range(count):
        name = PHOTOGRAPHS[number % len(PHOTOGRAPHS)]
        scene, _ = place_marks(_photograph(name), SIZE, random.Random(f"{seed} {number}"))
        found.append(Image(f"{name}.{number}", Path(name), "bench", scene.to_json()))
    return found


@cache
def _photograph(name: str) -> Pictures.Image:
    import skimage

    with Pictures.open(Path(skimage.__file__).parent / "data" / name) as opened:
        picture = opened.convert("RGB")
    factor = SIDE / min(picture.size)
    return picture.resize((round(picture.width * factor), round(picture.height * factor)))


def truth_of(candidate: PlantedCandidate, gaps: Sequence[str], images: Sequence[Image]) -> Uniform:
    """Returns the candidate's failures on uniformly drawn questions, the same for all candidates. Weak: in a gap."""
    about = random.Random(TRUTH_SEED).choices(images, k=QUESTIONS)
    asked = TemplateQuestioner().ask(about, TRUTH_SEED)
    answers = candidate.answer(about, [one.question for one in asked])
    conditions, weak = [Gap(gap) for gap in gaps], list[bool]()
    for image, one in zip(about, asked, strict=True):
        scene = read_scene(image.scene or "")
        facts = facts_of(rule(one.question, scene), scene)
        weak.append(any(gap.holds(facts) for gap in conditions))
    failed = [answer.text != one.answer for answer, one in zip(answers, asked, strict=True)]
    features = [frozenset(all_features(one.question, one.answer)) for one in asked]
    return Uniform(features, np.array(failed), np.array(weak))


def search_marks(seed: int, images: Marked, held_out: Marked, others: Marked) -> dict[str, Any]:
    """Returns the scores of a search on the candidate of a seed. `others`: the pictures of the truth."""
    gaps = random.Random(seed).sample(GAPS, 3)
    candidate, verifier = PlantedCandidate(gaps, MISTAKES, seed), OracleVerifier("invalid")
    with tempfile.TemporaryDirectory() as folder:
        meter = Meter(BudgetParams.model_validate(dict.fromkeys(BudgetParams.model_fields)))
        journal = Journal(Path(folder) / "asked.jsonl", candidate, verifier, meter)
        asked, found = explore(EXPLORATION, seed, images, TemplateQuestioner(), journal)
    modes = confirm_modes(found, asked, candidate, verifier, held_out, seed)
    truth = truth_of(candidate, gaps, others)
    rates = mode_rates(modes, truth)
    scores = mass_scores(modes, truth, MODES.threshold) | rate_scores(rates, MODES.threshold)
    named = [f"{rate.name}: {rate.status}, {rate.reference:.2f}, uniform {rate.uniform:.2f}" for rate in rates]
    return {"seed": seed, "gaps": gaps, "calls": len(asked), **scores, "modes": named}


def main() -> None:
    """Prints the scores of each seed."""
    parser = argparse.ArgumentParser(prog="python -m bench.marks", description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="first seed (default: 0)")
    parser.add_argument("--seeds", type=int, default=10, help="number of seeds (default: 10)")
    parser.add_argument("--out", type=Path, default=Path("bench/data/marks.jsonl"), help="file of the results")
    given = parser.parse_args()
    images, held_out, others = (pictures(PICTURES, seed) for seed in range(3))
    measure_seeds(given.first, given.seeds, given.out, lambda seed: search_marks(seed, images, held_out, others))


if __name__ == "__main__":
    run(main, takes_arguments=True)
