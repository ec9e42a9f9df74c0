"""Which failure modes are a mix of others, or a part of one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from blindspot.records.failure_mode import FailureMode, mix
from blindspot.taxonomy.modes.documented import Weakness, kinds_asked_for
from blindspot.taxonomy.modes.mixes import with_mixes
from blindspot.taxonomy.reading.primitives import extract
from blindspot.taxonomy.reading.question_features import columns

COUNTING = Weakness(name="counting", kinds=("counting",), says="-", source="-", url="https://a.org")
NO = Weakness(name="no", kinds=("existence",), answer="no", says="-", source="-", url="https://a.org")


def mode(*features: str, low: float = 0.5, status: str = "confirmed", documented: tuple[str, ...] = ()) -> FailureMode:
    found = FailureMode("--".join(features), "M", features, 20, 15, 0.75, low, 0.9, 9.0, 0.01, ())
    return replace(found, status=status, documented=documented)  # type: ignore[arg-type]


def questions(*kinds: tuple[str, int, int]) -> pd.DataFrame:
    """Rows of each kind (features, failures, correct)."""
    rows = [
        {"features": features.split(), "outcome": outcome, "abilities": [], "groups": [], "mode_id": None}
        for features, failures, correct in kinds
        for outcome in ["failure"] * failures + ["correct"] * correct
    ]
    return pd.DataFrame(rows).drop(columns="mode_id")


def parts(modes: Sequence[FailureMode], rows: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    return {one.mode_id: one.mix_of for one in with_mixes(modes, rows)}


def test_a_wide_mode_whose_failures_are_those_of_two_others_is_a_mix_of_them() -> None:
    rows = questions(("yes colour", 10, 0), ("yes shape", 6, 0), ("yes", 2, 60))
    found = with_mixes([mode("colour", low=0.8), mode("shape", low=0.7), mode("yes", low=0.3)], rows)
    assert [one.mix_of for one in found] == [(), (), ("colour", "shape")]
    assert found[2].mix_share == pytest.approx(16 / 18)
    assert mix(found[2], found) == "a mix of “M” and “M”"


@pytest.mark.parametrize(("own", "is_mix"), [(4, True), (5, False)], ids=["80 %", "76 %"])
def test_it_needs_eight_of_ten_failures(own: int, is_mix: bool) -> None:
    rows = questions(("yes colour", 16, 0), ("yes", own, 60))
    assert parts([mode("colour", low=0.8), mode("yes", low=0.3)], rows)["yes"] == (("colour",) if is_mix else ())


def test_correct_answers_do_not_count() -> None:
    rows = questions(("yes colour", 2, 90), ("yes", 8, 0))
    assert parts([mode("colour"), mode("yes", low=0.3)], rows)["yes"] == ()


def test_of_modes_that_contain_the_same_failures_the_one_with_the_lower_interval_is_part_of_the_other() -> None:
    rows = questions(("one two", 20, 5), ("one", 1, 0), ("two", 1, 0))
    high, low = mode("one", low=0.6), mode("two", low=0.5)
    for modes in ([high, low], [low, high]):
        assert parts(modes, rows) == {"one": (), "two": ("one",)}
    equal = [mode("one"), mode("two")]
    assert parts(equal, rows) == {"one": (), "two": ("one",)}, "the one that is listed later"


@pytest.mark.parametrize("low", [0.7, 0.99], ids=["lower", "higher"])
def test_a_narrow_mode_is_part_of_a_wide_one_with_many_other_failures(low: float) -> None:
    rows = questions(("counting stars", 10, 0), ("counting", 60, 0))
    assert parts([mode("counting", low=0.95), mode("counting", "stars", low=low)], rows) == {
        "counting": (),
        "counting--stars": ("counting",),
    }


def test_a_mix_is_no_part_of_a_mode_with_a_higher_interval() -> None:
    """Three modes with the same failures: only the first is no mix, and neither other one is a mix of the other."""
    rows = questions(("a b c", 10, 0))
    found = parts([mode("a", low=0.6), mode("b", low=0.5), mode("c", low=0.4)], rows)
    assert found == {"a": (), "b": ("a",), "c": ("a",)}


def test_no_mode_is_a_mix_of_one_that_is_not_confirmed() -> None:
    rows = questions(("yes colour", 10, 0), ("yes", 0, 60), ("colour", 20, 0))
    for status in ("not_confirmed", "too_few"):
        assert parts([mode("colour", status=status), mode("yes", low=0.3)], rows) == {"colour": (), "yes": ()}
    inside = questions(("yes colour", 10, 0), ("yes", 10, 60))
    assert parts([mode("colour", status="too_few"), mode("yes")], inside) == {"colour": ("yes",), "yes": ()}


def test_the_parts_with_most_failures_are_named_until_they_have_enough() -> None:
    rows = questions(("yes a", 1, 0), ("yes b", 5, 0), ("yes c", 4, 0))
    modes = [*(mode(name, low=0.9) for name in "abc"), mode("yes", low=0.3)]
    found = with_mixes(modes, rows)[-1]
    assert (found.mix_of, found.mix_share) == (("b", "c"), 0.9)
    rows = questions(("yes a b", 5, 0), ("yes a", 1, 0), ("yes c", 3, 0), ("yes", 1, 0))
    assert with_mixes(modes, rows)[-1].mix_of == ("a", "c"), "b has no failure that a lacks"


def test_fewer_than_five_failures_say_nothing() -> None:
    modes = [mode("colour", low=0.8), mode("yes", low=0.3)]
    assert parts(modes, questions(("yes colour", 4, 0), ("yes", 0, 40)))["yes"] == ()
    assert parts(modes, questions(("yes colour", 5, 0), ("yes", 0, 40)))["yes"] == ("colour",)


def test_only_the_questions_that_a_mode_was_tested_on_count() -> None:
    """The quota of another mode has many failures that are in both, which would make each mode a mix of the other."""
    rows = questions(("yes colour", 5, 0), ("yes", 5, 10), ("yes colour", 90, 0))
    rows["mode_id"] = ["yes"] * 20 + ["colour"] * 90
    modes = [mode("colour", low=0.9), mode("yes", low=0.3)]
    assert parts(modes, rows)["yes"] == () and parts(modes, rows.drop(columns="mode_id"))["yes"] == ("colour",)


def test_without_modes_or_questions_there_is_no_mix() -> None:
    assert with_mixes([], questions(("a", 9, 0))) == []
    modes = [mode("a"), mode("b")]
    assert with_mixes(modes, questions(("a b", 9, 0)).iloc[:0]) == modes


def asked(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Failures, from (question, true answer, times)."""
    return pd.DataFrame(
        [
            {**columns(text, answer), "kinds": kinds_asked_for(extract(text, answer))}
            | {"reference": answer, "outcome": "failure"}
            for text, answer, times in rows
            for _ in range(times)
        ]
    )


def with_feature(rows: pd.DataFrame, feature: str) -> pd.DataFrame:
    """The same rows, which all have this feature alone."""
    features: list[Any] = [[feature]] * len(rows)
    return rows.assign(features=features)


COUNTS, ABSENT = ("how many dogs are there ?", "3"), ("is there a dog ?", "no")
COLOURS = ("what colour is the bus ?", "red")


def test_failures_that_match_documented_weaknesses_one_by_one_make_a_mix() -> None:
    rows = asked((*COUNTS, 6), (*ABSENT, 3), (*COLOURS, 1))
    [found] = with_mixes([mode("1 detail")], with_feature(rows, "1 detail"), [COUNTING, NO])
    assert (found.mix_of, found.mix_documented, found.mix_share) == ((), ("counting", "no"), 0.9)
    assert mix(found, [found]) == "a mix of “counting” (documented) and “no” (documented)"
    [found] = with_mixes([mode("1 detail")], with_feature(rows, "1 detail"), [COUNTING])
    assert found.mix_share is None


def test_the_true_answer_of_a_documented_weakness_counts_question_by_question() -> None:
    rows = with_feature(asked((*ABSENT, 7), ("is there a dog ?", "yes", 3)), "x")
    [found] = with_mixes([mode("x")], rows, [NO])
    assert found.mix_documented == ()
    [found] = with_mixes([mode("x")], rows.iloc[:8], [NO])
    assert found.mix_documented == ("no",)


def test_a_documented_weakness_that_the_mode_matches_is_no_part() -> None:
    [found] = with_mixes([mode("counting", documented=("counting",))], asked((*COUNTS, 9)), [COUNTING])
    assert found.mix_share is None and found.documented == ("counting",)


def test_the_details_among_the_features_of_a_mode_are_kinds_of_its_questions() -> None:
    """Counting is documented; counting purple things is not."""
    rows = asked(("how many purple dogs are there ?", "3", 9))
    [found] = with_mixes([mode("counting", "recognising purple")], rows, [COUNTING])
    assert found.mix_share is None
    [found] = with_mixes([mode("counting", "2 details")], with_feature(rows, "2 details"), [COUNTING])
    assert found.mix_documented == ("counting",)


def test_other_modes_and_documented_weaknesses_mix() -> None:
    rows = with_feature(asked((*COUNTS, 4), (*COLOURS, 5)), "x")
    found = with_mixes([mode("telling the colour", low=0.9), mode("x", low=0.3)], rows, [COUNTING])[1]
    assert (found.mix_of, found.mix_documented, found.mix_share) == (("telling the colour",), ("counting",), 1.0)
    assert not replace(found, recurrence=1.0).is_novel and replace(found, recurrence=1.0, mix_share=None).is_novel
