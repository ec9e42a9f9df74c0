"""search_run: one method searches one candidate on scenes, by one seed, and is held against the truth."""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.plan import DATA, listed, load, open_listed
from bench.scoring.scores import Curve, Scores, Truth, of_modes, of_questions, stops
from bench.scoring.slice_rate import SliceRate
from bench.searchers.methods import HELD_OUT_SEED, IMAGES_SEED, Methods, draw_images, modes_of, searched
from blindspot.budget import Meter
from blindspot.errors import run
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import BudgetParams
from blindspot.protocols import Candidate
from blindspot.records.asked import Asked
from blindspot.records.image import Image
from blindspot.scenes.scene import Scene
from blindspot.search.journal import Journal
from blindspot.store import read_json, work_folder, write_json
from blindspot.tracking import stage_run


class Params(Methods):
    """What every method may spend, and how it is measured."""


def main() -> None:
    """Writes bench/data/search/<candidate>/<method>/<seed>.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_run", description=__doc__)
    parser.add_argument("candidate", help="a name of bench/candidates.yaml")
    parser.add_argument("method")
    parser.add_argument("seed", type=int)
    asked = parser.parse_args()
    params, candidate = load("search_run", Params), open_listed(listed(asked.candidate))
    truth = read_truth(DATA / asked.candidate / "truth")
    told = {"candidate": asked.candidate, "method": asked.method, "seed": asked.seed}
    with stage_run("search_run", work_folder(), told) as mlflow:
        found, curve = search_run(params, asked.method, candidate, asked.seed, truth)
        mlflow.log_metrics({name: value for name, value in found.items() if value is not None})
        out = DATA / asked.candidate / asked.method / f"{asked.seed}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        write_json(out, {"measures": found, "recall": curve})


def search_run(params: Params, method: str, candidate: Candidate, seed: int, truth: Truth) -> tuple[Scores, Curve]:
    """All measures of one search: its policy's by name, its discovery's as discovery_<name> where both have one.

    And the recall of the modes after so many calls.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        images = draw_images(params.images, IMAGES_SEED + seed, work / "images")
        held_out = draw_images(params.held_out, HELD_OUT_SEED + seed, work / "held_out")
        start = time.monotonic()
        journal = Journal(work / "asked.jsonl", candidate, OracleVerifier("invalid"), Meter(params.budget))
        asked, policy = searched(method, params, seed, images, journal, work / "training")
        seconds = time.monotonic() - start
        free = Meter(BudgetParams.model_validate({}))
        examined = Journal(work / "held_out.jsonl", candidate, OracleVerifier("invalid"), free)
        policed = examined.ask(held_out, policy.ask(held_out, seed))
    found = of_questions(policed, _scenes(policed, held_out), truth)
    found |= {f"discovery_{name}": value for name, value in of_questions(asked, _scenes(asked, images), truth).items()}
    spent = journal.meter.calls["candidate_calls"]  # of which a question may take several
    after = [(calls, asked[: calls * len(asked) // max(spent, 1)]) for calls in stops(spent)]
    modes, curve = of_modes([(calls, modes_of(rows, params)) for calls, rows in after], truth)
    return found | modes | {"calls": spent, "seconds": seconds}, curve


def read_truth(folder: Path) -> Truth:
    """What search_truth wrote."""
    weak = [SliceRate(**slice_) for slice_ in read_json(folder / "slices.json") if slice_["weak"]]
    matching = read_json(folder / "matching.json")
    belongs = np.zeros((len(matching["questions"]), len(weak)), dtype=bool)
    for row, places in enumerate(matching["belongs"]):
        belongs[row, places] = True
    return Truth(weak, [tuple(row) for row in matching["questions"]], belongs)


def _scenes(asked: Sequence[Asked], images: Sequence[Image]) -> list[Scene]:
    scenes = {image.image_id: Scene.from_json(image.scene or "") for image in images}
    return [scenes[row.image_id] for row in asked]


if __name__ == "__main__":
    run(main)
