"""explore: asks the untrained questioner's questions to find weaknesses of the candidate, which become targets."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.budget import Meter
from blindspot.checks.rollouts import ASKED
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.factory import open_candidate, open_steerable, open_verifier, refuse_unusable
from blindspot.launch import try_on_this_node
from blindspot.metrics import unscored
from blindspot.models.description import Extension, Local, PoolOfQuestions, Server, describe_questioner
from blindspot.params import (
    CandidateParams,
    GenerationParams,
    LaunchParams,
    ModesParams,
    VerifierParams,
    load,
    load_seed,
    prompts_files,
    read,
)
from blindspot.paths import EXPLORE_METRICS, EXPLORED, EXPLORED_FOLDER, EXPLORED_MODES, EXPLORED_SPENT
from blindspot.pool.questions import read_pool
from blindspot.prompts.files import read_prompts
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked
from blindspot.records.spending import Stage
from blindspot.search.exploring import Exploration, explore
from blindspot.search.given import read_given
from blindspot.search.journal import Journal
from blindspot.spending import open_meter, read_reserve, write_stages
from blindspot.stage_lock import exclusive
from blindspot.tracking import stage_run

EXAMPLES = (
    3  # past failures that a questioner is shown with a target, except a local one: it was not trained with them
)


class Params(Exploration, GenerationParams):
    """Exploration with train.base_model before its training; the failure modes found are the targets of train."""

    targets: str = Field(
        "configs/no_targets.json",
        description="First targets: folder of an analysis, or a file failure_modes.json; no_targets.json: none",
    )


@exclusive
def main() -> None:
    """Asks questions until the exploration is complete; writes data/explored and metrics/explore.json."""
    params, seed, images = load("explore", Params), load_seed(), store.read_images("train")
    refuse_unusable(read())
    source = describe_questioner(str(read()["train"]["base_model"]), "train.base_model")
    if params.calls and isinstance(source, Local):
        rehearse_training(source)
    pool = read_pool() if isinstance(source, PoolOfQuestions) else None
    meter = open_meter(None, read_reserve())
    candidate = open_candidate(load("candidate", CandidateParams), pool, meter)
    verifier = open_verifier(load("verifier", VerifierParams), meter=meter)
    files = prompts_files("train", "candidate", "verifier")
    prompts, given = read_prompts(Path(files[0]), "questioner"), read_given(Path(params.targets))
    sampling = params.batch_size, params.max_new_tokens, params.temperature, prompts
    questioner = pool or open_steerable(source, *sampling, meter)
    threshold, examples = (
        load("modes", ModesParams).threshold,
        EXAMPLES if isinstance(source, Server | Extension) else 0,
    )
    served = isinstance(source, Server)
    with store.working("explore") as work, stage_run("explore", work.parents[1], params.model_dump(), files) as mlflow:
        journal = Journal(work / "asked.jsonl", candidate, verifier, meter)
        asked, modes = explore(params, seed, images, questioner, journal, given, examples, threshold, served, True)
        ended = end_of(meter, asked, params)
        meter.show(always=True)
        docs = work.parents[1] / "docs" / Path.cwd().name / "explore"
        mlflow.log_metrics({"calls": len(asked), "modes": len(modes)})
        write_outputs(asked, modes, ended, docs)


def end_of(meter: Meter, asked: Sequence[Asked], params: Params) -> Stage:
    """Prints why the exploration ended early. Returns what it has spent, and the limit that ended it."""
    if len(asked) >= params.calls:
        return meter.stage()
    limit, left_out = meter.ended_by(), f"{params.calls - len(asked):,} of {params.calls:,} questions"
    why = f"budget.{limit}" if limit else "no failure is left to follow, or no new question was proposed"
    print(f"explore: ends after {len(asked)} of {params.calls} calls: {why}", flush=True)
    return meter.stage(limit, left_out)


def rehearse_training(source: Local) -> None:
    """Raises BlindspotError if the stage train would fail: the calls of an exploration would be spent for nothing.

    It reads parameters of train that dvc.yaml does not name as parameters of explore. They change no output.
    """
    if read()["train"]["steps"]:
        print(f"explore: tries one training step of {source.model} before the first call", flush=True)
        try_on_this_node(load("launch", LaunchParams), "blindspot.training.rehearsal", "the stage train would fail")


def write_outputs(asked: Sequence[Asked], modes: Sequence[FailureMode], ended: Stage, docs: Path) -> None:
    """Writes the questions asked, the failure modes among them, and what was spent."""
    rows = pd.DataFrame([asdict(row) for row in asked], columns=list(ASKED.columns))
    if asked:
        check(rows, ASKED, docs)
    with store.replacing(EXPLORED_FOLDER) as folder:
        store.write_frame(folder / EXPLORED.name, rows)
        store.write_json(folder / EXPLORED_MODES.name, [asdict(mode) for mode in modes])
        write_stages(folder / EXPLORED_SPENT.name, "explore", ended)
        counts = rows["outcome"].value_counts()
        metrics = {outcome: int(counts.get(outcome, 0)) for outcome in ("failure", "correct", "invalid")}
        reasons = unscored([row.outcome for row in asked], [row.reason for row in asked])
        names = [mode.name for mode in modes]
        store.write_json(EXPLORE_METRICS, {"calls": len(asked), "modes": names} | metrics | {"unscored": reasons})


if __name__ == "__main__":
    run(main)
