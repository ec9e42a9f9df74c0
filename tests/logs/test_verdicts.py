"""Verdicts of a Blindspot run as a log."""

from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.analysis.analyze import analyze_answers
from blindspot.analysis.pages import render_model
from blindspot.analysis.view import model_page
from blindspot.checks.rollouts import VERDICT
from blindspot.errors import BlindspotError
from blindspot.records.failure_mode import FailureMode
from blindspot.store import write_json
from tests.logs.files import notes, read

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


def test_modes_of_the_search_are_tested_on_all_questions(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    write_answers(path, failures=12)
    modes = tmp_path / "data/discovered/modes.json"
    write_json(modes, [asdict(discovered("counting", asked=9)), asdict(discovered("matching the colour", asked=7))])
    frame = read(path)
    assert [mode.mode_id for mode in frame.attrs["discovered"]["verdicts"]] == ["counting", "matching the colour"]
    [model] = analyze_answers(frame, 0.3, None).models
    assert model.searched and set(model.rows["part"]) == {"held_out"} and model.min_asked == 7
    assert [(mode.status, mode.asked, mode.failures) for mode in model.modes] == [
        ("confirmed", 20, 12),
        ("too_few", 0, 0),
    ]
    assert model.modes[0].discovered_asked == 9 and len(model.modes[0].examples) == 12
    page = render_model(model_page(model, ()), {}, 0, None, "analysis")
    assert "The search of the run discovered the modes" in page and "70 %" not in page


def test_a_mode_is_tested_on_the_questions_that_were_asked_for_it(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    write_answers(path, failures=12)
    rows = pd.read_parquet(path)
    quota = rows.head(9).assign(
        method="quota", mode_id="counting", rollout_id=[f"quota-{place}" for place in range(9)]
    )
    pd.concat([rows, quota]).to_parquet(path)
    write_json(tmp_path / "data/discovered/modes.json", [asdict(discovered("counting", asked=9))])
    frame = read(path)
    assert frame["mode_id"].tolist() == [None] * 20 + ["counting"] * 9 and frame["sought"].all()
    [model] = analyze_answers(frame, 0.3, None).models
    assert [(mode.status, mode.asked, mode.failures) for mode in model.modes] == [("confirmed", 9, 9)]
    assert len(model.rows) == 29 and model_page(model, ()).held_out == 9


def test_without_a_mode_of_the_search_the_questions_are_split(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    write_answers(path, failures=12)
    write_json(tmp_path / "data/discovered/modes.json", [])
    [model] = analyze_answers(read(path), None, None).models
    assert not model.searched and set(model.rows["part"]) == {"discovery", "held_out"}


def test_modes_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    (tmp_path / "data/discovered").mkdir()
    (tmp_path / "data/discovered/modes.json").write_text("[{")
    with pytest.raises(BlindspotError, match=r"discovered/modes\.json cannot be read"):
        read(path)


def test_the_modes_of_two_runs_of_one_candidate_count_once(tmp_path: Path) -> None:
    paths = [write_run(tmp_path / name, "small@12") for name in "ab"]
    for path, failures, names in zip(
        paths, (12, 13), (("counting",), ("counting", "matching the colour")), strict=True
    ):
        write_answers(path, failures)
        write_json(path.parents[1] / "discovered/modes.json", [asdict(discovered(name, asked=9)) for name in names])
    found = read(*paths).attrs["discovered"]
    assert {model: sorted(mode.mode_id for mode in modes) for model, modes in found.items()} == {
        "small": ["counting", "matching the colour"]
    }


def write_answers(path: Path, failures: int) -> None:
    """Writes verdicts of 20 questions about numbers, each about an image of its own."""
    row = {"method": "trained", "verifier": "judge@1", "answer": "3", "reference": "2", "persists": float("nan")}
    rows = [
        row
        | {
            "rollout_id": f"trained-{number}",
            "image_id": f"photo-{number}",
            "question": f"How many of {number}s are there?",
        }
        | {"outcome": "failure" if number < failures else "correct"}
        for number in range(20)
    ]
    pd.DataFrame(rows, columns=[*VERDICT.columns]).to_parquet(path)


def discovered(name: str, asked: int) -> FailureMode:
    return FailureMode(name, f"Questions about {name}", (name,), asked, asked, 1.0, 0.6, 1.0, 9.0, 0.01, ())


def test_the_model_is_the_candidate_of_the_run(tmp_path: Path) -> None:
    one, other = write_run(tmp_path / "a", "small@12"), write_run(tmp_path / "b")
    pd.read_parquet(other).head(2).to_parquet(other)  # two equal files are refused
    assert set(read(one, other)["model"]) == {"small", "verdicts"}


def test_named_columns_are_read_as_those_of_any_table(tmp_path: Path) -> None:
    path = write_run(tmp_path)
    frame = read(path, question="question", reference="reference", answer="answer")
    assert frame["wrong"].isna().all()
