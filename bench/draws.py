"""Searches planted candidates with random gaps, and candidates without a weakness, one for each seed."""

import argparse
import random
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from bench.plan import load
from bench.resumable import measure_seeds
from bench.scoring.random_gaps import random_gaps
from bench.scoring.scores import uniform_truth
from bench.scoring.slices import ANY, Slice
from bench.scoring.uniform import mass_scores, mode_rates, rate_scores
from bench.searchers.confirming import confirm_modes
from bench.searchers.methods import HELD_OUT_SEED, IMAGES_SEED, Methods, draw_images, run_search
from blindspot.budget import Meter
from blindspot.errors import run
from blindspot.factory import open_verifier
from blindspot.params import VerifierParams
from blindspot.prompts.files import SCENES
from blindspot.scenes.planted import PlantedCandidate
from blindspot.search.journal import Journal

Kind = Literal["always", "sometimes", "mistakes", "judged"]
NUMBERS, DEPTHS = (2, 6), (1, 2, 2)  # fewest and most gaps of a candidate; conditions of a gap, drawn from these
RATES = (0.35, 0.55)  # least and greatest rate of the kind sometimes
MISTAKES = 0.15  # of the kind mistakes
TRUTH_SEED = 3_000_000  # of the uniform questions
ORACLE = VerifierParams.model_validate({"kind": "oracle"})
JUDGE = VerifierParams.model_validate(
    {"kind": "vlm", "model": "models/scenes-judge", "batch_size": 256, "prompts": str(SCENES)}
)


@dataclass(frozen=True)
class Draw:
    """A candidate of a kind. always: gaps that always fail. sometimes: gaps that fail with `rate`.

    mistakes: no gap, but random mistakes. judged: no mistake at all, and a VLM as the verifier.
    """

    kind: Kind
    gaps: list[str]
    rate: float
    mistakes: float

    @property
    def verifier(self) -> VerifierParams:
        """The parameters of the verifier of the search."""
        return JUDGE if self.kind == "judged" else ORACLE


def draw(kind: Kind, seed: int) -> Draw:
    """Returns the candidate of a seed. Kinds with gaps have the same gaps with the same seed."""
    if kind in ("mistakes", "judged"):
        return Draw(kind, [], 1.0, MISTAKES if kind == "mistakes" else 0.0)
    dice = random.Random(seed)
    gaps = random_gaps(seed, dice.randint(*NUMBERS), DEPTHS)
    return Draw(kind, gaps, round(dice.uniform(*RATES), 3) if kind == "sometimes" else 1.0, 0.0)


def search_draw(drawn: Draw, seed: int, method: str, how: Methods, questions: int) -> dict[str, Any]:
    """Returns the scores of a search, with the candidate and the modes. `questions`: uniform ones, as the truth."""
    candidate = PlantedCandidate(drawn.gaps, drawn.mistakes, seed, drawn.rate)
    verifier = open_verifier(drawn.verifier)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        images = draw_images(how.images, IMAGES_SEED + seed, work / "images")
        held_out = draw_images(how.held_out, HELD_OUT_SEED + seed, work / "held_out")
        journal = Journal(work / "asked.jsonl", candidate, verifier, Meter(how.budget))
        searched = run_search(method, how, seed, images, journal, work / "training")
        found = searched.modes(how)
        modes = confirm_modes(found, searched.asked, candidate, verifier, held_out, seed, how.threshold)
    slices = [Slice(gap, ANY, gap) for gap in drawn.gaps]
    truth = uniform_truth(candidate, slices, questions, TRUTH_SEED + seed)
    rates = mode_rates(modes, truth)
    scores = mass_scores(modes, truth, how.threshold) | rate_scores(rates, how.threshold)
    return {"seed": seed, **asdict(drawn), **scores, "modes": [asdict(rate) for rate in rates]}


def main() -> None:
    """Prints the scores of each seed."""
    parser = argparse.ArgumentParser(prog="python -m bench.draws", description=__doc__)
    parser.add_argument("kind", choices=get_args(Kind), help="of the candidates (docs/bench.md)")
    parser.add_argument("--first", type=int, default=0, help="first seed (default: 0)")
    parser.add_argument("--seeds", type=int, default=20, help="number of seeds (default: 20)")
    parser.add_argument("--method", default="ours", help="search method (default: ours)")
    parser.add_argument("--questions", type=int, default=16_000, help="uniform questions (default: 16,000)")
    parser.add_argument("--out", type=Path, help="file of the results (default: bench/data/draws/<kind>.jsonl)")
    given = parser.parse_args()
    how, out = load("search_run", Methods), given.out or Path(f"bench/data/draws/{given.kind}.jsonl")

    def measure(seed: int) -> dict[str, Any]:
        return search_draw(draw(given.kind, seed), seed, given.method, how, given.questions)

    measure_seeds(given.first, given.seeds, out, measure)


if __name__ == "__main__":
    run(main, takes_arguments=True)
