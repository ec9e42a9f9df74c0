"""Audits of real rollouts by the real oracle."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from blindspot.audit.auditing import audit
from blindspot.audit.auditors import LabelAuditor, NoAuditor, VerifierAuditor
from blindspot.audit.summary import summarize
from blindspot.checks.rollouts import AUDITED
from blindspot.checks.run import check
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import VerifierParams
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.verification import verify
from stages.audit import Params, choose_auditor, log, mode_table
from tests.taxonomy.rows import make_rows, scenes

CALLS = 60
ROWS = make_rows(CALLS)
ROLLOUTS = ROWS[["rollout_id", "method", "image_id", "question", "answer", "questioner", "candidate", "error"]]
IMAGES = [Image(name, Path(f"{name}.png"), "test", scene.to_json()) for name, scene in scenes(CALLS // 2).items()]
ORACLE = OracleVerifier("invalid")
TRUE = verify(ROLLOUTS, IMAGES, ORACLE)


def test_the_sample_has_the_outcomes_by_verifier_and_auditor(tmp_path: Path) -> None:
    wrong = TRUE.assign(outcome=TRUE["outcome"].replace({"failure": "correct"}), verifier="kind@1")
    made = audit(ROLLOUTS, wrong, IMAGES, VerifierAuditor(ORACLE), 40, seed=0)
    check(made, AUDITED, tmp_path / "docs")
    assert list(made.columns) == list(AUDITED.columns) and len(made) == 3 * 40
    both = made.merge(TRUE[["rollout_id", "outcome"]], on="rollout_id")
    assert (both["audited"] == both["outcome"]).all() and set(made["auditor"]) == {"oracle/1"}
    assert "failure" not in set(made["judged"]) and "failure" in set(made["audited"])


def test_a_judge_that_finds_no_failures_is_detected() -> None:
    blind = TRUE.assign(outcome=TRUE["outcome"].replace({"failure": "correct"}))
    trained = summarize(blind, audit(ROLLOUTS, blind, IMAGES, VerifierAuditor(ORACLE), 60, seed=0))["trained"]
    assert trained["agreement"]["failure"]["recall"]["value"] == 0
    assert trained["rates"] and all(rate["corrected"] is None for rate in trained["rates"].values())


def test_without_an_auditor_a_sample_is_drawn_too(tmp_path: Path) -> None:
    made = audit(ROLLOUTS, TRUE, IMAGES, NoAuditor(), 40, seed=0)
    check(made, AUDITED, tmp_path / "docs")
    assert made["audited"].isna().all() and len(made) == 120
    made.to_parquet(tmp_path / "a.parquet", index=False)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), made)
    assert summarize(TRUE, made)["base"]["rates"]["failure_rate"]["note"] == "not audited"


def test_questions_of_quotas_are_audited_by_mode(tmp_path: Path) -> None:
    features = ("answer yes",)
    yes = FailureMode("answer-yes", "…", features, 30, 20, 0.7, 0.5, 0.8, 9.0, 0.0, ())
    other = replace(yes, mode_id="answer-no", features=("answer no",))
    asked = TRUE["reference"].eq("yes").to_numpy()
    quota = {"method": "quota", "mode_id": "answer-yes"}
    rollouts, true = (
        pd.concat([rows.assign(mode_id=None), rows[asked].assign(rollout_id="quota-" + rows["rollout_id"], **quota)])
        for rows in (ROLLOUTS, TRUE)
    )
    made = audit(rollouts, true, IMAGES, VerifierAuditor(ORACLE), 40, seed=0, per_mode=30)
    check(made, AUDITED, tmp_path / "docs")
    own = made[made["method"] == "quota"]
    assert len(own) == min(30, int(asked.sum())) and (own["judged"] == own["audited"]).all()
    metrics = summarize(true, made, [yes, other])
    assert metrics["modes"]["answer-yes"]["in_mode"] == len(own)
    table = mode_table(metrics["modes"]).set_index("mode_id").to_dict("index")
    assert table["answer-yes"]["corrected_low"] < table["answer-yes"]["judged"]
    assert table["answer-no"]["drawn"] == 0 and "no quota" in table["answer-no"]["note"]
    tables, numbers = Recorded(), Recorded()
    log(SimpleNamespace(log_metrics=numbers, log_table=tables, log_artifacts=Recorded()), metrics, tmp_path)
    ((logged,),) = numbers.calls
    assert logged["modes.audited"] == len(own) and logged["modes.corrected"] == 1
    assert logged["trained.agreement.valid_kappa.value"] == 1 and "modes.judged_error_rate" in logged
    assert [name for _, name in tables.calls] == ["confusion.json", "modes.json"]


class Recorded:
    """Keeps the arguments of its calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __call__(self, *values: Any) -> None:
        self.calls.append(values)


def test_the_parameter_chooses_the_auditor() -> None:
    chosen = {
        name: choose_auditor(Params(auditor=name), VerifierParams(kind="oracle"))
        for name in ("nobody", "oracle", "labels")
    }
    assert isinstance(chosen["nobody"], NoAuditor) and isinstance(chosen["labels"], LabelAuditor)
    assert chosen["oracle"].identity == "oracle/1"
    assert chosen["labels"].path == Path("data/labels.csv")
