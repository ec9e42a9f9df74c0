"""Tests the audit of failure modes: which questions are in a mode, and the correction of a judge that errs in one."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from blindspot.audit.auditing import audit
from blindspot.audit.auditors import COLUMNS, LabelAuditor
from blindspot.audit.modes import audited_for, judged_for
from blindspot.audit.summary import FEWEST_OF_MODE, NO_QUOTA, summarize
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.records.verdict import Outcome


def mode_of(*features: str) -> FailureMode:
    return FailureMode("--".join(features), " ", features, 30, 20, 0.7, 0.5, 0.8, 9.0, 0.0, ())


YES, SIDES = mode_of("judging left-of", "answer yes"), mode_of("judging left-of")
MANY = mode_of("answer 3 or more")
LEFT, COUNT = "is the star left of the circle ?", "how many stars are there ?"


def row(question: str, answer: str, reference: str | None, judged: str, audited: str) -> dict[str, str | None]:
    return {"question": question, "answer": answer, "reference": reference, "judged": judged, "audited": audited}


@pytest.mark.parametrize(
    ("mode", "asked", "by_judge", "by_auditor"),
    [
        (SIDES, row(LEFT, "no", "yes", "failure", "failure"), "failure", "failure"),
        (SIDES, row(LEFT, "no", None, "invalid", "failure"), "invalid", "failure"),
        (SIDES, row(COUNT, "2", "2", "correct", "correct"), "invalid", "invalid"),
        (YES, row(LEFT, "no", "no", "correct", "correct"), "invalid", "invalid"),
        (YES, row(LEFT, "No.", "yes", "failure", "correct"), "failure", "invalid"),
        (YES, row(LEFT, "yes, it is", "yes", "correct", "failure"), "correct", "invalid"),
        (YES, row(LEFT, "yes", "no", "failure", "correct"), "invalid", "correct"),
        (YES, row(LEFT, "no", "no", "correct", "failure"), "invalid", "failure"),
        (YES, row(LEFT, "no", "yes", "failure", "invalid"), "failure", "invalid"),
        (YES, row(LEFT, "no", None, "unscored", "unscored"), "unscored", "unscored"),
        (MANY, row(COUNT, "2", "3", "failure", "failure"), "failure", "failure"),
        (MANY, row(COUNT, "two", "3", "failure", "correct"), "failure", "invalid"),
        (MANY, row(COUNT, "there are about three of them", "3", "correct", "correct"), "correct", "correct"),
    ],
)
def test_a_valid_question_with_another_true_answer_is_outside_of_the_mode(
    mode: FailureMode, asked: dict[str, Any], by_judge: str, by_auditor: str
) -> None:
    rows = pd.DataFrame([asked])
    assert (judged_for(mode, rows), audited_for(mode, rows)) == ([by_judge], [by_auditor])


class Truth:
    """An auditor that knows the true answer to each question, by rollout id."""

    identity = "truth"

    def __init__(self, true: dict[str, str]) -> None:
        self.true = true

    def audit(self, images: Any, rollouts: Any) -> list[Outcome | None]:
        return ["correct" if self.true[one.rollout_id] == one.answer else "failure" for one in rollouts]


def quota_of(mode: FailureMode, size: int, wrong: float, dice: np.random.Generator) -> pd.DataFrame:
    """Returns rollouts of a quota about left and right, a fifth about each image; the candidate errs at `wrong`."""
    true = dice.choice(["yes", "no"], size=size)
    failed = dice.random(size) < wrong
    answers = np.where(failed, np.where(true == "yes", "no", "yes"), true)
    images = [f"i{place}" for place in dice.integers(size // 2, size=size)]
    return pd.DataFrame(
        {
            "rollout_id": [f"{mode.mode_id}-{place}" for place in range(size)],
            "method": "quota",
            "mode_id": mode.mode_id,
            "image_id": images,
            "question": [f"is the star left of the circle {place} ?" for place in range(size)],
            "answer": answers,
            "questioner": "q",
            "candidate": "c",
            "error": None,
            "true": true,
        }
    )


def verdicts_of(rows: pd.DataFrame, lies: np.ndarray) -> pd.DataFrame:
    """Returns the verdicts of a judge that takes the other true answer where it `lies`."""
    said = np.where(lies, np.where(rows["true"] == "yes", "no", "yes"), rows["true"])
    outcome = np.where(said == rows["answer"], "correct", "failure")
    return rows.assign(reference=said, outcome=outcome, verifier="judge")


def audited_modes(rows: pd.DataFrame, verdicts: pd.DataFrame, modes: list[FailureMode], per_mode: int) -> Any:
    known = [Image(name, __file__, "test") for name in rows["image_id"].unique()]  # type: ignore[arg-type]
    auditor = Truth(dict(zip(rows["rollout_id"], rows["true"], strict=True)))
    sample = audit(rows, verdicts, known, auditor, 200, 0, per_mode)
    return summarize(verdicts, sample, modes)["modes"]


@pytest.mark.parametrize("mode", [SIDES, YES])
def test_a_judge_that_calls_correct_answers_wrong_in_one_mode_is_corrected_there_alone(mode: FailureMode) -> None:
    """Fails for correct code with probability below 2e-3 over seeds.

    In a hundred runs with other seeds, the corrected rate had a mean of 0.22 or 0.23 and a standard deviation of 0.065
    (mean of 40: normal), and 92 % of the intervals contained the truth for one mode, 99 % for the other (binomial).
    """
    other, held = mode_of("judging left-of", "only judging left-of"), 0
    judged, corrected = [], []
    for seed in range(40):
        dice = np.random.default_rng(seed)
        one, two = quota_of(mode, 120, 0.2, dice), quota_of(other, 120, 0.6, dice)
        rows = pd.concat([one, two], ignore_index=True)
        right = (rows["mode_id"] == mode.mode_id) & (rows["answer"] == rows["true"])
        found = audited_modes(
            rows, verdicts_of(rows, (right & (dice.random(240) < 0.5)).to_numpy()), [mode, other], 40
        )
        judged.append(found[mode.mode_id]["judged"]["value"])
        corrected.append(found[mode.mode_id]["corrected"]["value"])
        held += found[mode.mode_id]["corrected"]["low"] <= 0.2 <= found[mode.mode_id]["corrected"]["high"]
        assert found[other.mode_id]["corrected"]["value"] == pytest.approx(
            found[other.mode_id]["judged"]["value"], abs=0.03
        )
    assert np.mean(judged) > 0.5
    assert np.mean(corrected) == pytest.approx(0.2, abs=0.06) and held >= 31


def test_a_judge_that_misses_failures_in_one_mode_is_corrected() -> None:
    """Fails for correct code with probability below 1e-3 over seeds.

    In 139 runs with other seeds, the corrected rate had a mean of 0.79 and a standard deviation of 0.046 (mean of 20:
    normal). Of the intervals, 95 % contain the truth (binomial).
    """
    corrected, held, missed, seen = [], 0, 0, 0
    for seed in range(20):
        dice = np.random.default_rng(seed)
        rows = quota_of(SIDES, 200, 0.8, dice)
        lies = (rows["answer"] != rows["true"]) & (dice.random(200) < 0.7)
        found = audited_modes(rows, verdicts_of(rows, lies.to_numpy()), [SIDES], 60)[SIDES.mode_id]
        assert found["judged"]["high"] < 0.5
        missed += found["confusion"]["correct"]["failure"]
        seen += found["confusion"]["failure"]["failure"]
        corrected.append(found["corrected"]["value"])
        held += found["corrected"]["low"] <= 0.8 <= found["corrected"]["high"]
    assert missed > 1.5 * seen
    assert np.mean(corrected) == pytest.approx(0.8, abs=0.05) and held >= 15


def test_labels_of_the_rows_of_modes_are_read_back(tmp_path: Any) -> None:
    rows = quota_of(SIDES, 60, 0.8, np.random.default_rng(0))
    verdicts = verdicts_of(rows, np.zeros(60, dtype=bool))
    images = [Image(name, tmp_path, "test") for name in rows["image_id"].unique()]
    drawn = audit(rows, verdicts, images, LabelAuditor(csv_of(tmp_path, drawn=rows.head(0))), 200, 0, 30)
    assert len(drawn) == 30 and drawn["audited"].isna().all() and set(drawn["mode_id"]) == {SIDES.mode_id}
    labelled = audit(rows, verdicts, images, LabelAuditor(csv_of(tmp_path, drawn.head(20))), 200, 0, 30)
    assert labelled["audited"].notna().tolist() == [True] * 20 + [False] * 10
    found = summarize(verdicts, labelled, [SIDES])["modes"][SIDES.mode_id]
    assert (found["drawn"], found["audited"], found["in_mode"], found["unsure"]) == (30, 20, 20, 0)
    # Fails for correct code with probability 2e-6 over seeds (normal: 37 runs have 0.64 ± 0.051).
    assert found["corrected"]["low"] > 0.4 and found["note"] is None


def csv_of(folder: Any, drawn: pd.DataFrame) -> Any:
    """Writes the labels file of these rows, in which the judge's outcomes are right."""
    outcomes: list[str] = drawn["judged"].tolist() if len(drawn) else []
    drawn.assign(outcome=outcomes).to_csv(folder / "labels.csv", columns=[*COLUMNS], index=False)
    return folder / "labels.csv"


def test_modes_without_enough_audited_questions_are_not_corrected() -> None:
    rows = quota_of(SIDES, FEWEST_OF_MODE - 1, 0.9, np.random.default_rng(0))
    found = audited_modes(rows, verdicts_of(rows, np.zeros(len(rows), dtype=bool)), [SIDES, YES], 30)
    assert found[SIDES.mode_id]["corrected"] is None and found[SIDES.mode_id]["audited"] == 9
    assert found[SIDES.mode_id]["note"].startswith("too few audited: 9 are valid questions of this mode")
    assert found[YES.mode_id]["note"] == NO_QUOTA
    assert (found[YES.mode_id]["drawn"], found[YES.mode_id]["judged"]) == (0, None)


def test_with_no_rows_per_mode_the_judged_rate_is_known_and_not_audited() -> None:
    rows = quota_of(SIDES, 40, 0.9, np.random.default_rng(0))
    verdicts = verdicts_of(rows, np.zeros(len(rows), dtype=bool))
    methods = pd.DataFrame([{**rows.iloc[0], "method": "base", "mode_id": None, "rollout_id": "base-0"}])
    rows, verdicts = pd.concat([rows, methods]), pd.concat([verdicts, verdicts_of(methods, np.array([False]))])
    found = audited_modes(rows, verdicts, [SIDES], 0)[SIDES.mode_id]
    # The lower end fails for correct code with probability 2e-5 over seeds (binomial of 40 at 0.9).
    assert found["note"] == "not audited" and found["judged"]["low"] > 0.5 and found["drawn"] == 0


def test_a_question_that_occurs_twice_in_a_quota_counts_once() -> None:
    rows = quota_of(SIDES, 40, 0.5, np.random.default_rng(0))
    twice = pd.concat([rows, rows.assign(rollout_id="again-" + rows["rollout_id"])], ignore_index=True)
    once, both = (
        audited_modes(one, verdicts_of(one, np.zeros(len(one), dtype=bool)), [SIDES], 30)[SIDES.mode_id]
        for one in (rows, twice)
    )
    assert once == both


def test_unsure_labels_are_counted_and_in_no_rate() -> None:
    rows = quota_of(SIDES, 60, 0.5, np.random.default_rng(0))
    verdicts = verdicts_of(rows, np.zeros(60, dtype=bool))
    sample = verdicts.assign(judged=verdicts["outcome"], auditor="a person", audited=verdicts["outcome"])
    sample.loc[:9, "audited"] = "unscored"
    found = summarize(verdicts, sample, [SIDES])["modes"][SIDES.mode_id]
    assert (found["audited"], found["unsure"], found["in_mode"]) == (60, 10, 50)
    assert found["corrected"]["low"] < found["judged"]["value"] < found["corrected"]["high"]
