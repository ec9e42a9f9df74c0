"""explore: before any training, the questioner's own questions show in what the candidate is weak."""

import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.asked import ASKED, COLUMNS
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.metrics import refuse_errors
from blindspot.opening import open_candidate, open_steerable, open_verifier
from blindspot.params import CandidateParams, Section, VerifierParams, load, load_seed, read
from blindspot.protocols import Steerable
from blindspot.records.asked import Asked
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.search.explorer import Explorer
from blindspot.search.journal import Journal
from blindspot.search.proposals import Proposals
from blindspot.tracking import stage_run

OUT, METRICS = Path("data/explored"), Path("metrics/explore.json")
MOST, MEND = 0.5, "see to the candidate and the verifier, and to their max_new_tokens"  # share of errors


class Params(Section):
    """How much is asked before the training, and how it is chosen."""

    calls: int = Field(0, ge=0, description="questions asked; 0: the training steers by nothing")
    together: int = Field(10, ge=1, description="questions asked before the next are chosen")
    proposals: int = Field(64, ge=1, description="questions proposed each time, of which the best are asked")
    threshold: float = Field(0.25, gt=0, lt=1, description="a mode's wrong_rate must lie significantly above it")
    min_asked: int = Field(6, ge=5, description="valid questions that a mode needs")
    batch_size: int = Field(256, ge=1, description="questions proposed at once: a matter of memory alone, up to 256")
    temperature: float = Field(1.0, gt=0)
    max_new_tokens: int = Field(32, ge=1, description="longest question, in tokens")


def main() -> None:
    """Writes data/explored and metrics/explore.json."""
    params, seed, images = load("explore", Params), load_seed(), store.read_images("train")
    candidate = open_candidate(load("candidate", CandidateParams))
    verifier = open_verifier(load("verifier", VerifierParams))
    start = str(read()["train"]["start_from"])  # the one to be trained proposes what is asked
    questioner = open_steerable(start, params.batch_size, params.max_new_tokens, params.temperature)
    with store.working("explore") as work, stage_run("explore", work.parents[1], params.model_dump()) as mlflow:
        journal = Journal(work / "asked.jsonl", candidate, verifier)
        asked, modes = explore(params, seed, images, questioner, journal)
        docs = work.parents[1] / "docs" / Path.cwd().name / "explore"
        mlflow.log_metrics({"calls": len(asked), "modes": len(modes)})
        hand_over(asked, modes, docs)


def explore(
    params: Params, seed: int, images: Sequence[Image], questioner: Steerable, journal: Journal
) -> tuple[list[Asked], list[FailureMode]]:
    """Asks `params.calls` questions, a few at a time, each time those that tell most. Returns all, and the modes.

    Raises BlindspotError where most of them end in an error.
    """
    explorer, asked = Explorer(params.threshold, params.min_asked, seed), list[Asked]()
    proposals = Proposals(questioner, images, random.Random(seed))
    while len(asked) < params.calls:
        proposals.add(explorer.hints(params.proposals))
        chosen = explorer.choose(proposals.traits(), min(params.together, params.calls - len(asked)))
        found = journal.ask(*proposals.take(chosen))
        explorer.add(found)
        asked += found
        refuse_errors([row.outcome for row in asked], [row.reason for row in asked], MOST, "questions", MEND)
    return asked, explorer.modes


def hand_over(asked: Sequence[Asked], modes: Sequence[FailureMode], docs: Path) -> None:
    """Writes what was asked and the modes in it."""
    rows = pd.DataFrame([asdict(row) for row in asked], columns=list(COLUMNS))
    if asked:
        check(rows, ASKED, docs)
    with store.replacing(OUT) as folder:
        store.write_frame(folder / "asked.parquet", rows)
        store.write_json(folder / "modes.json", [asdict(mode) for mode in modes])
        outcomes = rows["outcome"].value_counts()
        counts = {name: int(outcomes.get(name, 0)) for name in ("failure", "correct", "invalid", "error")}
        store.write_json(METRICS, {"calls": len(asked), "modes": [mode.name for mode in modes]} | counts)


if __name__ == "__main__":
    run(main, restore="dvc checkout data/explored metrics/explore.json")
