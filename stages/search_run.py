"""search_run: one method searches one candidate on scenes, by one seed, and is held against the truth."""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from blindspot.budget import Meter
from blindspot.errors import BlindspotError, run
from blindspot.opening import open_steerable
from blindspot.params import BudgetParams, Section
from blindspot.protocols import Candidate, Questioner
from blindspot.records.asked import Asked
from blindspot.records.cell_rate import CellRate
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.scenes.asker import TemplateQuestioner
from blindspot.scenes.lessons import draw_scenes, pictures_of
from blindspot.scenes.scene import Scene
from blindspot.search.baselines import Bandit, BestOf, FewShot, Fixed, Searcher, search
from blindspot.search.bench import DATA, listed, load, open_listed
from blindspot.search.explorer import modes_in
from blindspot.search.journal import Journal
from blindspot.search.scores import Curve, Scores, Truth, of_modes, of_questions, stops
from blindspot.store import read_json, work_folder, write_json
from blindspot.tracking import stage_run
from blindspot.training.searching import Base, Training, search_by_training
from blindspot.verifiers.oracle import OracleVerifier

IMAGES_SEED = 50_000_000  # of scenes: far from those that the embedded models have learnt from
HELD_OUT_SEED = 60_000_000


class Params(Section):
    """What every method may spend, and how it is measured."""

    budget: BudgetParams
    base: Base
    images: int = Field(1000, ge=1, description="that are asked about during the search")
    held_out: int = Field(600, ge=1, description="new images that a finished policy asks about, one question each")
    threshold: float = Field(0.25, gt=0, lt=1, description="a mode's wrong_rate must lie significantly above it")
    min_asked: int = Field(6, ge=5, description="valid questions that a mode needs")
    shots: int = Field(1, ge=1, description="of few_shot: past failures in the prompt")
    best_of: int = Field(4, ge=2, description="of best_of_n: questions of which one is asked")
    trained: dict[str, Training] = Field(description="methods that train, by name")


def main() -> None:
    """Writes data/search/<candidate>/<method>/<seed>.json."""
    parser = argparse.ArgumentParser(prog="python -m stages.search_run", description=__doc__)
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
    modes, curve = of_modes([(calls, modes_of(asked[:calls], params)) for calls in stops(len(asked))], truth)
    return found | modes | {"calls": journal.meter.calls["candidate_calls"], "seconds": seconds}, curve


def searched(
    method: str,
    params: Params,
    seed: int,
    images: Sequence[Image],
    journal: Journal,
    work: Path,
) -> tuple[list[Asked], Questioner | Searcher]:
    """What a method asked until the budget was spent, and what asks as it would from now on."""
    how = params.trained.get(method)
    if how is not None:
        mode = params.threshold, params.min_asked
        return search_by_training(how, params.base, mode, seed, images, journal, work)
    searcher = baseline(method, params)
    return search(searcher, images, journal, seed), searcher


def baseline(method: str, params: Params) -> Searcher:
    """Who asks, untrained. Raises BlindspotError where there is no such method."""
    if method == "templates":
        return Fixed(TemplateQuestioner())
    if method == "bandit":
        return Bandit()
    base = params.base
    questioner = open_steerable(base.model, base.batch_size, base.max_new_tokens, base.temperature)
    known: dict[str, Searcher] = {
        "zero_shot": Fixed(questioner),
        "few_shot": FewShot(questioner, params.shots),
        "best_of_n": BestOf(questioner, params.best_of),
    }
    if method not in known:
        named = ", ".join(["templates", "bandit", *known, *params.trained])
        raise BlindspotError(f"there is no method {method}", f"it is one of {named}")
    return known[method]


def modes_of(asked: Sequence[Asked], params: Params) -> list[FailureMode]:
    """The failure modes in what was asked."""
    valid = [row for row in asked if row.outcome in ("failure", "correct")]
    return modes_in(valid, params.threshold, params.min_asked)


def draw_images(count: int, seed: int, folder: Path) -> list[Image]:
    """Pictures of random scenes."""
    folder.mkdir()
    return pictures_of(draw_scenes(count, seed), folder)


def read_truth(folder: Path) -> Truth:
    """What search_truth wrote."""
    weak = [CellRate(**cell) for cell in read_json(folder / "cells.json") if cell["weak"]]
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
