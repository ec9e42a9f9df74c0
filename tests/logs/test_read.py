"""Several files: models, ids, repeated files."""

from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest

from blindspot.errors import BlindspotError
from blindspot.logs.columns import Columns
from blindspot.logs.read import from_frame
from tests.logs.files import notes, read, row, table, write_csv, write_jsonl


def asked(question: str, **fields: Any) -> dict[str, Any]:
    return {"question": question, "answer": "a", "wrong": 1, **fields}


def test_the_file_names_the_model(tmp_path: Path) -> None:
    frame = read(write_csv(tmp_path / "x.csv", [asked("q")]), write_jsonl(tmp_path / "y.z.jsonl", [asked("q")]))
    assert frame["model"].tolist() == ["x", "y.z"] and frame["row_id"].tolist() == ["1", "1"]


def test_a_file_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [asked("q")])
    with pytest.raises(BlindspotError, match=r"x\.csv is given twice: give each log once"):
        read(path, tmp_path / "." / "x.csv")
    copy = write_csv(tmp_path / "y.csv", [asked("q")])
    with pytest.raises(BlindspotError, match=r"y\.csv has the same content as .*x\.csv"):
        read(path, copy)


def test_files_of_one_name_with_other_questions_are_tasks_of_one_model(tmp_path: Path) -> None:
    paths = [write_csv(tmp_path / task / "gpt.csv", [asked(f"{task}?")]) for task in ("colours", "counts")]
    frame = read(*paths)
    assert frame["model"].tolist() == ["gpt", "gpt"] and frame["row_id"].tolist() == ["colours/gpt/1", "counts/gpt/1"]
    assert "2 files named gpt are read as answers of one model" in notes(frame)


def test_files_of_one_name_with_the_same_questions_are_different_models(tmp_path: Path) -> None:
    paths = [
        write_csv(tmp_path / model / "log.csv", [asked("q?", answer=model), asked("r?")]) for model in ("gpt", "llava")
    ]
    frame = read(*paths)
    assert sorted(set(frame["model"])) == ["gpt/log", "llava/log"] and frame["row_id"].tolist() == ["1", "2"] * 2


def test_epochs_and_repeated_ids() -> None:
    rows = [
        asked("q", id=1),
        asked("q", id=1, answer="b"),
        asked("other", id=1),
        asked("q", id=1),
        asked("r", id="1#2"),
    ]
    frame = table(rows)
    assert frame["row_id"].tolist() == ["1", "1#3", "1:3", "1#4", "1#2"]
    assert "1 row has the id of another question" in notes(frame) and len(frame) == len(rows)


def test_equal_rows_are_all_kept() -> None:
    frame = table([asked("q", id=1)] * 3)
    assert frame["row_id"].tolist() == ["1", "1#2", "1#3"]


def test_ids_are_unique_within_a_model_only() -> None:
    frame = table([asked("q", id=1, model=name) for name in ("x", "y", "x")])
    assert frame["row_id"].tolist() == ["1", "1", "1#2"]


def test_rows_without_an_id_have_their_number() -> None:
    assert table([asked("q", id="a"), asked("r", id="")])["row_id"].tolist() == ["a", "2"]


def test_one_model_in_two_files_keeps_ids_apart(tmp_path: Path) -> None:
    paths = [write_csv(tmp_path / f"{task}.csv", [asked(f"{task}?", model="gpt", id=1)]) for task in ("one", "two")]
    assert read(*paths)["row_id"].tolist() == ["one/1", "two/1"]


def test_frames_of_pandas() -> None:
    frame = pd.DataFrame({"question": ["q", "r"], "answer": ["a", None], "wrong": [True, None]}, index=[7, 7])
    found = from_frame(frame, Columns(), "vlm")
    assert found["model"].tolist() == ["vlm"] * 2 and found["row_id"].tolist() == ["1", "2"]
    assert found["answer"].tolist() == ["a", None] and found["unscored"].tolist() == [None, "no answer"]
    assert list(frame) == ["question", "answer", "wrong"], "the frame of the caller stays as it is"
    with pytest.raises(BlindspotError, match="the frame has no rows"):
        from_frame(frame.iloc[:0], Columns(), "vlm")


def test_names_of_columns_may_be_numbers() -> None:
    frame = pd.DataFrame([["q", "a"]])
    assert row(from_frame(frame, Columns(question="0", answer="1"), "vlm"))["answer"] == "a"


@pytest.mark.parametrize("dtype", ["string", "object", "category"])
def test_types_of_pandas(dtype: Literal["string", "object", "category"]) -> None:
    frame = pd.DataFrame({"question": ["q"], "answer": ["a"], "correct": ["yes"]}).astype(dtype)
    assert row(from_frame(frame, Columns(), "vlm"))["wrong"] == 0


def test_each_file_has_its_own_columns(tmp_path: Path) -> None:
    one = write_csv(tmp_path / "x.csv", [{"question": "q", "answer": "a", "correct": 1}])
    two = write_csv(tmp_path / "y.csv", [{"query": "q", "prediction": "b", "wrong": 1}])
    assert read(one, two)["wrong"].tolist() == [0, 1]


def test_messages_name_the_file(tmp_path: Path) -> None:
    one = write_csv(tmp_path / "x.csv", [asked("q")])
    two = write_csv(tmp_path / "y.csv", [asked("q", wrong="?"), *[asked("q")] * 20])
    with pytest.raises(BlindspotError, match=r"y\.csv, row 1: the column wrong has the value “\?”"):
        read(one, two)
