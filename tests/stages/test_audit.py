"""Audits of real rollouts by the real oracle."""

from pathlib import Path

import pandas as pd

from blindspot.audit.auditing import audit
from blindspot.audit.auditors import LabelAuditor, NoAuditor, VerifierAuditor
from blindspot.audit.summary import summarize
from blindspot.checks.rollouts import AUDITED
from blindspot.checks.run import check
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import VerifierParams
from blindspot.records.image import Image
from blindspot.verification import verify
from stages.audit import Params, choose_auditor
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
    assert all(rate["corrected"] is None for rate in trained["rates"].values())


def test_without_an_auditor_a_sample_is_drawn_too(tmp_path: Path) -> None:
    made = audit(ROLLOUTS, TRUE, IMAGES, NoAuditor(), 40, seed=0)
    check(made, AUDITED, tmp_path / "docs")
    assert made["audited"].isna().all() and len(made) == 120
    made.to_parquet(tmp_path / "a.parquet", index=False)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), made)
    assert summarize(TRUE, made)["base"]["rates"]["failure_rate"]["note"] == "not audited"


def test_the_parameter_chooses_the_auditor() -> None:
    chosen = {
        name: choose_auditor(Params(auditor=name), VerifierParams(kind="oracle"))
        for name in ("nobody", "oracle", "labels")
    }
    assert isinstance(chosen["nobody"], NoAuditor) and isinstance(chosen["labels"], LabelAuditor)
    assert chosen["oracle"].identity == "oracle/1"
    assert chosen["labels"].path == Path("data/labels.csv")
