"""The record of a failure mode, and the file that holds several."""

import json
from dataclasses import asdict, replace
from math import isnan, nan
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.records.failure_mode import FailureMode, Status, Strength, in_report_order, mix, read_failure_modes
from blindspot.store import write_json

FIRST = FailureMode("a", "Questions", ("counting", "answer 2"), 9, 6, 2 / 3, 0.4, 0.9, 5.0, 0.01, ("t-1", "t-2"))
SECOND = FailureMode("b", "Others", ("reading",), 4, 4, 1.0, 0.5, 1.0, 2.0, 0.0, (), 0.5, ("counting",), ("x", "y"))
THIRD = FailureMode("c", "More", ("reading",), 4, 4, 1.0, 0.5, 1.0, 2.0, 0.0, (), documented=())


def test_modes_are_read_as_they_were_written(tmp_path: Path) -> None:
    modes = [FIRST, SECOND, THIRD]
    write_json(tmp_path / "modes.json", [asdict(mode) for mode in modes])
    assert read_failure_modes(tmp_path / "modes.json") == modes


@pytest.mark.parametrize(
    "text",
    [None, "{", "3", '["a"]', "[{}]", json.dumps([asdict(FIRST) | {"other": 1}])],
    ids=["no file", "no JSON", "a number", "a text", "nothing", "an unknown field"],
)
def test_another_form_is_a_user_error(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "modes.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(BlindspotError, match=r"modes\.json cannot be read \(.*dvc repro"):
        read_failure_modes(path)


def test_a_mode_contains_the_questions_that_have_all_of_its_features() -> None:
    assert FIRST.contains({"counting", "answer 2", "others"})
    assert not FIRST.contains({"counting"}) and not FIRST.contains([])


def test_a_tested_mode_is_read_as_it_was_written_and_an_unknown_rate_is_null(tmp_path: Path) -> None:
    tested = replace(FIRST, status="confirmed", p_value=0.01, discovered_asked=30, discovered_failures=20)
    unasked = replace(tested, asked=0, failures=0, error_rate=nan, status="too_few")
    write_json(tmp_path / "modes.json", [tested.to_json(), unasked.to_json()])
    first, second = read_failure_modes(tmp_path / "modes.json")
    assert first == tested
    assert isnan(second.error_rate) and replace(second, error_rate=0.0) == replace(unasked, error_rate=0.0)
    assert json.loads((tmp_path / "modes.json").read_text("utf-8"))[1]["error_rate"] is None


@pytest.mark.parametrize(
    ("p_value", "recurrence", "strength"),
    [
        (0.001, 0.8, "strong"),
        (0.001, 0.79, "moderate"),
        (1e-9, 0.1, "moderate"),
        (0.0011, 0.8, "moderate"),
        (0.0011, 0.79, "weak"),
        (0.001, None, "moderate"),
        (0.04, None, "weak"),
    ],
)
def test_evidence_is_strong_if_the_test_is_clear_and_the_mode_recurs(
    p_value: float, recurrence: float | None, strength: Strength
) -> None:
    confirmed = replace(FIRST, status="confirmed", p_value=p_value, recurrence=recurrence)
    assert confirmed.strength == strength
    assert replace(confirmed, status="not_confirmed").strength is replace(confirmed, status="too_few").strength is None
    assert FIRST.strength is None


def test_a_novel_mode_is_confirmed_undocumented_recurs_and_is_no_mix() -> None:
    novel = replace(THIRD, status="confirmed", recurrence=0.8)
    assert novel.is_novel
    for change in (
        {"status": "not_confirmed"},
        {"recurrence": 0.79},
        {"recurrence": None},
        {"documented": ("x",)},
        {"documented": None},
        {"mix_of": ("a",), "mix_share": 0.8},
    ):
        assert not replace(novel, **change).is_novel, change


def test_modes_that_recur_rarely_come_last_whatever_their_status() -> None:
    shares = (("a", 0.59), ("b", 0.6), ("c", 0.1), ("d", None), ("e", 1.0))
    modes = [replace(FIRST, mode_id=name, recurrence=share, status="confirmed") for name, share in shares]
    modes[-1] = replace(modes[-1], status="not_confirmed")
    assert [mode.mode_id for mode in in_report_order(modes)] == ["b", "d", "e", "a", "c"]


def test_one_part_is_a_part_and_several_are_a_mix() -> None:
    modes = [FIRST, SECOND, THIRD]
    assert mix(FIRST, modes) == ""
    assert mix(replace(FIRST, mix_of=("b",)), modes) == "part of “Others”"
    both = replace(FIRST, mix_of=("b", "c"), mix_documented=("counting",))
    assert mix(both, modes) == "a mix of “Others”, “More” and “counting” (documented)"


def test_a_mix_is_read_as_it_was_written(tmp_path: Path) -> None:
    mixed = replace(FIRST, mix_of=("b", "c"), mix_documented=("counting",), mix_share=0.9)
    write_json(tmp_path / "modes.json", [mixed.to_json()])
    assert read_failure_modes(tmp_path / "modes.json") == [mixed]
    old = {name: value for name, value in mixed.to_json().items() if not name.startswith("mix_")}
    write_json(tmp_path / "modes.json", [old])
    assert read_failure_modes(tmp_path / "modes.json")[0].mix_of == ()


@pytest.mark.parametrize(
    ("status", "high", "undecided"),
    [("not_confirmed", 0.3, True), ("not_confirmed", 0.2, False), ("confirmed", 0.9, False), ("too_few", nan, False)],
)
def test_a_mode_is_undecided_if_its_interval_reaches_above_the_threshold(
    status: Status, high: float, undecided: bool
) -> None:
    mode = FailureMode("m", "name", ("a",), 6, 1, 1 / 6, 0.0, high, 1.0, 0.0, (), status=status)
    assert mode.is_undecided(0.25) == undecided
