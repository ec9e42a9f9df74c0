"""Runs one method on one candidate with one seed, and compares what it finds with the truth."""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.plan import DATA, find_candidate, load, open_entry
from bench.scoring.scores import Curve, Scores, Truth, measuring_points, mode_scores, question_scores
from bench.scoring.slice_rate import SliceRate
from bench.searchers.methods import HELD_OUT_SEED, IMAGES_SEED, Methods, draw_images, modes_of, run_search
from blindspot.budget import Meter
from blindspot.errors import run
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import BudgetParams
from blindspot.protocols import Candidate
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.scenes.scene import Scene
from blindspot.search.journal import Journal
from blindspot.store import read_json, work_folder, write_json
from blindspot.tracking import stage_run


class Params(Methods):
    """The budget of every method, its settings, and how it is measured."""


def main() -> None:
    """Writes bench/data/search/<candidate>/<method>/<seed>.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_run", description=__doc__)
    parser.add_argument("candidate", help="name in bench/candidates.yaml")
    parser.add_argument("method", help="name of a method (docs/bench.md)")
    parser.add_argument("seed", type=int)
    given = parser.parse_args()
    params, candidate = load("search_run", Params), open_entry(find_candidate(given.candidate))
    truth = read_truth(DATA / given.candidate / "truth")
    with stage_run("search_run", work_folder(), vars(given)) as mlflow:
        found, curve = search_run(params, given.method, candidate, given.seed, truth)
        mlflow.log_metrics({name: value for name, value in found.items() if value is not None})
        out = DATA / given.candidate / given.method / f"{given.seed}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        write_json(out, {"measures": found, "recall": curve})


def search_run(params: Params, method: str, candidate: Candidate, seed: int, truth: Truth) -> tuple[Scores, Curve]:
    """Runs a search. Returns its scores, and the recall of its modes by calls.

    The scores of the final policy have the names of the measures; those of all questions of the search have the prefix
    discovery_ where both exist.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        images = draw_images(params.images, IMAGES_SEED + seed, work / "images")
        held_out = draw_images(params.held_out, HELD_OUT_SEED + seed, work / "held_out")
        start = time.monotonic()
        journal = Journal(work / "asked.jsonl", candidate, OracleVerifier("invalid"), Meter(params.budget))
        asked, policy = run_search(method, params, seed, images, journal, work / "training")
        seconds = time.monotonic() - start
        unlimited = Meter(BudgetParams.model_validate({}))
        held_out_journal = Journal(work / "held_out.jsonl", candidate, OracleVerifier("invalid"), unlimited)
        by_policy = held_out_journal.ask(held_out, policy.ask(held_out, seed))
    found = question_scores(by_policy, _scenes(by_policy, held_out), truth)
    discovery = question_scores(asked, _scenes(asked, images), truth)
    found |= {f"discovery_{name}": value for name, value in discovery.items()}
    spent = journal.meter.calls["candidate_calls"]  # one question may take several calls
    points = [(calls, asked[: calls * len(asked) // max(spent, 1)]) for calls in measuring_points(spent)]
    modes, curve = mode_scores([(calls, modes_of(rows, params)) for calls, rows in points], truth)
    return found | modes | {"calls": spent, "seconds": seconds}, curve


def read_truth(folder: Path) -> Truth:
    """Reads the files that search_truth wrote."""
    weak = [SliceRate(**slice_) for slice_ in read_json(folder / "slices.json") if slice_["weak"]]
    matching = read_json(folder / "matching.json")
    belongs = np.zeros((len(matching["questions"]), len(weak)), dtype=bool)
    for row, slices in enumerate(matching["belongs"]):
        belongs[row, slices] = True
    return Truth(weak, [tuple(row) for row in matching["questions"]], belongs)


def _scenes(asked: Sequence[Asked], images: Sequence[Image]) -> list[Scene]:
    scenes = {image.image_id: Scene.from_json(image.scene or "") for image in images}
    return [scenes[row.image_id] for row in asked]


if __name__ == "__main__":
    run(main, takes_arguments=True)
