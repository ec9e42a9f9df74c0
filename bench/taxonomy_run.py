"""taxonomy_run: the taxonomy of what one search asked about scenes, held against what is known of the candidate."""

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from bench.plan import FOLDER, PARAMS, Listed, load, open_listed
from bench.scoring.agreement import of_families, of_modes
from bench.scoring.random_gaps import random_gaps
from bench.scoring.scores import find_truth
from bench.scoring.truth import PER_SLICE
from bench.searchers.methods import HELD_OUT_SEED, IMAGES_SEED, Methods, baseline, draw_images, searched
from blindspot.budget import Meter
from blindspot.errors import BlindspotError, run
from blindspot.factory import open_verifier
from blindspot.params import BudgetParams, Section, VerifierParams
from blindspot.protocols import Candidate, Verifier
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.search.journal import Journal
from blindspot.store import work_folder, write_json
from blindspot.taxonomy.discovery import Sorting, find_taxonomy
from blindspot.tracking import stage_run

DATA = FOLDER / "data/taxonomy"
GAPS_SEED = 900  # of the first planting: seeds that no search was tuned on


class Case(Listed):
    """Whom a search is about, and who judges."""

    drawn: bool = Field(False, description="gaps are drawn at random, other ones by each seed")
    verifier: VerifierParams = Field(VerifierParams.model_validate({}), description="as in params.yaml")


class Params(Section):
    """How much is asked, and how the taxonomy is made of it."""

    of: dict[str, Case] = Field(description="cases by name")
    method: str = Field("ours", description="of search_run: who searches")
    calls: int = Field(1200, ge=1, description="questions each of who searched, the base and the templates asks then")
    per_slice: int = Field(PER_SLICE, ge=50, description="uniformly drawn questions of each slice")
    matching: int = Field(4000, ge=100, description="uniformly drawn questions on which modes and slices are matched")
    taxonomy: Sorting = Field(description="as in params.yaml")


def taxonomy_run(case: Case, seed: int, params: Params, methods: Methods) -> dict[str, Any]:
    """What is written of a case and a seed: its measures, and its skills with their primitives."""
    gaps = random_gaps(GAPS_SEED + seed) if case.drawn else case.gaps
    candidate = open_listed(case.model_copy(update={"gaps": gaps}))
    verdicts = harvested(candidate, open_verifier(case.verifier), seed, params, methods)
    found = find_taxonomy(verdicts, params.taxonomy, seed)
    _, truth = find_truth(candidate, gaps, params.per_slice, params.matching)
    measures = {"questions": len(found.questions), "modes": len(found.modes), **of_modes(found, truth)}
    skills = {skill.name: [(one.ability, one.target) for one in skill.primitives] for skill in found.taxonomy.skills}
    modes = [(mode.name, mode.asked, mode.error_rate) for mode in found.modes]
    return {"measures": measures | of_families(found), "gaps": gaps, "modes": modes, "skills": skills}


def harvested(candidate: Candidate, verifier: Verifier, seed: int, params: Params, methods: Methods) -> pd.DataFrame:
    """What is asked after a search by who searched, the base and the templates, as verdicts."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        images = draw_images(methods.images, IMAGES_SEED + seed, work / "images")
        held_out = draw_images(methods.held_out, HELD_OUT_SEED + seed, work / "held_out")
        journal = Journal(work / "asked.jsonl", candidate, verifier, Meter(methods.budget))
        _, policy = searched(params.method, methods, seed, images, journal, work / "training")
        about = [held_out[place % len(held_out)] for place in range(params.calls)]
        who = {"trained": policy, "base": baseline("zero_shot", methods), "templates": TemplateQuestioner()}
        frames = []
        for method, asks in who.items():
            free = Meter(BudgetParams.model_validate({}))
            examined = Journal(work / f"{method}.jsonl", candidate, verifier, free)
            asked = examined.ask(about, asks.ask(about, seed))
            frames.append(pd.DataFrame([asdict(row) for row in asked]).assign(method=method))
    rows = pd.concat(frames, ignore_index=True)
    return rows.assign(rollout_id=rows.index.astype(str))


def main() -> None:
    """Writes bench/data/taxonomy/<case>/<seed>.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.taxonomy_run", description=__doc__)
    parser.add_argument("case", help="a name of bench/params.yaml, taxonomy_run.of")
    parser.add_argument("seed", type=int)
    asked = parser.parse_args()
    params, methods = load("taxonomy_run", Params), load("search_run", Methods)
    if asked.case not in params.of:
        raise BlindspotError(f"{PARAMS} has no case {asked.case}", f"taxonomy_run.of has {', '.join(params.of)}")
    with stage_run("taxonomy_run", work_folder(), {"case": asked.case, "seed": asked.seed}) as mlflow:
        found = taxonomy_run(params.of[asked.case], asked.seed, params, methods)
        mlflow.log_metrics({name: value for name, value in found["measures"].items() if value is not None})
        out = DATA / asked.case / f"{asked.seed}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        write_json(out, found)


if __name__ == "__main__":
    run(main)
