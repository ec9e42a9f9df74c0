"""Crossing: which questioner asks which candidate, with which parameters, and the table of the results."""

from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.params import read
from blindspot.params_schema import check
from flows.cross import Crossing, cost, crossing_params, crossings, rates, table

ROOT = Path(__file__).parents[2]


def values(model: str, **changes: Any) -> dict[str, Any]:
    found = read(ROOT / "params.yaml")
    return found | {"candidate": found["candidate"] | {"model": model, **changes}}


RUNS = {"a, seed 0": values("a"), "a, seed 1": values("a"), "b, seed 0": values("b", max_new_tokens=9)}


def test_every_questioner_asks_every_candidate_except_its_own() -> None:
    assert crossings(RUNS) == [
        Crossing("a, seed 0", "b, seed 0"),
        Crossing("a, seed 1", "b, seed 0"),
        Crossing("b, seed 0", "a, seed 0"),
    ]
    assert crossings({"a": values("a"), "again": values("a")}) == []


def test_a_crossing_trains_nothing_and_has_the_other_candidate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = values("a"), values("b", max_new_tokens=9)
    one["verify"]["repeats"] = 2
    found = crossing_params(one, other, tmp_path / "runs" / "x")
    check(found)
    assert found["candidate"] == other["candidate"]
    assert found["train"]["steps"] == found["explore"]["calls"] == found["verify"]["repeats"] == 0
    assert found["train"]["base_model"] == str(tmp_path / "runs" / "x" / "models" / "questioner")
    kept = ("seed", "prepare", "harvest", "verifier", "budget")
    assert {key: found[key] for key in kept} == {key: one[key] for key in kept}
    monkeypatch.chdir(tmp_path)  # a run in this folder
    assert crossing_params(one, other, tmp_path)["train"]["base_model"] == "models/questioner"


def test_the_cost_is_printed_before_the_runs() -> None:
    text = cost(RUNS)
    assert "3 more harvests, without training, after the 3 runs: 10,800 more calls" in text  # 3 × 3 × 1,200
    assert "\n" not in text
    photographs = values("a") | {"prepare": RUNS["a, seed 0"]["prepare"] | {"source": "folder"}}
    text = cost({"a": photographs, "b": values("b")})
    assert "2 more harvests, without training, after the 2 runs: 6,000 more calls" in text


def test_crossing_requires_several_candidates() -> None:
    with pytest.raises(BlindspotError, match="several candidates"):
        cost({"a": values("a"), "again": values("a")})


def counts(failures: int, correct: int, invalid: int) -> dict[str, Any]:
    judged = failures + correct + invalid
    rate = {"failure_rate": failures / judged, "valid_rate": (failures + correct) / judged} if judged else {}
    rest = {"error_rate": failures / (failures + correct) if failures + correct else None, "asked": judged}
    none = {"failure_rate": None, "valid_rate": None}
    return {"failures": failures, "correct": correct, "invalid": invalid, **none, **rate, **rest}


def test_rates_have_their_interval() -> None:
    found = rates({"trained": counts(30, 50, 20), "base": counts(0, 0, 0), "templates": counts(1, 1, 1)})
    assert [*found] == ["trained", "base"]
    assert (found["trained"]["failure_rate"], found["trained"]["error_rate"]) == (0.3, 0.375)
    assert (found["trained"]["low"], found["trained"]["high"]) == pytest.approx((0.2189, 0.3958), abs=1e-4)
    assert found["base"]["failure_rate"] is found["base"]["low"] is None
    assert rates({}) == {}


def test_the_table_groups_rows_by_questioner_and_marks_its_own_candidate() -> None:
    measured = rates({"trained": counts(30, 50, 20), "base": counts(0, 0, 0)})
    own = [{"trained_on": f"{name}, seed 0", "candidate": f"models/{name}", "own": True} | measured for name in "ab"]
    other = {"trained_on": "a, seed 0", "candidate": "models/b", "own": False}
    head, first, second, third = table([*own, other])
    assert head.split("  ")[0] == "trained in"
    assert first.startswith("a, seed 0   a (its own)  0.300 (0.219 to 0.396)  0.375")
    assert second == "a, seed 0   b"
    assert third.startswith("b, seed 0   b (its own)")
    assert table([]) == []
