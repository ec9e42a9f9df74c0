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
from blindspot.paths import AUDIT, AUDIT_FOLDER, AUDIT_METRICS, DISCOVERED_MODES, ROLLOUTS, VERDICTS
from blindspot.records.failure_mode import read_failure_modes
from blindspot.records.rollout import METHODS
from blindspot.stage_lock import exclusive
from blindspot.tracking import flatten, stage_run


class Params(Section):
    """Audit of the verifier: who judges a sample of the rollouts again."""

    auditor: Literal["nobody", "oracle", "labels"] = Field(
        "nobody",
        description="nobody: no audit. oracle: the exact truth, for scenes and marks. labels: a person, by a CSV file "
        "(docs/judge.md)",
    )
    size: int = Field(200, ge=1, description="Rollouts per method in the sample")
    per_mode: int = Field(
        30, ge=0, description="Rollouts per discovered failure mode in the sample, from its quota. 0: none"
    )
    labels: str = Field("data/labels.csv", description="For auditor labels: the CSV file from reports/label.html")


@exclusive
def main() -> None:
    """Reads images, discovered modes, rollouts and verdicts from data; writes data/audit and metrics/audit.json."""
    params, seed, judge = load("audit", Params), load_seed(), load("verifier", VerifierParams)
    docs = (work := store.work_folder()) / "docs" / Path.cwd().name / "audit"
    rollouts = store.read_frame(ROLLOUTS, ROLLOUT.columns)
    verdicts, images = store.read_frame(VERDICTS, VERDICT.columns), store.read_images("test")
    modes = read_failure_modes(DISCOVERED_MODES)
    with stage_run("audit", work, params.model_dump()) as mlflow:
        auditor = choose_auditor(params, judge)
        sample = audit(rollouts, verdicts, images, auditor, params.size, seed, params.per_mode)
        answered = verdicts["rollout_id"].isin(rollouts.loc[rollouts["error"].isna(), "rollout_id"])
        metrics = summarize(verdicts[answered], sample, modes)
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
    """Logs the metrics of each method, the confusion tables, a table of the failure modes, and Data Docs."""
    methods = {name: found for name, found in metrics.items() if name in METHODS}
    numbers = {name: value for name, value in flatten(methods).items() if isinstance(value, int | float)}
    numbers |= {f"modes.{name}": count for name, count in _of_modes(metrics["modes"]).items()}
    mlflow.log_metrics({name: value for name, value in numbers.items() if ".confusion." not in name})
    rows = [
        {"method": method, "judge": judge, "auditor": auditor, "rollouts": count}
        for method, found in methods.items()
        for judge, counts in found["confusion"].items()
        for auditor, count in counts.items()
    ]
    mlflow.log_table(pd.DataFrame(rows), "confusion.json")
    if metrics["modes"]:
        mlflow.log_table(mode_table(metrics["modes"]), "modes.json")
    mlflow.log_artifacts(str(docs), "data_docs")


def mode_table(modes: dict[str, Any]) -> pd.DataFrame:
    """Returns the audit of the failure modes as a table: rates and counts, one row for each mode."""
    rows = []
    for mode_id, found in modes.items():
        rates = {
            f"{kind}{end}": (found[kind] or {}).get(key)
            for kind in ("judged", "corrected")
            for key, end in (("value", ""), ("low", "_low"), ("high", "_high"))
        }
        counts = {name: found[name] for name in ("drawn", "audited", "unsure", "in_mode")}
        rows.append({"mode_id": mode_id, **rates, **counts, "note": found["note"]})
    return pd.DataFrame(rows)


def _of_modes(modes: dict[str, Any]) -> dict[str, float]:
    """Returns figures over all modes. The two rates are means over the modes with a corrected rate."""
    known = [found for found in modes.values() if found["corrected"]]
    counts = {"audited": sum(found["audited"] for found in modes.values()), "corrected": len(known)}
    if not known:
        return counts
    means = {kind: sum(found[kind]["value"] for found in known) / len(known) for kind in ("judged", "corrected")}
    return counts | {f"{kind}_error_rate": mean for kind, mean in means.items()}


if __name__ == "__main__":
    run(main)
