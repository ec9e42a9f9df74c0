"""Which failure modes are universal, shared and specific."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.modes.describe import describe
from flows.candidates import Run, by_candidate, read_run, table

LEFT, COUNT, YES, NO = "judging left-of", "counting", "answer yes", "answer no"


def mode(*features: str, ratio: float = 10.0) -> FailureMode:
    return FailureMode("m", describe(features), features, 9, 9, 1.0, 0.7, 1.0, ratio, 0.0, ())


def run(candidate: str, *modes: FailureMode, asked: dict[tuple[str, ...], tuple[int, int]] | None = None) -> Run:
    """A run whose questions have these features, so many of them asked and failed."""
    rows = [
        (frozenset(features), place < failures)
        for features, (number, failures) in (asked or {}).items()
        for place in range(number)
    ]
    return Run(candidate, modes, [features for features, _ in rows], [failed for _, failed in rows])


def extents(*runs: Run) -> dict[str, str]:
    return {" + ".join(one["features"]): one["extent"] for one in by_candidate(runs)}


def test_a_mode_of_all_is_universal_of_several_shared_of_one_specific() -> None:
    one, two = run("a", mode(LEFT), mode(COUNT), mode(YES)), run("b", mode(LEFT), mode(COUNT))
    assert extents(one, two, run("c", mode(LEFT))) == {LEFT: "universal", COUNT: "shared", YES: "specific"}


def test_runs_with_the_same_candidate_count_as_one() -> None:
    found = by_candidate([run("a", mode(LEFT)), run("a"), run("a", mode(LEFT)), run("b")])
    assert found[0]["extent"] == "specific"
    assert found[0]["candidates"]["a"] == {"runs": 3, "found": 2, "asked": 0, "failures": 0}
    assert found[0]["candidates"]["b"]["found"] == 0


def test_one_candidate_alone_has_no_comparison() -> None:
    assert by_candidate([run("a", mode(LEFT)), run("a", mode(LEFT))]) == []
    assert by_candidate([]) == [] and table([]) == []


def test_modes_that_contain_mostly_the_same_questions_are_one() -> None:
    asked = {(LEFT, YES): (60, 60), (LEFT, NO): (40, 0), (COUNT,): (50, 0)}
    one, two = run("a", mode(LEFT, YES, ratio=20.0), asked=asked), run("b", mode(LEFT), asked=asked)
    assert extents(one, two) == {f"{LEFT} + {YES}": "universal"}  # 120 of the 200 questions about the left
    more = asked | {(LEFT, NO): (70, 0)}
    assert extents(run("a", mode(LEFT, YES), asked=more), run("b", mode(LEFT), asked=more)) == {
        f"{LEFT} + {YES}": "specific",
        LEFT: "specific",
    }


def test_equal_features_are_one_mode_whatever_their_order_and_without_a_question() -> None:
    assert extents(run("a", mode(LEFT, YES)), run("b", mode(YES, LEFT))) == {f"{LEFT} + {YES}": "universal"}


def test_failures_are_counted_also_where_the_mode_was_not_found() -> None:
    one = run("a", mode(LEFT), asked={(LEFT,): (30, 29)})
    two = run("models/b", asked={(LEFT, YES): (4, 1), (COUNT,): (9, 9)})
    (found,) = by_candidate([one, two])
    assert found["candidates"]["models/b"] == {"runs": 1, "found": 0, "asked": 4, "failures": 1}
    assert table([found]) == [
        f"failure modes of 2 candidates{' ' * 36}a           b         features",
        "Questions about whether one object is left of another  specific  * 29 of 30    1 of 4  judging left-of",
    ]


def test_candidates_with_equal_short_names_keep_their_paths() -> None:
    found = by_candidate([run("x/b", mode(LEFT)), run("y/b")])
    assert table(found)[0].split()[-3:] == ["x/b", "y/b", "features"]


def test_the_findings_of_a_run_are_read_from_its_folder(tmp_path: Path) -> None:
    assert read_run(tmp_path, "a") == Run("a", [], [], [])
    (tmp_path / "data" / "taxonomy").mkdir(parents=True)
    (tmp_path / "data" / "verdicts").mkdir()
    confirmed = replace(mode(LEFT), status="confirmed")
    (tmp_path / "data/taxonomy/failure_modes.json").write_text(
        json.dumps([asdict(confirmed), asdict(replace(mode(YES), status="too_few"))]), "utf-8"
    )
    rows = [("t-0", ["a skill"], [LEFT, YES]), ("t-1", [], [])]
    questions = pd.DataFrame(rows, columns=["rollout_id", "skills", "features"])
    questions.to_parquet(tmp_path / "data/taxonomy/questions.parquet")
    verdicts = pd.DataFrame({"rollout_id": ["t-1", "t-2", "t-0"], "outcome": ["correct", "invalid", "failure"]})
    verdicts.to_parquet(tmp_path / "data/verdicts/verdicts.parquet")
    found = read_run(tmp_path, "a")
    assert found.features == [{LEFT, YES}, frozenset()]
    assert (found.failed, found.modes) == ([True, False], [confirmed])
