"""Sources of images and logs that nothing can be read from."""

from pathlib import Path

from PIL import Image

from tests.bad_input.bad import Bad, Change, both, folder, nothing, setting, writing
from tests.bad_input.files import DEEP, parquet


def source(kind: str, **keys: str) -> Change:
    """Returns a change of the source of images."""
    return both(setting("prepare.source", kind), *(setting(f"prepare.{key}", value) for key, value in keys.items()))


def photographs(project: Path) -> None:
    """Writes photographs that are too small for marks."""
    (project / "photos").mkdir()
    for number in range(3):
        Image.new("RGB", (300, 200), (number * 40, 90, 90)).save(project / "photos" / f"{number}.png")


SOURCES: list[tuple[str, Change, tuple[str, ...]]] = [
    ("no folder named", source("folder"), ("prepare.folder is not set",)),
    ("no folder there", source("folder", folder="nowhere"), ("nowhere does not exist",)),
    ("an empty folder", both(source("folder", folder="photos"), folder("photos")), ("photos",)),
    ("a file as folder", both(source("folder", folder="photos"), writing("photos", "x")), ("photos",)),
    ("a folder of texts", both(source("folder", folder="photos"), writing("photos/a.txt", "x")), ("photos",)),
    ("no manifest named", source("manifest"), ("prepare.file is not set",)),
    ("no manifest there", source("manifest", file="list.csv"), ("list.csv",)),
    ("an empty manifest", both(source("manifest", file="list.csv"), writing("list.csv", "")), ("list.csv",)),
    (
        "an empty Parquet file as manifest",
        both(source("manifest", file="list.parquet"), writing("list.parquet", "")),
        ("list.parquet",),
    ),
    (
        "a Parquet manifest without columns",
        both(source("manifest", file="list.parquet"), parquet("list.parquet")),
        ("list.parquet",),
    ),
    (
        "a Parquet manifest without rows",
        both(source("manifest", file="list.parquet"), parquet("list.parquet", file_name=[])),
        ("list.parquet",),
    ),
    ("no COCO file named", source("coco", folder="."), ("prepare.file is not set",)),
    ("no COCO file there", source("coco", folder=".", file="coco.json"), ("coco.json",)),
    (
        "a deep COCO file",
        both(source("coco", folder=".", file="coco.json"), writing("coco.json", DEEP)),
        ("coco.json",),
    ),
    (
        "a COCO file of text",
        both(source("coco", folder=".", file="coco.json"), writing("coco.json", "x")),
        ("coco.json",),
    ),
    (
        "no photographs for marks",
        source("marks"),
        ("prepare.folder is not set", "prepare.marks.photographs is folder"),
    ),
    (
        "photographs that are too small for marks",
        both(source("marks", folder="photos"), photographs),
        ("photos/0.png is too small for marks (its shorter side has 200 px of 240 needed)", "prepare.max_skipped"),
    ),
    ("no dataset named", source("dataset"), ("prepare.dataset.name is not set",)),
    (
        "an empty Parquet file as dataset",
        both(
            setting("prepare.source", "dataset"),
            setting("prepare.dataset.name", "d.parquet"),
            writing("d.parquet", ""),
        ),
        ("d.parquet",),
    ),
]
ROWS = [Bad(f"source: {name}", change, words, "stages.prepare") for name, change, words in SOURCES]

LOGS: list[tuple[str, Change, tuple[str, ...], tuple[str, ...]]] = [
    ("missing", nothing, ("log.jsonl",), ("log.jsonl",)),
    ("empty", writing("log.jsonl", ""), ("log.jsonl",), ("log.jsonl",)),
    ("blank", writing("log.jsonl", "\n\n"), ("log.jsonl",), ("log.jsonl",)),
    ("no JSON", writing("log.jsonl", "x\ny\n"), ("log.jsonl",), ("log.jsonl",)),
    ("binary", writing("log.jsonl", b"\x89PNG\r\n\x1a\n" * 9), ("log.jsonl",), ("log.jsonl",)),
    ("deep", writing("log.jsonl", DEEP), ("log.jsonl",), ("log.jsonl",)),
    ("deep JSON", writing("log.json", DEEP), ("log.json",), ("log.json",)),
    ("a number", writing("log.json", "3"), ("log.json",), ("log.json",)),
    ("an empty folder", folder("logs"), ("logs",), ("logs",)),
    ("an empty Parquet file", writing("log.parquet", ""), ("log.parquet",), ("log.parquet",)),
    ("Parquet without columns", parquet("log.parquet"), ("log.parquet",), ("log.parquet",)),
    ("Parquet without rows", parquet("log.parquet", question=[], answer=[]), ("log.parquet",), ("log.parquet",)),
    ("a text as workbook", writing("log.xlsx", "x"), ("log.xlsx",), ("log.xlsx",)),
    ("an unknown suffix", writing("log.doc", "x"), ("log.doc",), ("log.doc",)),
    (
        "no such column",
        writing("log.csv", "question,reference,answer\na ?,b,c\n"),
        ("log.csv", "--question", "prompt"),
        ("prompt",),
    ),
    (
        "a threshold of 2",
        writing("log.csv", "question,reference,answer\na ?,b,c\n"),
        ("log.csv", "--threshold", "2"),
        ("the threshold 2 is not between 0 and 1",),
    ),
    (
        "a threshold that is no number",
        writing("log.csv", "question,reference,answer\na ?,b,c\n"),
        ("log.csv", "--threshold", "nan"),
        ("the threshold nan is not between 0 and 1",),
    ),
    (
        "a judge that is missing",
        writing("log.csv", "question,reference,answer\na ?,b,c\n"),
        ("log.csv", "--judge", "judge.yaml"),
        ("judge.yaml does not exist",),
    ),
    (
        "a judge with a repeated key",
        both(
            writing("log.csv", "question,reference,answer\na ?,b,c\n"),
            writing("judge.yaml", "kind: endpoint\nmodel: a\nmodel: b\n"),
        ),
        ("log.csv", "--judge", "judge.yaml"),
        ("judge.yaml: model is repeated",),
    ),
]
ROWS += [
    Bad(f"log: {name}", change, words, "blindspot.cli", ("analyze", *arguments, "--out", "found"))
    for name, change, arguments, words in LOGS
]
