"""audit draws from real rollouts and has them judged by the real oracle."""

from pathlib import Path

import pandas as pd

from blindspot.audit.auditors import LabelAuditor, NoAuditor, VerifierAuditor
from blindspot.audit.summary import summarize
from blindspot.checks.audited import AUDITED, COLUMNS
from blindspot.checks.run import check
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import VerifierParams
from blindspot.records.image import Image
from stages.audit import Params, audit, choose_auditor
from stages.verify import verify
from tests.taxonomy.rows import make_rows, scenes

CALLS = 60
ROWS = make_rows(CALLS)
ROLLOUTS = ROWS[["rollout_id", "method", "image_id", "question", "answer", "questioner", "candidate", "error"]]
IMAGES = [Image(name, Path(f"{name}.png"), "test", scene.to_json()) for name, scene in scenes(CALLS // 2).items()]
ORACLE = OracleVerifier("invalid")
TRUE = verify(ROLLOUTS, IMAGES, ORACLE)


def test_the_sample_holds_what_both_say_in_random_order(tmp_path: Path) -> None:
    wrong = TRUE.assign(outcome=TRUE["outcome"].replace({"failure": "correct"}), verifier="kind@1")
    made = audit(ROLLOUTS, wrong, IMAGES, VerifierAuditor(ORACLE), 40, seed=0)
    check(made, AUDITED, tmp_path / "docs")
    assert list(made.columns) == list(COLUMNS) and len(made) == 3 * 40
    told = made.merge(TRUE[["rollout_id", "outcome"]], on="rollout_id")
    assert (told["audited"] == told["outcome"]).all() and set(made["auditor"]) == {"oracle/1"}
    assert "failure" not in set(made["judged"]) and "failure" in set(made["audited"])


def test_a_judge_that_finds_no_failure_is_found_out() -> None:
    blind = TRUE.assign(outcome=TRUE["outcome"].replace({"failure": "correct"}))
    trained = summarize(blind, audit(ROLLOUTS, blind, IMAGES, VerifierAuditor(ORACLE), 60, seed=0))["trained"]
    assert trained["agreement"]["failure"]["recall"]["value"] == 0
    assert all(rate["corrected"] is None for rate in trained["rates"].values())


def test_without_an_auditor_the_sample_is_drawn_all_the_same(tmp_path: Path) -> None:
    made = audit(ROLLOUTS, TRUE, IMAGES, NoAuditor(), 40, seed=0)
    check(made, AUDITED, tmp_path / "docs")
    assert made["audited"].isna().all() and len(made) == 120
    made.to_parquet(tmp_path / "a.parquet", index=False)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), made)
    assert summarize(TRUE, made)["base"]["rates"]["failure_rate"]["note"] == "not audited"


def test_the_parameter_says_who_audits() -> None:
    chosen = {
        by: choose_auditor(Params(by=by), VerifierParams.model_validate({})) for by in ("nobody", "oracle", "labels")
    }
    assert isinstance(chosen["nobody"], NoAuditor) and isinstance(chosen["labels"], LabelAuditor)
    assert chosen["oracle"].identity == "oracle/1"
    assert chosen["labels"].path == Path("data/labels.csv")
