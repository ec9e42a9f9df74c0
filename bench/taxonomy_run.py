"""Runs one search and builds the taxonomy of its questions, and compares the taxonomy with the known weaknesses."""

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from bench.plan import FOLDER, PARAMS, CandidateEntry, load, open_entry
from bench.scoring.agreement import grammar_agreement, taxonomy_mode_scores
from bench.scoring.random_gaps import random_gaps
from bench.scoring.scores import find_truth
from bench.scoring.truth import PER_SLICE
from bench.searchers.methods import HELD_OUT_SEED, IMAGES_SEED, Methods, baseline, draw_images, run_search
from blindspot.budget import Meter
from blindspot.errors import BlindspotError, run
from blindspot.factory import open_verifier
from blindspot.params import BudgetParams, ModesParams, Section, VerifierParams
from blindspot.protocols import Candidate, Verifier
from blindspot.records.rollout import Asked
from blindspot.records.verdict import VALID
from blindspot.search.journal import Journal
from blindspot.store import work_folder, write_json
from blindspot.taxonomy.discovery import Discovered, Sorting, find_taxonomy
from blindspot.tracking import stage_run

DATA = FOLDER / "data/taxonomy"
GAPS_SEED = 900  # of the gaps of seed 0; no search was tuned on these gaps


class Case(CandidateEntry):
    """The candidate of a search, and its verifier."""

    drawn: bool = Field(False, description="draw gaps at random, different ones for each seed")
    verifier: VerifierParams = Field(
        VerifierParams.model_validate({"kind": "oracle"}), description="as in params.yaml"
    )


class Params(Section):
    """The cases, the numbers of questions, and the parameters of the taxonomy."""

    of: dict[str, Case] = Field(description="cases by name")
    method: str = Field("ours", description="search method, a name in search_run")
    calls: int = Field(1200, ge=1, description="questions after the search by its policy, the base and the templates")
    per_slice: int = Field(PER_SLICE, ge=50, description="uniformly drawn questions per slice")
    matching: int = Field(4000, ge=100, description="uniformly drawn questions for matching modes with slices")
    taxonomy: Sorting = Field(description="as in params.yaml")
    modes: ModesParams = Field(description="as in params.yaml")


def taxonomy_run(case: Case, seed: int, params: Params, methods: Methods) -> dict[str, Any]:
    """Returns the results of a case and a seed: measures, gaps, failure modes, and skills with their primitives."""
    gaps = random_gaps(GAPS_SEED + seed) if case.drawn else case.gaps
    candidate = open_entry(case.model_copy(update={"gaps": gaps}))
    verdicts, discovered = search_and_harvest(candidate, open_verifier(case.verifier), seed, params, methods)
    found = find_taxonomy(verdicts, params.taxonomy, seed, counts=params.modes, discovered=discovered)
    _, truth = find_truth(candidate, gaps, params.per_slice, params.matching)
    confirmed = [mode for mode in found.modes if mode.status == "confirmed"]
    measures = {"questions": len(found.questions), "modes": len(confirmed), **taxonomy_mode_scores(found, truth)}
    skills = {skill.name: [(one.ability, one.target) for one in skill.primitives] for skill in found.taxonomy.skills}
    modes = [(" + ".join(mode.features), mode.asked, mode.error_rate) for mode in confirmed]
    return {"measures": measures | grammar_agreement(found), "gaps": gaps, "modes": modes, "skills": skills}


def search_and_harvest(
    candidate: Candidate, verifier: Verifier, seed: int, params: Params, methods: Methods
) -> tuple[pd.DataFrame, list[Discovered]]:
    """Runs a search. Returns the verdicts on questions by its policy, the base and the templates, about new images.

    Also returns what the search discovered.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        images = draw_images(methods.images, IMAGES_SEED + seed, work / "images")
        held_out = draw_images(methods.held_out, HELD_OUT_SEED + seed, work / "held_out")
        journal = Journal(work / "asked.jsonl", candidate, verifier, Meter(methods.budget))
        searched = run_search(params.method, methods, seed, images, journal, work / "training")
        about = [held_out[index % len(held_out)] for index in range(params.calls)]
        base, templates = baseline("zero_shot", methods), baseline("templates", methods)
        questioners = {"trained": searched.policy, "base": base, "templates": templates}
        frames = []
        for method, questioner in questioners.items():
            unlimited = Meter(BudgetParams.model_validate({}))
            harvest_journal = Journal(work / f"{method}.jsonl", candidate, verifier, unlimited)
            asked = harvest_journal.ask(about, questioner.ask(about, seed))
            frames.append(pd.DataFrame([asdict(row) for row in asked]).assign(method=method))
    rows = pd.concat(frames, ignore_index=True)
    valid = [asdict(row) for row in searched.asked if row.outcome in VALID]
    found = pd.DataFrame(valid, columns=[*Asked.__dataclass_fields__])
    return rows.assign(rollout_id=rows.index.astype(str)), [
        Discovered(searched.modes(methods), found, methods.min_asked)
    ]


def main() -> None:
    """Writes bench/data/taxonomy/<case>/<seed>.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.taxonomy_run", description=__doc__)
    parser.add_argument("case", help="name in bench/params.yaml, taxonomy_run.of")
    parser.add_argument("seed", type=int)
    given = parser.parse_args()
    params, methods = load("taxonomy_run", Params), load("search_run", Methods)
    if given.case not in params.of:
        raise BlindspotError(f"{PARAMS} has no case {given.case}", f"taxonomy_run.of has {', '.join(params.of)}")
    with stage_run("taxonomy_run", work_folder(), vars(given)) as mlflow:
        found = taxonomy_run(params.of[given.case], given.seed, params, methods)
        mlflow.log_metrics({name: value for name, value in found["measures"].items() if value is not None})
        out = DATA / given.case / f"{given.seed}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        write_json(out, found)


if __name__ == "__main__":
    run(main, takes_arguments=True)
