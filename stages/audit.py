"""audit: a random part of the harvest judged a second time, how right the verifier is, and rates corrected for it."""

from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.audit.auditors import Auditor, LabelAuditor, NoAuditor, VerifierAuditor
from blindspot.audit.sample import draw_sample
from blindspot.audit.summary import summarize
from blindspot.checks.audited import AUDITED, COLUMNS
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import Section, VerifierParams, load, load_seed
from blindspot.records.image import Image
from blindspot.records.rollout import Rollout
from blindspot.tracking import flatten, stage_run

ROLLOUTS, VERDICTS = Path("data/rollouts/rollouts.parquet"), Path("data/verdicts/verdicts.parquet")
AUDIT = Path("data/audit")
METRICS = Path("metrics/audit.json")


class Params(Section):
    """Who judges part of the harvest again, and how much."""

    auditor: Literal["nobody", "oracle", "labels"] = Field(
        "nobody", description="nobody; oracle: the exact truth, for scenes; labels: a person, by a CSV file"
    )
    size: int = Field(200, ge=1, description="rollouts of each method that are drawn for it")
    labels: str = Field("data/labels.csv", description="of labels: the CSV file that reports/label.html writes")


def main() -> None:
    """Reads data/images, data/rollouts and data/verdicts; writes data/audit and metrics/audit.json."""
    params, seed, judge, work = (
        load("audit", Params),
        load_seed(),
        load("verifier", VerifierParams),
        store.work_folder(),
    )
    docs = work / "docs" / Path.cwd().name / "audit"
    rollouts, verdicts = store.read_frame(ROLLOUTS), store.read_frame(VERDICTS)
    with stage_run("audit", work, params.model_dump()) as mlflow:
        sample = audit(rollouts, verdicts, store.read_images("test"), choose_auditor(params, judge), params.size, seed)
        answered = verdicts["rollout_id"].isin(rollouts.loc[rollouts["error"].isna(), "rollout_id"])
        metrics = summarize(verdicts[answered], sample)
        check(sample, AUDITED, docs)
        with store.replacing(AUDIT) as beside:
            store.write_frame(beside / "audit.parquet", sample)
            store.write_json(METRICS, metrics)
        log(mlflow, metrics, docs)


def choose_auditor(params: Params, judge: VerifierParams) -> Auditor:
    """Who audits."""
    if params.auditor == "nobody":
        return NoAuditor()
    if params.auditor == "labels":
        return LabelAuditor(Path(params.labels))
    return VerifierAuditor(OracleVerifier(judge.unparsed))


def audit(
    rollouts: pd.DataFrame, verdicts: pd.DataFrame, images: Sequence[Image], auditor: Auditor, size: int, seed: int
) -> pd.DataFrame:
    """The rollouts drawn, in random order, with what verifier and auditor say of each.

    Raises BlindspotError where the auditor cannot be asked.
    """
    sample = draw_sample(rollouts, size, seed)
    said = verdicts[["rollout_id", "outcome", "verifier"]].rename(columns={"outcome": "judged"})
    sample = sample.merge(said, on="rollout_id", how="left", validate="one_to_one")
    known = {image.image_id: image for image in images}
    columns = [field.name for field in fields(Rollout) if field.default is MISSING]
    asked = [Rollout(*row) for row in sample[columns].itertuples(index=False, name=None)]
    found = auditor.audit([known[row.image_id] for row in asked], asked)
    return sample.assign(audited=pd.array(found, dtype="str"), auditor=auditor.identity)[list(COLUMNS)]


def log(mlflow: Any, metrics: dict[str, Any], docs: Path) -> None:
    """Every figure of each method, the confusion tables, and Data Docs."""
    numbers = {name: value for name, value in flatten(metrics).items() if isinstance(value, int | float)}
    mlflow.log_metrics({name: value for name, value in numbers.items() if ".confusion." not in name})
    rows = [
        {"method": method, "judge": judge, "auditor": auditor, "rollouts": count}
        for method, found in metrics.items()
        if method != "auditor"
        for judge, counts in found["confusion"].items()
        for auditor, count in counts.items()
    ]
    mlflow.log_table(pd.DataFrame(rows), "confusion.json")
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main, restore="dvc checkout data/audit metrics/audit.json")
