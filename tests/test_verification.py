"""Verification of rollouts by the real oracle."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from blindspot.checks.rollouts import ROLLOUT, VERDICT
from blindspot.checks.run import check
from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.records.rollout import NOT_ASKED
from blindspot.records.unscored import Unscored
from blindspot.store import to_frame
from blindspot.verification import measure, refuse_unscored_rollouts, show_unscored, unscored_by_method, verify
from tests.rollouts import IMAGES, ROLLOUTS, rollout


def test_every_rollout_has_a_verdict_in_the_same_order(tmp_path: Path) -> None:
    frame = verify(ROLLOUTS, IMAGES, OracleVerifier("invalid"))
    check(frame[[*VERDICT.columns]], VERDICT, tmp_path / "docs")
    assert list(frame.columns) == [*VERDICT.columns, "raw"]
    assert list(frame["rollout_id"]) == list(ROLLOUTS["rollout_id"])
    assert list(frame["outcome"]) == ["failure", "unscored", "failure", "failure", "invalid", "correct", "correct"]
    assert set(frame["verifier"]) == {"oracle/1"}
    assert frame["reason"][1] == Unscored.TIMEOUT and frame["reason"][4] == "unparsed"
    assert list(frame["reference"].dropna()) == ["2", "no", "2", "yes", "small"]


def test_a_rollout_without_a_question_is_invalid_for_its_own_reason(tmp_path: Path) -> None:
    unasked = replace(rollout("t-9", "trained", "", "", "no question"), candidate=NOT_ASKED, message="Hello!")
    rollouts = to_frame([unasked, rollout("t-8", "trained", "is there a circle ?", "no")])
    check(rollouts[[*ROLLOUT.columns]], ROLLOUT, tmp_path / "docs")
    frame = verify(rollouts, IMAGES, OracleVerifier("invalid"))
    check(frame[[*VERDICT.columns]], VERDICT, tmp_path / "docs")
    assert list(frame["outcome"]) == ["invalid", "correct"]
    assert (frame["reason"][0], frame["message"][0]) == ("no question", "Hello!")
    assert measure(frame)["trained"]["valid_rate"] == 0.5


def test_metrics_have_the_documented_keys() -> None:
    metrics = measure(verify(ROLLOUTS, IMAGES, OracleVerifier("invalid")))
    assert list(metrics) == ["trained", "base", "templates", "unscored"]
    assert metrics["unscored"] == {"timeout": 1}
    assert metrics["trained"] == {
        "asked": 4,
        "failures": 3,
        "correct": 0,
        "invalid": 0,
        "unscored": 1,
        "failure_rate": 1.0,
        "valid_rate": 1.0,
        "error_rate": 1.0,
        "unscored_rate": 0.25,
        "largest_family_share": 2 / 3,
    }
    assert metrics["base"]["failure_rate"] == 0.0 and metrics["base"]["valid_rate"] == 0.5
    assert metrics["base"]["largest_family_share"] is None


def test_rollouts_read_from_parquet_get_the_same_verdicts(tmp_path: Path) -> None:
    clean = ROLLOUTS[ROLLOUTS["error"].isna()].reset_index(drop=True)  # a column of nulls alone
    clean.to_parquet(tmp_path / "r.parquet", index=False)
    from_memory, from_file = (
        verify(rows, IMAGES, OracleVerifier("invalid")) for rows in (clean, pd.read_parquet(tmp_path / "r.parquet"))
    )
    pd.testing.assert_frame_equal(from_memory, from_file)
    assert "unscored" not in set(from_memory["outcome"])


def test_rollouts_may_all_be_unscored() -> None:
    broken = ROLLOUTS.assign(error=Unscored.NO_CONNECTION)
    frame = verify(broken, IMAGES, OracleVerifier("invalid"))
    assert set(frame["outcome"]) == {"unscored"} and set(frame["reason"]) == {Unscored.NO_CONNECTION}


def test_too_many_unscored_rollouts_of_one_method_are_refused_by_name() -> None:
    frame = verify(ROLLOUTS, IMAGES, OracleVerifier("invalid"))
    refuse_unscored_rollouts(frame, 0.25)
    with pytest.raises(
        BlindspotError,
        match=r"1 of 4 rollouts of trained are unscored: timeout × 1: raise timeout.*max_unscored_rate",
    ):
        refuse_unscored_rollouts(frame, 0.24)


def test_a_rollout_about_an_unknown_image_is_refused() -> None:
    with pytest.raises(BlindspotError, match=r"image i0, which is not in the test split"):
        verify(ROLLOUTS, IMAGES[1:], OracleVerifier("invalid"))


def test_unscored_rollouts_are_counted_by_reason_and_the_first_messages_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [("t-2", Unscored.CUT_OFF, "it is a long"), ("t-3", Unscored.SERVER_ERROR, "HTTP 500: overloaded")]
    broken = [replace(rollout(name, "trained", "is it red ?", "", error), message=said) for name, error, said in rows]
    broken += [rollout("b-9", "base", "is it red ?", "", Unscored.CUT_OFF)]
    frame = verify(to_frame(broken), IMAGES, OracleVerifier("invalid"))
    assert unscored_by_method(frame) == {"base": {"cut off": 1}, "trained": {"cut off": 1, "server error": 1}}
    show_unscored(frame)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "verify: 3 of 3 rollouts are unscored: cut off × 2, server error × 1"
    assert lines[1:] == ["  cut off, t-2: it is a long", "  server error, t-3: HTTP 500: overloaded"]
