"""audit: judges a random sample of the rollouts again, and corrects the rates for the errors of the verifier."""

from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.audit.auditing import audit
from blindspot.audit.auditors import Auditor, LabelAuditor, NoAuditor, VerifierAuditor
from blindspot.audit.summary import summarize
from blindspot.checks.rollouts import AUDITED, ROLLOUT, VERDICT
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import Section, VerifierParams, load, load_seed
from blindspot.paths import AUDIT, AUDIT_FOLDER, AUDIT_METRICS, ROLLOUTS, VERDICTS
from blindspot.stage_lock import exclusive
from blindspot.tracking import flatten, stage_run


class Params(Section):
    """Audit of the verifier: who judges a sample of the rollouts again."""

    auditor: Literal["nobody", "oracle", "labels"] = Field(
        "nobody",
        description="nobody: no audit. oracle: the exact truth, for scenes only. labels: a person, by a CSV file "
        "(docs/judge.md)",
    )
    size: int = Field(200, ge=1, description="Rollouts per method in the sample")
    labels: str = Field("data/labels.csv", description="For auditor labels: the CSV file from reports/label.html")


@exclusive
def main() -> None:
    """Reads data/images, data/rollouts and data/verdicts; writes data/audit and metrics/audit.json."""
    params, seed, judge = load("audit", Params), load_seed(), load("verifier", VerifierParams)
    docs = (work := store.work_folder()) / "docs" / Path.cwd().name / "audit"
    rollouts = store.read_frame(ROLLOUTS, ROLLOUT.columns)
    verdicts, images = store.read_frame(VERDICTS, VERDICT.columns), store.read_images("test")
    with stage_run("audit", work, params.model_dump()) as mlflow:
        sample = audit(rollouts, verdicts, images, choose_auditor(params, judge), params.size, seed)
        answered = verdicts["rollout_id"].isin(rollouts.loc[rollouts["error"].isna(), "rollout_id"])
        metrics = summarize(verdicts[answered], sample)
        check(sample, AUDITED, docs)
        with store.replacing(AUDIT_FOLDER) as folder:
            store.write_frame(folder / AUDIT.name, sample)
            store.write_json(AUDIT_METRICS, metrics)
        log(mlflow, metrics, docs)


def choose_auditor(params: Params, judge: VerifierParams) -> Auditor:
    """Returns the auditor that the parameters name."""
    if params.auditor == "nobody":
        return NoAuditor()
    if params.auditor == "labels":
        return LabelAuditor(Path(params.labels))
    return VerifierAuditor(OracleVerifier(judge.unparsed))


def log(mlflow: Any, metrics: dict[str, Any], docs: Path) -> None:
    """Logs the metrics of each method, the confusion tables and Data Docs."""
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
