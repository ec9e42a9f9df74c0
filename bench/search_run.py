"""Runs one method on one candidate with one seed, and compares what it finds with the truth."""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from bench.plan import DATA, find_candidate, load, open_entry
from bench.scoring.scores import Curve, Truth, curve_scores, measuring_points, question_scores
from bench.scoring.slice_rate import SliceRate
from bench.scoring.uniform import ModeRate, Scores, mass_scores, mode_rates, rate_scores
from bench.searchers.confirming import confirm_modes
from bench.searchers.methods import HELD_OUT_SEED, IMAGES_SEED, Methods, draw_images, run_search
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
        found, rates, curve = search_run(params, given.method, candidate, given.seed, truth)
        mlflow.log_metrics({name: value for name, value in found.items() if value is not None})
        out = DATA / given.candidate / given.method / f"{given.seed}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        write_json(out, {"measures": found, "modes": [asdict(rate) for rate in rates], "explained_mass": curve})


def search_run(
    params: Params, method: str, candidate: Candidate, seed: int, truth: Truth
) -> tuple[Scores, list[ModeRate], Curve]:
    """Runs a search and confirms its modes. Returns scores, the rates of the modes, and explained mass by calls."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        images = draw_images(params.images, IMAGES_SEED + seed, work / "images")
        held_out = draw_images(params.held_out, HELD_OUT_SEED + seed, work / "held_out")
        start = time.monotonic()
        journal = Journal(work / "asked.jsonl", candidate, OracleVerifier("invalid"), Meter(params.budget))
        searched = run_search(method, params, seed, images, journal, work / "training")
        seconds = time.monotonic() - start
        unlimited = Meter(BudgetParams.model_validate({}))
        held_out_journal = Journal(work / "held_out.jsonl", candidate, OracleVerifier("invalid"), unlimited)
        by_policy = held_out_journal.ask(held_out, searched.policy.ask(held_out, seed))
        modes = confirm_modes(
            searched.modes(params),
            searched.asked,
            candidate,
            OracleVerifier("invalid"),
            held_out,
            seed,
            params.threshold,
        )
    spent = journal.meter.calls["candidate_calls"]  # one question may take several calls
    per_call = len(searched.asked) / max(spent, 1)
    points = [(calls, searched.modes(params, int(calls * per_call))) for calls in measuring_points(spent)]
    reached, curve = curve_scores(points, truth)
    rates = mode_rates(modes, truth.uniform)
    found = question_scores(by_policy, _scenes(by_policy, held_out), truth)
    found |= mass_scores(modes, truth.uniform, params.threshold) | rate_scores(rates, params.threshold)
    found |= truth.match([mode for mode in modes if mode.status == "confirmed"]) | reached
    return found | {"calls": spent, "seconds": seconds}, rates, curve


def read_truth(folder: Path) -> Truth:
    """Reads the files that search_truth wrote."""
    weak = [SliceRate(**slice_) for slice_ in read_json(folder / "slices.json") if slice_["weak"]]
    matching = read_json(folder / "matching.json")
    belongs = np.zeros((len(matching["questions"]), len(weak)), dtype=bool)
    for row, slices in enumerate(matching["belongs"]):
        belongs[row, slices] = True
    failed = np.array(matching["failed"], dtype=bool)
    return Truth(weak, [tuple(row) for row in matching["questions"]], belongs, failed)


def _scenes(asked: Sequence[Asked], images: Sequence[Image]) -> list[Scene]:
    scenes = {image.image_id: Scene.from_json(image.scene or "") for image in images}
    return [scenes[row.image_id] for row in asked]


if __name__ == "__main__":
    run(main, takes_arguments=True)
