"""The lists of a report as CSV, JSON and Parquet."""

import json
from pathlib import Path

import pandas as pd
import pytest

from blindspot.metrics import percent
from blindspot.records.rollout import METHODS
from tests.report.site import make, taxonomy_of

NAMES = ("modes", "questions", "skills", "methods")


@pytest.fixture(scope="module")
def folder(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    rows = rows.assign(answer=["=1+1", *rows["answer"][1:]])
    make(rows, pictures, folder)
    return folder / "lists"


@pytest.mark.parametrize("name", NAMES)
def test_each_list_has_the_same_rows_in_every_format(name: str, folder: Path) -> None:
    stored = pd.read_parquet(folder / f"{name}.parquet")
    as_json = json.loads((folder / f"{name}.json").read_text("utf-8"))
    as_csv = pd.read_csv(folder / f"{name}.csv", encoding="utf-8-sig", keep_default_na=False)
    first = stored.columns[0]
    assert len(stored) > 0
    assert [*stored.columns] == [*as_json[0]] == [*as_csv.columns]
    assert stored[first].tolist() == [row[first] for row in as_json] == as_csv[first].tolist()


def test_the_questions_have_outcomes_and_modes(rows: pd.DataFrame, folder: Path) -> None:
    questions = json.loads((folder / "questions.json").read_text("utf-8"))
    assert [row["outcome"] for row in questions] == rows["outcome"].tolist()
    counting = [row for row in questions if "counting" in row["modes"]]
    assert counting and all("how many" in row["question"] for row in counting)


def test_a_text_that_a_spreadsheet_would_run_gets_a_quote_in_csv_only(folder: Path) -> None:
    assert pd.read_csv(folder / "questions.csv", encoding="utf-8-sig")["answer"][0] == "'=1+1"
    assert pd.read_parquet(folder / "questions.parquet")["answer"][0] == "=1+1"


def test_the_share_of_failures_counts_those_of_the_compared_methods(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    found = taxonomy_of(rows)
    text = make(rows, pictures, tmp_path / "r", found)["index.html"]
    [mode, *_] = json.loads((tmp_path / "r/lists/modes.json").read_text("utf-8"))
    failed = (rows["outcome"] == "failure") & rows["method"].isin(METHODS)
    record = next(one for one in found["failure_modes"] if one.mode_id == mode["mode_id"])
    questions = pd.DataFrame(json.loads((tmp_path / "r/lists/questions.json").read_text("utf-8")))
    inside = failed.to_numpy() & [mode["mode_id"] in names for names in questions["modes"]]
    assert record.features == tuple(mode["features"]) and 0 < inside.sum() < failed.sum()
    assert mode["share_of_failures"] == pytest.approx(inside.sum() / failed.sum())
    assert f">{percent(mode['share_of_failures'])} <small>{inside.sum()} of {failed.sum()}</small>" in text


def test_a_report_without_failures_has_empty_lists_of_modes(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    make(rows.assign(outcome="correct"), pictures, tmp_path / "r", taxonomy_of(rows) | {"failure_modes": []})
    assert json.loads((tmp_path / "r/lists/modes.json").read_text("utf-8")) == []
    assert pd.read_parquet(tmp_path / "r/lists/modes.parquet").empty
