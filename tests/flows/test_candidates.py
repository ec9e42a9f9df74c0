"""Which failure modes are universal, shared and specific."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from flows.candidates import Run, by_candidate, read_run, table

LEFT, COUNT, YES, NO = "judging left-of", "counting", "answer yes", "answer no"


def mode(*features: str, ratio: float = 10.0) -> dict[str, Any]:
    return {"name": " + ".join(features), "features": [*features], "log_likelihood_ratio": ratio}


def run(candidate: str, *modes: dict[str, Any], asked: dict[tuple[str, ...], tuple[int, int]] | None = None) -> Run:
    """A run whose questions have these features, so many of them asked and failed."""
    rows = [
        (frozenset(features), place < failures)
        for features, (number, failures) in (asked or {}).items()
        for place in range(number)
    ]
    return Run(candidate, modes, [features for features, _ in rows], [failed for _, failed in rows])


def extents(*runs: Run) -> dict[str, str]:
    return {one["name"]: one["extent"] for one in by_candidate(runs)}


def test_a_mode_of_all_is_universal_of_some_shared_of_one_specific() -> None:
    one, two = run("a", mode(LEFT), mode(COUNT), mode(YES)), run("b", mode(LEFT), mode(COUNT))
    assert extents(one, two, run("c", mode(LEFT))) == {LEFT: "universal", COUNT: "shared", YES: "specific"}


def test_runs_with_the_same_candidate_count_as_one() -> None:
    found = by_candidate([run("a", mode(LEFT)), run("a"), run("a", mode(LEFT)), run("b")])
    assert found[0]["extent"] == "specific"
    assert found[0]["candidates"]["a"] == {"runs": 3, "found": 2, "asked": 0, "failures": 0}
    assert found[0]["candidates"]["b"]["found"] == 0


def test_of_one_candidate_nothing_is_told() -> None:
    assert by_candidate([run("a", mode(LEFT)), run("a", mode(LEFT))]) == []
    assert by_candidate([]) == [] and table([]) == []


def test_modes_that_claim_much_the_same_questions_are_one() -> None:
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


def test_a_candidate_is_told_how_it_did_where_the_mode_was_not_found_too() -> None:
    one = run("a", mode(LEFT), asked={(LEFT,): (30, 29)})
    two = run("models/b", asked={(LEFT, YES): (4, 1), (COUNT,): (9, 9)})
    (found,) = by_candidate([one, two])
    assert found["candidates"]["models/b"] == {"runs": 1, "found": 0, "asked": 4, "failures": 1}
    assert table([found]) == [
        "failure modes of 2 candidates            a           b",
        "judging left-of                specific  * 29 of 30    1 of 4",
    ]


def test_candidates_whose_short_names_are_alike_keep_their_long_ones() -> None:
    found = by_candidate([run("x/b", mode(LEFT)), run("y/b")])
    assert table(found)[0].split()[-2:] == ["x/b", "y/b"]


def test_a_meta_skill_stands_elsewhere_for_its_skills() -> None:
    asked = {(LEFT, YES): (20, 20), (COUNT,): (5, 0)}
    one = replace(run("a", mode("judging positions", YES)), meta_skills={"judging positions": frozenset([LEFT])})
    (found,) = by_candidate([one, run("b", mode(LEFT, YES), asked=asked)])
    assert (found["name"], found["extent"]) == ("judging positions + answer yes", "universal")
    assert found["candidates"]["b"] == {"runs": 1, "found": 1, "asked": 20, "failures": 20}


def test_what_a_run_found_is_read_from_its_folder(tmp_path: Path) -> None:
    assert read_run(tmp_path, "a") == Run("a", [], [], [])
    (tmp_path / "data" / "taxonomy").mkdir(parents=True)
    (tmp_path / "data" / "verdicts").mkdir()
    (tmp_path / "data/taxonomy/failure_modes.json").write_text(json.dumps([mode(LEFT)]), "utf-8")
    meta_skills = [{"name": "judging positions", "skills": ["a skill"]}]
    (tmp_path / "data/taxonomy/meta_skills.json").write_text(json.dumps(meta_skills), "utf-8")
    rows = [("t-0", [LEFT], ["a skill"], ["judging positions"], [YES]), ("t-1", [], [], [], [])]
    questions = pd.DataFrame(rows, columns=["rollout_id", "abilities", "skills", "meta_skills", "features"])
    questions.to_parquet(tmp_path / "data/taxonomy/questions.parquet")
    verdicts = pd.DataFrame({"rollout_id": ["t-1", "t-2", "t-0"], "outcome": ["correct", "invalid", "failure"]})
    verdicts.to_parquet(tmp_path / "data/verdicts/verdicts.parquet")
    found = read_run(tmp_path, "a")
    assert found.features == [{LEFT, "a skill", "judging positions", YES}, frozenset()]
    assert (found.failed, found.modes) == ([True, False], [mode(LEFT)])
    assert found.meta_skills == {"judging positions": frozenset(["a skill"])}
