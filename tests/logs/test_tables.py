"""Files of each format, and files that cannot be read."""

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.errors import BlindspotError
from tests.logs.files import notes, read, row, write_csv, write_jsonl

ROWS = [
    {"id": "a", "question": "What is it?", "reference": "star", "answer": "a, “star”", "wrong": 0},
    {"id": "b", "question": "Is it red?\nOr blue?", "reference": "NA", "answer": "None", "wrong": 1},
    {"id": "c", "question": "كم عدد النجوم؟ ⭐", "reference": "3", "answer": "", "wrong": 1},
]


def write(path: Path) -> Path:
    frame = pd.DataFrame(ROWS)
    name = path.name.removesuffix(".gz")
    if name.endswith((".csv", ".tsv")):
        frame.to_csv(path, index=False, sep="\t" if name.endswith(".tsv") else ",")
    elif name.endswith((".jsonl", ".ndjson")):
        frame.to_json(path, orient="records", lines=True)
    elif name.endswith(".json"):
        frame.to_json(path, orient="records")
    elif name.endswith(".parquet"):
        frame.to_parquet(path)
    else:
        frame.to_excel(path, index=False)
    return path


@pytest.mark.parametrize(
    "name",
    ["l.csv", "l.tsv", "l.jsonl", "l.ndjson", "l.json", "l.parquet", "l.xlsx", "l.csv.gz", "l.jsonl.gz", "l.json.gz"],
)
def test_each_format_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    frame = read(write(tmp_path / name))
    assert frame["model"].tolist() == ["l"] * 3 and frame["row_id"].tolist() == ["a", "b", "c"]
    assert frame["question"].tolist() == [one["question"] for one in ROWS]
    assert frame["references"].tolist() == [["star"], ["NA"], ["3"]]
    assert frame["answer"].tolist() == ["a, “star”", "None", None]
    assert frame["wrong"].tolist() == [0, 1, 1] and frame["wrong"].dtype == float


def test_the_columns_of_the_frame_and_those_that_were_read(tmp_path: Path) -> None:
    path = write(tmp_path / "l.csv")
    frame = read(path)
    assert list(frame) == [
        *("model", "row_id", "question", "options", "references", "answer", "raw", "wrong", "score", "unscored"),
        *("image_id", "image", "sought", "mode_id"),
    ]
    named = "question: question, true answer: reference, answer: answer, verdict (1: wrong): wrong"
    assert frame.attrs["notes"] == [f"{path}: columns read: {named}"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["l.csv", "l.jsonl", "l.json"])
def test_encodings_with_a_mark(tmp_path: Path, encoding: str, name: str) -> None:
    path = write(tmp_path / name)
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    assert read(path)["question"].tolist() == [one["question"] for one in ROWS]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_in_csv(tmp_path: Path, separator: str) -> None:
    assert len(read(write_csv(tmp_path / "l.csv", ROWS, separator))) == 3


@pytest.mark.parametrize(
    "value",
    [
        ROWS,
        {"split": "test", "tags": [1, 2], "predictions": ROWS},
        {one["id"]: {key: value for key, value in one.items() if key != "id"} for one in ROWS},
        {name: [one[name] for one in ROWS] for name in ROWS[0]},
        {name: {str(number): one[name] for number, one in enumerate(ROWS)} for name in ROWS[0]},
    ],
    ids=["list", "within an object", "by id", "columns", "pandas"],
)
def test_forms_of_json(tmp_path: Path, value: Any) -> None:
    (tmp_path / "l.json").write_text(json.dumps(value, indent=1))
    frame = read(tmp_path / "l.json")
    assert frame["row_id"].tolist() == ["a", "b", "c"] and frame["wrong"].tolist() == [0, 1, 1]


def test_lines_of_json_in_a_file_named_json(tmp_path: Path) -> None:
    assert len(read(write_jsonl(tmp_path / "l.json", ROWS))) == 3


def test_blank_lines_and_missing_fields_in_jsonl(tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text('{"question": "A?", "answer": "b"}\n\n{"question": "C?", "wrong": 1}\n')
    frame = read(tmp_path / "l.jsonl")
    assert frame["answer"].tolist() == ["b", None] and frame["row_id"].tolist() == ["1", "2"]
    assert frame["wrong"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("l.csv", b"", "l.csv is empty"),
        ("l.csv", b"question,answer\n", "has no rows"),
        ("l.csv", b"question,answer\na,b\nc,d,e\n", r"Expected 2 fields in line 3, saw 3"),
        ("l.csv", b"question,answer\na,b,x\nc,d,e\n", "more fields in its rows than names"),
        ("l.csv", b'question,answer\na,"b\nc,d\n', r"cannot be read as a table \(EOF inside string"),
        (
            "l.csv",
            b"question,answer\na,b\nwas f\xe4llt auf,d\n",
            r"line 3: not valid UTF-8 text: save the file",
        ),
        ("l.jsonl", b'{"question": "a"}\n{"question": \n{"question": "b"}\n', r"l.jsonl, line 2: not valid JSON"),
        ("l.jsonl", b'{"question": "a"}\n{"question": \n', r"l.jsonl, line 2: not valid JSON"),
        ("l.jsonl", b'{"question": "a"}\n["b"]\n', r"l.jsonl, line 2: not a JSON object"),
        ("l.jsonl", b'{"question', r"l.jsonl, line 1: not valid JSON"),
        ("l.jsonl", b"\n\n", "has no rows"),
        ("l.jsonl", b'{"question": "\xff"}\n', r"line 1: not valid UTF-8"),
        ("l.jsonl", b"[" * 100_000 + b"\n", r"line 1: not valid JSON"),
        ("l.json", b'[{"question": "a"},\n {"quest', r"l.json, line 2: not valid JSON"),
        ("l.json", b'[{"question": "a"}, 3]', "element 2 of the list is not an object"),
        ("l.json", b"3", "holds no list of answers"),
        ("l.json", b"{}", "holds no list of answers"),
        ("l.json", b"[]", "has no rows"),
        ("l.json", b"  \n", "is empty"),
        ("l.parquet", b"PAR1 and no more", r"cannot be read as Parquet"),
        ("l.xlsx", b"PK\x03\x04 and no more", r"cannot be read as an Excel file"),
        ("l.eval", b"no zip", r"cannot be read as an Inspect log"),
        ("l.csv.gz", gzip.compress(b"question,answer\na,b\n" * 9, mtime=0)[:-12], "not a complete gz file"),
        ("l.jsonl.gz", b"no gz", "not a complete gz file"),
        ("l.txt", b"a", "has an ending that is not known"),
        ("l.pkl", b"a", "has an ending that is not known"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BlindspotError, match=message) as raised:
        read(tmp_path / name)
    assert str(tmp_path / name) in str(raised.value) and "\n" not in str(raised.value)


def test_a_file_that_does_not_exist_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="does not exist"):
        read(tmp_path / "l.csv")
    with pytest.raises(BlindspotError, match="is a folder: give the files in it"):
        read(tmp_path)
    with pytest.raises(BlindspotError, match="no log is given"):
        read()


def test_the_first_sheet_is_read_and_the_others_are_reported(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "l.xlsx") as file:
        pd.DataFrame(ROWS).to_excel(file, sheet_name="answers", index=False)
        pd.DataFrame({"x": [1]}).to_excel(file, sheet_name="summary", index=False)
    frame = read(tmp_path / "l.xlsx")
    assert len(frame) == 3 and "the sheet answers is read, and not summary" in notes(frame)


def test_an_excel_file_without_cells(tmp_path: Path) -> None:
    pd.DataFrame().to_excel(tmp_path / "l.xlsx")
    with pytest.raises(BlindspotError, match="has no rows"):
        read(tmp_path / "l.xlsx")


def test_nested_columns_of_parquet(tmp_path: Path) -> None:
    rows = {
        "question": ["What?"],
        "options": [["red", "blue"]],
        "answers": [[{"answer": "red"}, {"answer": "red"}]],
        "prediction": ["A"],
        "image": [{"bytes": b"\x89PNG", "path": "a.png"}],
    }
    pd.DataFrame(rows).to_parquet(tmp_path / "l.parquet")
    found = row(read(tmp_path / "l.parquet"))
    assert found["options"] == {"A": "red", "B": "blue"} and found["references"] == ["red", "A", "red", "A"]
    assert found["image"] == b"\x89PNG" and found["answer"] == "A"


def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    lines = "".join(f"{number},What colour is shape {number}?,red,blue,0\n" for number in range(100_000))
    (tmp_path / "l.csv").write_text("id,question,reference,answer,correct\n" + lines)
    frame = read(tmp_path / "l.csv")
    assert len(frame) == 100_000 and frame["wrong"].sum() == 100_000 and frame["row_id"].is_unique
