"""Verdicts of a Blindspot run as a log."""

from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.analysis.analyze import analyze_answers
from blindspot.checks.rollouts import VERDICT
from tests.analysis.logs.files import notes, read

ROWS: list[dict[str, Any]] = [
    {"question": "How many dogs are there?", "answer": "3", "reference": "2", "outcome": "failure"},
    {"question": "Is it red?", "answer": "no", "reference": "no", "outcome": "correct"},
    {"question": "Who won?", "answer": "he", "reference": None, "outcome": "invalid", "reason": "not answerable"},
    {"question": "Is it on?", "answer": "", "reference": None, "outcome": "unscored", "reason": "timeout"},
    {"question": "", "answer": "", "reference": None, "outcome": "invalid", "reason": "declined"},
]


def write_run(folder: Path, candidate: str | None = None) -> Path:
    """Writes the verdicts of a run, and its rollouts if the candidate is given."""
    path = folder / "data/verdicts/verdicts.parquet"
    path.parent.mkdir(parents=True)
    ids = {"method": "trained", "image_id": "photo", "verifier": "judge@1", "persists": float("nan")}
    rows = [ids | {"rollout_id": f"trained-{number:06d}"} | row for number, row in enumerate(ROWS)]
    pd.DataFrame(rows, columns=[*VERDICT.columns]).to_parquet(path)
    if candidate:
        (folder / "data/rollouts").mkdir()
        pd.DataFrame({"candidate": ["", candidate]}).to_parquet(folder / "data/rollouts/rollouts.parquet")
    return path


def test_outcomes_are_the_verdicts_and_other_rows_are_unscored_with_their_reason(tmp_path: Path) -> None:
    frame = read(write_run(tmp_path))
    assert frame["wrong"].tolist()[:2] == [1, 0] and all(map(isnan, frame["wrong"][2:]))
    assert frame["unscored"].tolist() == [
        *(None, None, "invalid question: not answerable", "no verdict: timeout", "invalid question: declined")
    ]
    assert frame["row_id"].tolist()[0] == "trained-000000" and set(frame["image_id"]) == {"photo"}
    assert frame["references"].tolist()[:3] == [["2"], ["no"], []] and frame["image"].isna().all()
    assert "2 rows have an invalid question and are unscored" in notes(frame)
    assert "1 row has no verdict and is unscored" in notes(frame)


def test_questions_of_the_trained_questioner_are_sought_and_do_not_raise_the_threshold(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    row = {"image_id": "photo", "answer": "3", "reference": "2", "verifier": "judge@1", "persists": float("nan")}
    methods = {"trained": ["failure"] * 8 + ["correct"] * 2, "base": ["failure"] * 3 + ["correct"] * 7}
    rows = [
        row | {"method": method, "rollout_id": f"{method}-{number}", "question": f"What is {number}?", "outcome": one}
        for method, outcomes in methods.items()
        for number, one in enumerate(outcomes)
    ]
    pd.DataFrame(rows, columns=[*VERDICT.columns]).to_parquet(path)
    frame = read(path)
    assert frame["sought"].tolist() == [True] * 10 + [False] * 10
    assert analyze_answers(frame, None, None).models[0].threshold == pytest.approx(0.3)
    pd.DataFrame(rows[:10], columns=[*VERDICT.columns]).to_parquet(path)
    assert analyze_answers(read(path), None, None).models[0].threshold == pytest.approx(0.8)


def test_the_model_is_the_candidate_of_the_run(tmp_path: Path) -> None:
    one, other = write_run(tmp_path / "a", "small@12"), write_run(tmp_path / "b")
    pd.read_parquet(other).head(2).to_parquet(other)  # two equal files are refused
    assert set(read(one, other)["model"]) == {"small", "verdicts"}


def test_named_columns_are_read_as_those_of_any_table(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    frame = read(path, question="question", reference="reference", answer="answer")
    assert frame["wrong"].isna().all()
