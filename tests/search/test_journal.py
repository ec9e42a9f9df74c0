import json
from collections.abc import Sequence
from pathlib import Path

from blindspot.judges.oracle import OracleVerifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.scenes.scene import Scene, Thing
from blindspot.search.journal import Journal
from tests.project import meter

STAR = Image("a", Path("a.png"), "train", Scene((Thing(0, 0, "small", "red", "star"),)).to_json())
QUESTIONS = ["is there a red star ?", "is there a blue star ?", "star star"]


class SaysNo:
    """Records the questions; cannot answer a text without a question mark."""

    identity = "says-no"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, images: Sequence[Image], questions: Sequence[str], sampling: object = None) -> list[Answer]:
        self.asked += questions
        return [Answer("no") if "?" in question else Answer("", Unscored.CUT_OFF) for question in questions]


def test_a_scored_question_is_never_asked_twice(tmp_path: Path) -> None:
    candidate, file = SaysNo(), tmp_path / "asked.jsonl"
    first = Journal(file, candidate, OracleVerifier("invalid"), meter()).ask([STAR] * 3, QUESTIONS)
    assert [row.outcome for row in first] == ["failure", "correct", "unscored"]
    again = Journal(file, candidate, OracleVerifier("invalid"), meter())
    more = [*reversed(QUESTIONS), "is there a star ?"]
    assert again.ask([STAR] * 4, more)[:3] == first[::-1]
    assert candidate.asked == [*QUESTIONS, "star star", "is there a star ?"]  # unscored questions are asked again
    assert len(file.read_text("utf-8").splitlines()) == 3
    assert again.meter.spent["candidate_calls"] == 4  # including those read from the journal
    assert again.meter.spent["judge_calls"] == 3  # a missing answer is not judged


def test_the_question_of_an_incomplete_line_is_asked_again(tmp_path: Path) -> None:
    candidate, file = SaysNo(), tmp_path / "asked.jsonl"
    Journal(file, candidate, OracleVerifier("invalid"), meter()).ask([STAR] * 2, QUESTIONS[:2])
    file.write_text(file.read_text("utf-8")[:-9], "utf-8")
    Journal(file, candidate, OracleVerifier("invalid"), meter()).ask([STAR] * 2, QUESTIONS[:2])
    assert candidate.asked == [*QUESTIONS[:2], QUESTIONS[1]]
    assert [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines()] == QUESTIONS[:2]
