"""Tests which rollouts are in the failure set, and their fields."""

from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.failure_set.select import select
from tests.failure_set.harvest import MODE, TEXTS, make_set, pictures, questions, row, rows, sample


def test_the_set_has_the_failures_of_all_methods_and_nothing_else(tmp_path: Path) -> None:
    found = make_set(tmp_path)
    assert [failure.question for failure in found.failures] == [*TEXTS]
    assert {failure.method for failure in found.failures} == {"trained", "base", "templates"}
    assert (found.asked, found.repeated, found.overruled) == (len(TEXTS) + 1, 0, 0)


def test_a_failure_has_the_fields_of_its_rollout(tmp_path: Path) -> None:
    failure = make_set(tmp_path).failures[4]
    assert (failure.reference, failure.candidate_answer) == (TEXTS[3], TEXTS[2])
    assert failure.picture.is_file() and failure.persists is None and failure.audited is None


def test_a_failure_is_in_every_mode_that_contains_its_question(tmp_path: Path) -> None:
    found = make_set(tmp_path)
    assert [bool(failure.failure_modes) for failure in found.failures] == [
        index % 2 == 0 for index in range(len(TEXTS))
    ]
    assert {mode.name: mode.here for mode in found.modes} == {MODE.name: 8, "reading": 0}


def test_without_a_taxonomy_a_failure_is_in_no_mode(tmp_path: Path) -> None:
    none: list[Any] = [[]] * (len(TEXTS) + 1)
    unsorted = questions(rows()).assign(features=none)
    for known in (unsorted, unsorted.head(0)):
        found = select(rows(), pictures(tmp_path), sample(), known, [MODE])
        assert len(found.failures) == len(TEXTS)
        assert not any(failure.failure_modes for failure in found.failures)


def test_the_same_question_about_the_same_image_is_in_the_set_once(tmp_path: Path) -> None:
    again = [row("base-1", ".", TEXTS[3], "1", "2"), row("trained-7", "a/b\\c", TEXTS[3], "1", "2")]
    found = make_set(tmp_path, pd.concat([rows(), pd.DataFrame(again)], ignore_index=True))
    asked = [failure.rollout_id for failure in found.failures if failure.question == TEXTS[3]]
    assert asked == ["templates-000003", "trained-7"] and found.repeated == 1


def test_overruled_failures_are_left_out(tmp_path: Path) -> None:
    audited = sample(
        trained_000000="correct", base_000002="invalid", templates_000003="unscored", trained_000004="failure"
    )
    found = make_set(tmp_path, audited=audited)
    left = {failure.rollout_id: failure.audited for failure in found.failures}
    assert found.overruled == 2 and len(left) == len(TEXTS) - 2
    assert (left["templates-000003"], left["trained-000004"], left["trained-000001"]) == ("unscored", "failure", None)


def test_a_failure_has_its_persistence(tmp_path: Path) -> None:
    shares: list[Any] = [0.5, *[None] * len(TEXTS), *[None] * 2]
    found = make_set(tmp_path, rows().assign(persists=shares))
    assert [failure.persists for failure in found.failures][:2] == [0.5, None]
