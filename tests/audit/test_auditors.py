"""Tests the auditors: labels that a browser wrote, and labels that must be rejected."""

import csv
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import pytest

from blindspot.audit.auditors import COLUMNS, LabelAuditor, NoAuditor, VerifierAuditor
from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.records.image import Image
from blindspot.records.rollout import Rollout
from blindspot.scenes.scene import Scene, Thing
from tests.audit.nasty import DOWNLOADED, LABELS, TEXTS, rollouts

SCENE = Scene((Thing(0, 0, "small", "red", "star"),)).to_json()
IMAGE = Image("i0", Path("i0.png"), "test", SCENE)
ROWS = [Rollout(f"t-{index}", "trained", "i0", f"question {index}", "yes", "q", "c") for index in range(4)]


def written(path: Path, rows: list[list[str]], columns: tuple[str, ...] = COLUMNS) -> LabelAuditor:
    with (path / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return LabelAuditor(path / "labels.csv")


def label(index: int, outcome: str = "failure", **other: str) -> list[str]:
    row = {"rollout_id": f"t-{index}", "image_id": "i0", "question": f"question {index}", "answer": "yes"} | other
    return [*row.values(), outcome]


def refusal(auditor: LabelAuditor) -> str:
    with pytest.raises(BlindspotError) as raised:
        auditor.audit([IMAGE] * 4, ROWS)
    return str(raised.value)


def test_labels_from_a_browser_are_read_whatever_the_text() -> None:
    asked = rollouts()
    assert LabelAuditor(DOWNLOADED).audit([IMAGE] * len(asked), asked) == [*islice(cycle(LABELS), len(TEXTS))]


def test_no_cell_from_a_browser_is_a_formula() -> None:
    with DOWNLOADED.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert sum(cell.startswith("'=") for cell in cells) == 2
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))]


def test_rollouts_after_the_last_label_are_not_audited(tmp_path: Path) -> None:
    auditor = written(tmp_path, [label(1, "invalid"), label(0, "unscored")])  # the order of rows does not matter
    assert auditor.audit([IMAGE] * 4, ROWS) == ["unscored", "invalid", None, None]


def test_a_file_without_labels_audits_nothing(tmp_path: Path) -> None:
    assert written(tmp_path, []).audit([IMAGE] * 4, ROWS) == [None] * 4
    default = Path(__file__).parents[2] / "data" / "labels.csv"
    assert LabelAuditor(default).audit([IMAGE] * 4, ROWS) == [None] * 4


def test_a_rollout_without_a_label_is_named(tmp_path: Path) -> None:
    said = refusal(written(tmp_path, [label(0), label(2)]))
    assert "leaves out rollout t-1" in said and "unscored if you cannot say" in said


def test_labels_are_in_the_order_of_each_method_and_of_each_quota(tmp_path: Path) -> None:
    modes = ("a", "b", "a", "b")
    rows = [replace(row, method="quota", mode_id=mode) for row, mode in zip(ROWS, modes, strict=True)]
    only_a = written(tmp_path, [label(0), label(2, "correct")])
    assert only_a.audit([IMAGE] * 4, rows) == ["failure", None, "correct", None]
    auditor = written(tmp_path, [label(0), label(3)])
    with pytest.raises(BlindspotError, match="leaves out rollout t-1"):
        auditor.audit([IMAGE] * 4, rows)


@pytest.mark.parametrize("column", ["image_id", "question", "answer"])
def test_labels_of_another_harvest_are_rejected(column: str, tmp_path: Path) -> None:
    said = refusal(written(tmp_path, [label(0), label(1, **{column: "another"})]))
    assert f"rollout t-1 has another {column} than in this harvest" in said


def test_labels_outside_of_the_sample_are_rejected(tmp_path: Path) -> None:
    assert "rollout t-9 is not in this audit's sample" in refusal(written(tmp_path, [label(9)]))


def test_two_labels_of_one_rollout_are_rejected(tmp_path: Path) -> None:
    assert "rollout t-0 is labelled twice" in refusal(written(tmp_path, [label(0), label(0, "correct")]))


@pytest.mark.parametrize("outcome", ["", "Failure", "wrong"])
def test_a_label_that_is_not_an_outcome_is_rejected(outcome: str, tmp_path: Path) -> None:
    assert f"rollout t-0 has the outcome '{outcome}'" in refusal(written(tmp_path, [label(0, outcome)]))


def test_other_files_are_rejected(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(LabelAuditor(tmp_path / "none.csv"))
    assert "they must be rollout_id, image_id" in refusal(written(tmp_path, [], columns=("id", "label")))
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "they must be rollout_id, image_id" in refusal(LabelAuditor(tmp_path / "empty.csv"))
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in refusal(LabelAuditor(tmp_path / "binary.csv"))


def test_the_oracle_audits_with_its_verdicts() -> None:
    asked = [
        Rollout(f"t-{index}", "trained", "i0", question, answer, "q", "c")
        for index, (question, answer) in enumerate(
            [("what colour is the star ?", "blue"), ("what colour is the star ?", "red"), ("of of", "yes")]
        )
    ]
    auditor = VerifierAuditor(OracleVerifier("invalid"))
    assert auditor.audit([IMAGE] * 3, asked) == ["failure", "correct", "invalid"]
    assert auditor.identity == "oracle/1"


def test_nobody_audits_nothing() -> None:
    assert NoAuditor().audit([IMAGE] * 4, ROWS) == [None] * 4
