"""`--ask`: each candidate answers the questions of the other run."""

from dataclasses import replace
from pathlib import Path

import pytest

from blindspot.diff.asking import ask, open_judge, to_ask
from blindspot.diff.diff import diff
from blindspot.diff.side import read_folder
from blindspot.errors import BlindspotError
from tests.diff.sides import run, side
from tests.project import files

COUNTING, RELATIONS = "family == counting and answer >= 2", "family == relation"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("runs") / "old", [COUNTING], calls=1000)


def test_candidates_whose_questions_differ_are_compared_when_they_are_asked(old: Path, tmp_path: Path) -> None:
    new = run(tmp_path / "new", [COUNTING, RELATIONS], calls=1000, seed=1)
    sides, said = (read_folder(old, "old"), read_folder(new, "new")), list[str]()
    before = files(old), files(new)
    assert not diff(*sides, asking=False).is_compared
    found = diff(*sides, asking=True, say=said.append)
    assert said == [
        f"asking NEW {len(sides[0].rows)} questions of OLD",
        f"asking OLD {len(sides[1].rows)} questions of NEW",
    ]
    changes = {row.features: row.change for row in found.rows if row.features}
    assert all(change == "new" for features, change in changes.items() if "judging positions" in features)
    assert any("judging positions" in features for features in changes)
    assert all(
        change == "unchanged" for features, change in changes.items() if any("count" in one for one in features)
    )
    assert before == (files(old), files(new))


def test_the_same_candidate_answers_as_it_did(old: Path) -> None:
    read = read_folder(old, "old")
    questions = to_ask(read)
    asked = ask(read, read, questions, *open_judge(read, read))
    own = read.rows.loc[asked.rows["place"]]
    assert own["outcome"].eq("failure").tolist() == asked.rows["failed"].tolist()
    assert asked.again == asked.failures == questions["outcome"].eq("failure").sum() > 0


def test_questions_that_were_chosen_because_they_failed_are_no_common_questions() -> None:
    source = side([1, 1, 0, 0, 1], method=["trained", "base", "templates", "trained", "quota"], mode_id=[None] * 5)
    asked = to_ask(source)
    assert asked.index.tolist() == [0, 1, 2, 4]
    assert asked["chosen"].tolist() == [True, False, False, True]
    with_quota = to_ask(side([1, 1, 0], method=["trained", "base", "quota"], mode_id=[None, None, "mode"]))
    assert with_quota["chosen"].tolist() == [True, True, False]


def test_a_log_is_not_asked() -> None:
    found = diff(side([0, 1]), side([0, 1]), asking=True, say=pytest.fail)
    assert found.notes == ()
    apart = diff(
        side([0, 1], method="base"), side([0, 1], method="base", key=["a", "b"]), asking=True, say=pytest.fail
    )
    assert apart.notes[:2] == (
        "NEW is not asked: side is not the folder of a run",
        "OLD is not asked: side is not the folder of a run",
    )


def test_a_run_without_the_images_that_are_asked_about_is_named(old: Path, tmp_path: Path) -> None:
    read = read_folder(old, "old")
    bare = replace(read, name="runs:/1", folder=tmp_path)
    home, judge = open_judge(read, bare)
    with pytest.raises(BlindspotError, match="old has no image gone, which runs:/1 asks about"):
        ask(read, bare, to_ask(read).assign(image_id="gone"), home, judge)


def test_other_verifiers_are_not_compared_on_the_questions_that_they_judged(old: Path) -> None:
    read = read_folder(old, "old")
    other = replace(read, verifiers=("judge@1",))
    found = diff(read, other, asking=False)
    assert not found.is_compared and "the verifiers differ" in found.notes[0]
    assert "(OLD: oracle/1. NEW: judge@1)" in found.notes[0]
