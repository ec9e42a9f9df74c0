"""Comparisons of runs that a VLM judged: by the same judge, by two judges, with a second judge."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.diff.command import compare_sides
from blindspot.diff.diff import Diff, diff
from blindspot.diff.pairs import pair
from blindspot.diff.side import Side, read_folder
from blindspot.diff.verifiers import are_judged_alike, is_judged_by
from blindspot.errors import BlindspotError
from blindspot.paths import VERDICTS
from tests.diff.sides import run, side
from tests.project import REPOSITORY

COUNTING, RELATIONS = "family == counting and answer >= 2", "family == relation"
NO_MODEL = str(REPOSITORY / "configs/models/none.yaml")
CALLS = 240


def judged_by(name: str, **more: Any) -> dict[str, Any]:
    """Returns the parameters of a run that an embedded judge judges."""
    verifier = {"kind": "vlm", "model": str(REPOSITORY / "models" / name), "confirming_judge": NO_MODEL}
    return {"verifier": verifier | more, "verify": {"model": NO_MODEL}}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("runs") / "old", [COUNTING], CALLS, **judged_by("scenes-judge"))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    gaps = [COUNTING, RELATIONS]
    return run(tmp_path_factory.mktemp("runs") / "new", gaps, CALLS, **judged_by("scenes-judge"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The candidate of `new`, judged by another judge."""
    gaps = [COUNTING, RELATIONS]
    return run(tmp_path_factory.mktemp("runs") / "other", gaps, CALLS, **judged_by("scenes-second-judge"))


def compared(old: Path, new: Path, asking: bool = False) -> tuple[Diff, list[str]]:
    said = list[str]()
    return diff(read_folder(old, "old"), read_folder(new, "new"), asking, say=said.append), said


def test_runs_with_the_same_judge_are_compared_on_what_it_judged(old: Path, new: Path) -> None:
    found, _ = compared(old, new)
    [judge] = found.old.verifiers
    assert judge.startswith("scenes-judge@") and found.new.verifiers == (judge,) and found.notes == ()
    assert 0.9 * CALLS < len(found.pairs) <= CALLS and found.rows[0].change == "worse"
    assert {one.change for one in found.rows if "judging positions" in one.features} <= {"new", "worse"}
    again, _ = compared(old, old)
    assert [one.change for one in again.matching(["new", "worse", "better", "gone"])] == []


def test_runs_with_two_judges_are_compared_only_on_answers_that_one_of_them_judged(
    old: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _ = compared(old, other)
    assert not found.is_compared and len(found.pairs) == 0
    [note] = found.notes
    assert "the verifiers differ" in note and "OLD: scenes-judge@" in note and "NEW: scenes-second-judge@" in note
    with pytest.raises(BlindspotError, match="their verifiers differ: use the same verifier for both, or --ask"):
        compare_sides(str(old), str(other), False, "text", None, "new", 0.01)
    assert "note: the verifiers differ" in capsys.readouterr().out
    asked, said = compared(old, other, asking=True)
    assert [one.split()[:2] for one in said] == [["asking", "NEW"], ["asking", "OLD"]]
    assert asked.is_compared and asked.rows[0].change == "worse" and asked.notes[0] == note


def test_a_run_is_not_asked_if_its_answers_would_be_judged_by_another_judge(old: Path, other: Path) -> None:
    """OLD is an MLflow run: its questions are known, and its judge is not."""
    recorded = replace(read_folder(old, "old"), name="runs:/1", folder=old / "data")
    found = diff(recorded, read_folder(other, "new"), asking=True, say=pytest.fail)
    assert not found.is_compared
    assert "NEW is not asked the questions of OLD: scenes-judge@" in found.notes[1]
    assert found.notes[2] == "OLD is not asked: runs:/1 is not the folder of a run"


def test_other_prompts_make_another_judge(old: Path, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.yaml"
    text = (REPOSITORY / "configs/prompts/scenes.yaml").read_text("utf-8")
    prompts.write_text(text + "# a comment is no other prompt\n", "utf-8")
    assert compared(old, few(tmp_path / "same", prompts))[0].notes[0].startswith("the image sets differ")
    prompts.write_text(text.replace("judge:", "judge:\n  system: Be strict.", 1), "utf-8")
    assert compared(old, few(tmp_path / "strict", prompts))[0].notes[0].startswith("the verifiers differ")


def few(folder: Path, prompts: Path) -> Path:
    return run(folder, [COUNTING], 4, **judged_by("scenes-judge", prompts=str(prompts)))


def test_a_second_judge_has_a_name_in_the_failures_of_the_first_alone(new: Path, tmp_path: Path) -> None:
    confirmed = judged_by("scenes-judge", confirming_judge=str(REPOSITORY / "models/scenes-second-judge"))
    second = read_folder(run(tmp_path / "second", [COUNTING, RELATIONS], CALLS, **confirmed), "second")
    first = read_folder(new, "first")
    both = max(second.verifiers, key=len)
    assert {*first.verifiers} < {*second.verifiers} and both.startswith(f"{first.verifiers[0]} & scenes-second-judge@")
    assert not are_judged_alike(first, second) and not is_judged_by(first, both) and is_judged_by(second, both)
    verdicts = pd.read_parquet(second.folder / VERDICTS)
    assert {*verdicts["verifier"][verdicts["outcome"] == "failure"]} == {both}
    right = replace(second, verifiers=first.verifiers, rows=second.rows.assign(outcome="correct"))
    assert are_judged_alike(right, second) and are_judged_alike(second, right) and is_judged_by(right, both)


def test_a_verifier_that_gave_two_true_answers_is_named() -> None:
    old, changed = side([1, 0, 0, 0]), side([0, 0, 1, 0], reference=["right", "right", "another", "another"])
    [note] = pair(old, changed).notes
    assert note.startswith("on 1 of the 2 questions on which the sides differ, the verifier gave two different true")
    assert pair(old, side([0, 0, 1, 0])).notes == () == pair(*unknown(old, old)).notes


def unknown(*sides: Side) -> list[Side]:
    return [replace(one, rows=one.rows.assign(reference=None)) for one in sides]
