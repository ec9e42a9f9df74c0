"""explore: before any training, the questioner's own questions show in what the candidate is weak."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.budget import Meter
from blindspot.checks.asked import ASKED, COLUMNS
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.factory import open_candidate, open_steerable, open_verifier
from blindspot.metrics import unscored
from blindspot.params import BudgetParams, CandidateParams, Section, VerifierParams, load, load_seed, read
from blindspot.records.asked import Asked
from blindspot.records.failure_mode import FailureMode
from blindspot.search.exploring import Exploration, explore
from blindspot.search.journal import Journal
from blindspot.tracking import stage_run

OUT, METRICS = Path("data/explored"), Path("metrics/explore.json")


class Params(Section):
    """How much is asked before the training, and how it is chosen."""

    calls: int = Field(1200, ge=0, description="questions asked at most; 0: the training steers by nothing")
    at_least: int = Field(400, ge=0, description="of these, even where no failure is left to follow")
    together: int = Field(10, ge=1, description="questions asked before the next are chosen")
    proposals: int = Field(32, ge=1, description="questions proposed each time, of which the best are asked")
    threshold: float = Field(0.25, gt=0, lt=1, description="a mode's error_rate must lie significantly above it")
    min_asked: int = Field(6, ge=5, description="valid questions that a mode needs")
    batch_size: int = Field(256, ge=1, description="questions proposed at once: a matter of memory alone, up to 256")
    temperature: float = Field(1.0, gt=0)
    max_new_tokens: int = Field(96, ge=1, description="longest question, in tokens, with what is thought before it")

    def exploration(self) -> Exploration:
        """The part that the search takes."""
        return Exploration(**self.model_dump(exclude={"batch_size", "temperature", "max_new_tokens"}))


def main() -> None:
    """Writes data/explored and metrics/explore.json."""
    params, seed, images = load("explore", Params), load_seed(), store.read_images("train")
    candidate = open_candidate(load("candidate", CandidateParams))
    verifier = open_verifier(load("verifier", VerifierParams))
    start = str(read()["train"]["base_model"])  # the one to be trained proposes what is asked
    questioner = open_steerable(start, params.batch_size, params.max_new_tokens, params.temperature)
    with store.working("explore") as work, stage_run("explore", work.parents[1], params.model_dump()) as mlflow:
        meter = Meter(load("budget", BudgetParams))
        journal = Journal(work / "asked.jsonl", candidate, verifier, meter)
        asked, modes = explore(params.exploration(), seed, images, questioner, journal)
        if len(asked) < params.calls:
            limit = meter.ended_by()
            why = f"budget.{limit}" if limit else "no failure is left to follow, or nothing new to ask"
            print(f"explore: ends after {len(asked)} of {params.calls} calls: {why}", flush=True)
        docs = work.parents[1] / "docs" / Path.cwd().name / "explore"
        mlflow.log_metrics({"calls": len(asked), "modes": len(modes)})
        hand_over(asked, modes, meter, docs)


def hand_over(asked: Sequence[Asked], modes: Sequence[FailureMode], meter: Meter, docs: Path) -> None:
    """Writes what was asked, the modes in it, and the calls that it took."""
    rows = pd.DataFrame([asdict(row) for row in asked], columns=list(COLUMNS))
    if asked:
        check(rows, ASKED, docs)
    with store.replacing(OUT) as folder:
        store.write_frame(folder / "asked.parquet", rows)
        store.write_json(folder / "modes.json", [asdict(mode) for mode in modes])
        store.write_json(folder / "spent.json", meter.calls)
        outcomes = rows["outcome"].value_counts()
        counts = {name: int(outcomes.get(name, 0)) for name in ("failure", "correct", "invalid", "unscored")}
        counted = {"unscored": unscored([row.outcome for row in asked], [row.reason for row in asked])}
        names = {"modes": [mode.name for mode in modes]}
        store.write_json(METRICS, {"calls": len(asked)} | names | counts | counted)


if __name__ == "__main__":
    run(main, restore="dvc checkout data/explored metrics/explore.json")
