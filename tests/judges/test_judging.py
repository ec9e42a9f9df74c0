"""Tests the verdicts on missing answers."""

from pathlib import Path

from blindspot.judges.judging import judge_all
from blindspot.judges.oracle import OracleVerifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.scenes.scene import Scene, Thing

SCENE = Scene((Thing(0, 0, "small", "red", "star"), Thing(2, 2, "large", "blue", "circle"))).to_json()
ASKED = "how many red stars are there ?"


def test_a_missing_answer_is_unscored_and_the_order_is_kept() -> None:
    answers = [Answer("1"), Answer("", "timeout"), Answer("2"), Answer("", "HTTP 500")]
    images = [Image(str(index), Path("none.png"), "test", SCENE) for index in range(4)]
    found = judge_all(OracleVerifier("invalid"), images, [ASKED] * 4, answers)
    assert [one.outcome for one in found] == ["correct", "unscored", "failure", "unscored"]
    assert [one.reason for one in found][1::2] == ["timeout", "HTTP 500"]
    assert {one.verifier for one in found} == {OracleVerifier("invalid").identity}
