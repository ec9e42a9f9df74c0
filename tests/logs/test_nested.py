"""Rows of JSON whose question is inside an object, and sheets with a title."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from blindspot.errors import BlindspotError
from tests.logs.files import notes, read


def jsonl(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_a_question_inside_an_object_is_read(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "item": {"question": "How many?", "answer": "2", "id": 99},
        "sample": {"output_text": "3", "model": "small"},
    }
    one = read(jsonl(tmp_path, row, row | {"id": 8})).iloc[0]
    assert (one["question"], one["references"], one["answer"]) == ("How many?", ["2"], "3")
    assert (one["model"], one["row_id"]) == ("small", "7")


def test_objects_beside_a_question_are_kept(tmp_path: Path) -> None:
    row = {"question": "How many?", "meta": {"question": "other", "answer": "9"}, "prediction": "3", "target": "2"}
    one = read(jsonl(tmp_path, row)).iloc[0]
    assert (one["question"], one["references"], one["answer"]) == ("How many?", ["2"], "3")


def test_an_input_that_is_an_object(tmp_path: Path) -> None:
    row = {
        "input": {"question": "How many?", "image": {"path": "a.jpg"}},
        "expected": {"answer": "2"},
        "output": {"text": "3", "tokens": 5},
        "metrics": {"correct": False},
    }
    one = read(jsonl(tmp_path, row)).iloc[0]
    assert (one["question"], one["references"], one["answer"]) == ("How many?", ["2"], "3")
    assert (one["image"], one["wrong"]) == ("a.jpg", 1.0)


def test_events_of_openai_evals_are_named(tmp_path: Path) -> None:
    event = {"run_id": "a", "event_id": 1, "sample_id": "s.1", "type": "match", "data": {"correct": True}}
    with pytest.raises(BlindspotError, match="holds events of OpenAI Evals, which are not read: write one row"):
        read(jsonl(tmp_path, {"spec": {}}, event))


def sheet(folder: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(folder / "log.xlsx")
    return folder / "log.xlsx"


def test_a_title_above_the_names_of_the_columns(tmp_path: Path) -> None:
    names = ["No.", "Question", "Reference", "Model answer", None]
    frame = read(
        sheet(tmp_path, ["Evaluation, March"], [], names, [1, "How many?", 2, 3, "x"], [2, "Who?", "he", "he"])
    )
    assert [*frame["question"]] == ["How many?", "Who?"] and [*frame["answer"]] == ["3", "he"]
    assert "row 3 is read as the names of the columns" in notes(frame)


def test_a_first_row_with_names_is_the_row_of_names(tmp_path: Path) -> None:
    frame = read(sheet(tmp_path, ["question", "answer", None], ["Question", "yes", None], ["Who?", "he", None]))
    assert [*frame["question"]] == ["Question", "Who?"]
