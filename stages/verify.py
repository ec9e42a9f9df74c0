"""verify: what the verifier says of every rollout, and the rates of each method."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.repeat import COLUMNS as REPEAT_COLUMNS
from blindspot.checks.repeat import REPEAT
from blindspot.checks.run import check
from blindspot.checks.verdict import COLUMNS, VERDICT
from blindspot.errors import BlindspotError, run
from blindspot.factory import open_candidate, open_verifier
from blindspot.judges.judging import judge_all
from blindspot.judges.raw_replies import raw_replies
from blindspot.metrics import Scored, rates, refuse_unscored, unscored
from blindspot.params import CandidateParams, Section, VerifierParams, load, load_keep_raw
from blindspot.probes.injections import ASKING
from blindspot.probes.repeats import ask_again, persistence, repeat_rates
from blindspot.probes.susceptibility import Judged, susceptibility
from blindspot.protocols import Verifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.rollout import METHODS
from blindspot.records.unscored import Unscored
from blindspot.tracking import flatten, stage_run

ROLLOUTS = Path("data/rollouts/rollouts.parquet")
VERDICTS = Path("data/verdicts")
METRICS = Path("metrics/verify.json")
REPLIES = Path("data/rollouts/replies.parquet")
FIRST = 3  # messages of each reason that are printed
CARRIERS = 4  # rollouts of each outcome that injected texts are put into


class Params(Section):
    """How much is verified, and when verdicts are not to be trusted."""

    model: str = Field(
        "configs/models/none.yaml", description="of a vlm: a stronger judge than verifier.model, for this stage alone"
    )
    injections: int = Field(0, ge=0, description=f"texts, of {len(ASKING)}, that try to steer the judge; 0: none")
    repeats: int = Field(0, ge=0, le=3, description="times each failure is asked about again, in each of three ways")
    temperature: float = Field(0.7, gt=0, description="of the candidate, where it is asked again with another seed")
    max_unscored_rate: float = Field(0.02, ge=0, le=1, description="of a method's rollouts; more fails the stage")


def main() -> None:
    """Writes data/verdicts and metrics/verify.json."""
    params, judge_params, work = load("verify", Params), load("verifier", VerifierParams), store.work_folder()
    docs = work / "docs" / Path.cwd().name
    images, rollouts = store.read_images("test"), store.read_frame(ROLLOUTS)
    with stage_run("verify", work, params.model_dump() | {"verifier": judge_params.model_dump()}) as mlflow:
        verifier = open_verifier(judge_params, params.model)
        verdicts = verify(rollouts, images, verifier)
        show_unscored(verdicts)
        refuse(verdicts, params.max_unscored_rate)
        repeats = repeat(verdicts, images, verifier, params)
        verdicts["persists"] = verdicts["rollout_id"].map(persistence(repeats)).astype(float)
        metrics = measure(verdicts) | measure_repeats(verdicts, repeats)
        metrics |= probe(verdicts, images, verifier, params.injections)
        check(verdicts[[*COLUMNS]], VERDICT, docs / "verify")
        with store.replacing(VERDICTS) as beside:
            store.write_frame(beside / "verdicts.parquet", verdicts[[*COLUMNS]])
            store.write_json(beside / "unscored.json", unscored_by_method(verdicts))
            if (keep := load_keep_raw()) != "none":
                replies = raw_replies(verdicts, read_replies(), keep)
                store.write_frame(beside / "replies.parquet", replies, compression="zstd")
            if not repeats.empty:
                check(repeats, REPEAT, docs / "repeats")
                store.write_frame(beside / "repeats.parquet", repeats)
            store.write_json(METRICS, metrics)
        log(mlflow, metrics, docs / "verify")


def verify(rollouts: pd.DataFrame, images: Sequence[Image], verifier: Verifier) -> pd.DataFrame:
    """A verdict for each rollout, in the same order, with the judge's replies as `raw`.

    A rollout that was not asked or answered is an error. Raises BlindspotError where a rollout's image is not among
    `images`.
    """
    known = {image.image_id: image for image in images}
    if unknown := sorted(set(rollouts["image_id"]) - known.keys()):
        raise BlindspotError(
            f"rollouts ask about image {unknown[0]}, which is not in the test split", "repeat harvest"
        )
    errors = rollouts["error"].astype(object).where(rollouts["error"].notna(), None)
    messages = rollouts["message"].fillna("") if "message" in rollouts else [""] * len(rollouts)
    answers = [
        Answer(text, error and Unscored(error), message)
        for text, error, message in zip(rollouts["answer"], errors, messages, strict=True)
    ]
    asked_about = [known[name] for name in rollouts["image_id"]]
    verdicts = judge_all(verifier, asked_about, [*rollouts["question"]], answers)
    frame = pd.concat([rollouts[list(COLUMNS[:5])].reset_index(drop=True), store.to_frame(verdicts)], axis=1)
    return frame.assign(persists=float("nan"))[[*COLUMNS, "raw"]]


def read_replies() -> pd.DataFrame:
    """The candidate's raw replies; none where the rollouts come from elsewhere than `harvest`."""
    return store.read_frame(REPLIES) if REPLIES.is_file() else pd.DataFrame(columns=["rollout_id", "raw"], dtype="str")


def repeat(verdicts: pd.DataFrame, images: Sequence[Image], verifier: Verifier, params: Params) -> pd.DataFrame:
    """What came of asking about each failure again: a row a repeat, none where that is not asked for.

    Raises BlindspotError where too many of them are errors.
    """
    failures = verdicts[verdicts["outcome"] == "failure"]
    if not params.repeats or failures.empty:
        return pd.DataFrame(columns=list(REPEAT_COLUMNS))
    candidate, known = open_candidate(load("candidate", CandidateParams)), {image.image_id: image for image in images}
    with tempfile.TemporaryDirectory() as folder:
        found = ask_again(failures, known, candidate, verifier, params.repeats, params.temperature, Path(folder))
    frame = store.to_frame(found)
    fix = f"or raise verify.max_unscored_rate (now {params.max_unscored_rate:g})"
    refuse_unscored(_scored(frame), params.max_unscored_rate, "repeats", fix)
    return frame


def measure(verdicts: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The counts and rates of each method, and under "unscored" why rollouts of all methods have no score."""
    families = verdicts["family"].astype(object).where(verdicts["family"].notna(), None)
    of = {method: verdicts["method"] == method for method in METHODS}
    found = {method: dict(rates([*verdicts["outcome"][rows]], [*families[rows]])) for method, rows in of.items()}
    return found | {"unscored": unscored([*verdicts["outcome"]], [*verdicts["reason"]])}


def unscored_by_method(verdicts: pd.DataFrame) -> dict[str, dict[str, int]]:
    """How many rollouts of each method have no score, by reason."""
    of = {str(method): rows for method, rows in verdicts.groupby("method")}
    return {method: unscored([*rows["outcome"]], [*rows["reason"]]) for method, rows in of.items()}


def show_unscored(verdicts: pd.DataFrame) -> None:
    """Prints how many rollouts have no score, why, and the first messages that explain each reason."""
    rows = verdicts[verdicts["outcome"] == "unscored"]
    if rows.empty:
        return
    reasons = unscored([*rows["outcome"]], [*rows["reason"]])
    counts = ", ".join(f"{reason} × {count}" for reason, count in reasons.items())
    print(f"verify: {len(rows)} of {len(verdicts)} rollouts have no score: {counts}", flush=True)
    explained = rows[rows["message"].notna()]
    for reason in reasons:
        own = explained[explained["reason"] == reason].head(FIRST)
        for rollout_id, message in zip(own["rollout_id"], own["message"], strict=True):
            print(f"  {reason}, {rollout_id}: {message}", flush=True)


def measure_repeats(verdicts: pd.DataFrame, repeats: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Under "repeats", what is left of each method's failures; nothing where none was asked about again."""
    if repeats.empty:
        return {}
    of = {method: verdicts[verdicts["method"] == method] for method in METHODS}
    again = {method: repeats[repeats["rollout_id"].isin(rows["rollout_id"])] for method, rows in of.items()}
    return {"repeats": {method: repeat_rates(rows, again[method]) for method, rows in of.items()}}


def probe(
    verdicts: pd.DataFrame, images: Sequence[Image], verifier: Verifier, texts: int
) -> dict[str, dict[str, Any]]:
    """The judge's `susceptibility` to the first `texts` of those that try to steer it; nothing where that is 0."""
    if not texts:
        return {}
    known = {image.image_id: image for image in images}
    carriers = verdicts.groupby("outcome", sort=False).head(CARRIERS)[["image_id", "question", "answer", "outcome"]]
    rollouts = [Judged(known[name], *said) for name, *said in carriers.itertuples(index=False)]
    return {"susceptibility": susceptibility(verifier, rollouts, ASKING[:texts])}


def refuse(verdicts: pd.DataFrame, limit: float) -> None:
    """Raises BlindspotError where more than `limit` of a method's rollouts are errors."""
    fix = f"then `dvc repro -f harvest` to ask again, or raise verify.max_unscored_rate (now {limit:g})"
    for method, rows in verdicts.groupby("method", sort=False):
        refuse_unscored(_scored(rows), limit, f"rollouts of {method}", fix)


def _scored(frame: pd.DataFrame) -> list[Scored]:
    return cast(list[Scored], [*frame.itertuples()])


def log(mlflow: Any, metrics: dict[str, dict[str, Any]], docs: Path) -> None:
    """Rates by method, what was measured of the judge, and Data Docs."""
    mlflow.log_metrics({name: value for name, value in flatten(metrics).items() if value is not None})
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/verdicts metrics/verify.json")
