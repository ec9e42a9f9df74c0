"""verify: gives each rollout a verdict, and measures the rates of each method."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.budget import Meter
from blindspot.checks.rollouts import REPEAT, ROLLOUT, VERDICT
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.factory import open_candidate, open_verifier
from blindspot.judges.counted import CountedVerifier
from blindspot.judges.raw_replies import raw_replies
from blindspot.params import COLDEST, CandidateParams, Section, VerifierParams, load, load_keep_raw, prompts_files
from blindspot.paths import (
    CANDIDATE_REPLIES,
    REPEATS,
    REPLIES,
    ROLLOUTS,
    ROLLOUTS_SPENT,
    UNSCORED,
    VERDICTS,
    VERDICTS_FOLDER,
    VERDICTS_SPENT,
    VERIFY_METRICS,
)
from blindspot.probes.injections import ASKING
from blindspot.probes.repeats import persistence
from blindspot.probes.verdicts import MOST_PER_TEXT, measure_repeats, no_repeats, probe_judge, repeat_failures
from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.spending import Stage
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import WAYS
from blindspot.spending import keep_only, open_meter, read_reserve, write_stages
from blindspot.stage_lock import exclusive
from blindspot.tracking import flatten, stage_run
from blindspot.verification import evenly, measure, refuse_unscored_rollouts, show_unscored, unscored_by_method, verify

Cuts = dict[str, str | None]  # what the budget left out, and the limit


class Params(Section):
    """Verdicts on the rollouts, and optional measurements of the judge and of the failures."""

    model: str = Field(
        "configs/models/none.yaml",
        description="For verifier.kind vlm: stronger judge that replaces verifier.model in this stage only; "
        "none.yaml: no replacement",
    )
    injections: int = Field(
        0, ge=0, description=f"Prompt injections (of {len(ASKING)}) whose effect on the judge is measured. 0: none"
    )
    repeats: int = Field(
        0,
        ge=0,
        le=3,
        description="Times that each failure is asked about again in each of three ways, to measure which failures "
        "persist",
    )
    temperature: float = Field(
        0.7, ge=COLDEST, description="Sampling temperature of the candidate in repeats with another seed"
    )
    max_unscored_rate: float = Field(
        0.05, ge=0, le=1, description="Share of unscored rollouts of a method above which the stage fails"
    )


@exclusive
def main() -> None:
    """Writes data/verdicts and metrics/verify.json."""
    params, judge_params, work = load("verify", Params), load("verifier", VerifierParams), store.work_folder()
    docs = work / "docs" / Path.cwd().name
    images, rollouts = store.read_images("test"), store.read_frame(ROLLOUTS, ROLLOUT.columns)
    logged = params.model_dump() | {"verifier": judge_params.model_dump()}
    with stage_run("verify", work, logged, prompts_files("candidate", "verifier")) as mlflow:
        meter = open_meter(ROLLOUTS_SPENT, keep_only(read_reserve(), "taxonomy"))
        verifier = open_verifier(judge_params, params.model, meter)
        verdicts = verify(rollouts, images, verifier, meter)
        cuts = not_judged(verdicts, meter)
        show_unscored(verdicts)
        refuse_unscored_rollouts(verdicts, params.max_unscored_rate)
        counted = CountedVerifier(verifier, meter)
        repeats, further = repeat(verdicts, images, counted, params, meter)
        verdicts["persists"] = verdicts["rollout_id"].map(persistence(repeats)).astype(float)
        metrics = measure(verdicts) | measure_repeats(verdicts, repeats)
        limit = meter.exceeded({"judge": MOST_PER_TEXT * params.injections})
        metrics |= probe_judge(verdicts, images, counted, 0 if limit else params.injections)
        cuts |= further | ({"all prompt injections": limit} if limit and params.injections else {})
        write_outputs(verdicts, repeats, metrics, end_of(meter, cuts), docs)
        mlflow.log_metrics({name: value for name, value in flatten(metrics).items() if value is not None})
        mlflow.log_artifacts(str(docs / "verify"), "data_docs")


def not_judged(verdicts: pd.DataFrame, meter: Meter) -> Cuts:
    """Returns how many rollouts the budget left without a verdict."""
    count = int((verdicts["reason"] == Unscored.BUDGET).sum())
    limit = meter.hard_limit() or meter.exceeded({"judge": 1})
    return {f"{count:,} of {len(verdicts):,} verdicts": limit} if count else {}


def end_of(meter: Meter, cuts: Cuts) -> Stage:
    """Prints what the budget left out. Returns what was spent, and the limit that ended the stage."""
    for left_out, limit in cuts.items():
        print(f"verify: {left_out} are left out: budget.{limit}", flush=True)
    meter.show(always=True)
    return meter.stage(next(iter(cuts.values()), None), ", ".join(cuts))


def repeat(
    verdicts: pd.DataFrame, images: Sequence[Image], verifier: Verifier, params: Params, meter: Meter
) -> tuple[pd.DataFrame, Cuts]:
    """Asks about each failure again if the parameters say so, as far as the budget allows.

    Returns one row per repeat, and how many failures were not repeated.
    """
    failures = verdicts[verdicts["outcome"] == "failure"]
    if not params.repeats or failures.empty:
        return no_repeats(), {}
    each, count = dict.fromkeys(("candidate", "judge"), float(len(WAYS) * params.repeats)), len(failures)
    fits, limit = meter.room(count, each), meter.exceeded({role: calls * count for role, calls in each.items()})
    cuts = {f"repeats of {count - fits:,} of {count:,} failures": limit} if fits < count else {}
    failures = failures.iloc[evenly(failures["method"].tolist(), fits)]
    if failures.empty:
        return no_repeats(), cuts
    candidate = open_candidate(load("candidate", CandidateParams), meter=meter)
    repeats = repeat_failures(
        failures, images, candidate, verifier, params.repeats, params.temperature, params.max_unscored_rate
    )
    asked = repeats[repeats["reason"] != Unscored.BUDGET].reset_index(drop=True)
    meter.spend(len(asked), 0)
    return asked, cuts


def write_outputs(
    verdicts: pd.DataFrame, repeats: pd.DataFrame, metrics: dict[str, Any], ended: Stage, docs: Path
) -> None:
    """Checks and writes the verdicts, the reasons for unscored rollouts, raw replies, repeats and metrics."""
    check(verdicts[[*VERDICT.columns]], VERDICT, docs / "verify")
    with store.replacing(VERDICTS_FOLDER) as folder:
        store.write_frame(folder / VERDICTS.name, verdicts[[*VERDICT.columns]])
        store.write_json(folder / UNSCORED.name, unscored_by_method(verdicts))
        write_stages(folder / VERDICTS_SPENT.name, "verify", ended, ROLLOUTS_SPENT)
        if (keep := load_keep_raw()) != "none":
            replies = raw_replies(verdicts, read_replies(), keep)
            store.write_frame(folder / REPLIES.name, replies, compression="zstd")
        if not repeats.empty:
            check(repeats, REPEAT, docs / "repeats")
            store.write_frame(folder / REPEATS.name, repeats)
        store.write_json(VERIFY_METRICS, metrics)


def read_replies() -> pd.DataFrame:
    """Returns the candidate's raw replies; an empty frame if harvest wrote none."""
    empty = pd.DataFrame(columns=["rollout_id", "raw"], dtype="str")
    return store.read_frame(CANDIDATE_REPLIES) if CANDIDATE_REPLIES.is_file() else empty


if __name__ == "__main__":
    run(main)
