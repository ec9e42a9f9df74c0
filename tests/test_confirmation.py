"""What the confirmation needs, and which budgets are refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.confirmation import INPUT_TOKENS, NAMES, harvest_of, refuse_budget, reserve_of
from blindspot.errors import BlindspotError
from flows.estimate.parts import parts
from flows.estimate.show import sections_of
from tests.project import REPOSITORY

SERVED = {"kind": "endpoint", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


@pytest.fixture
def values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The parameters of a run whose models are all served, without prices."""
    monkeypatch.chdir(REPOSITORY)
    file = tmp_path / "m.yaml"
    file.write_text(yaml.safe_dump(SERVED))
    found: dict[str, Any] = yaml.safe_load(Path("params.yaml").read_text("utf-8"))
    found["prepare"]["source"] = "folder"
    for section, key in (("candidate", "model"), ("verifier", "model"), ("train", "base_model"), ("harvest", "base")):
        found[section][key] = str(file)
    found["verifier"] |= {"kind": "vlm", "votes": 3, "max_new_tokens": 100}
    found["harvest"] |= {"calls": 100, "quota": 10, "max_new_tokens": 50}
    return found


def priced(values: dict[str, Any]) -> dict[str, Any]:
    """The same with prices."""
    file = Path(values["candidate"]["model"])
    file.write_text(yaml.safe_dump(SERVED | {"input_price": 2.0, "output_price": 10.0}))
    return values


def test_the_reserve_is_what_the_estimate_counts_from_the_harvest_on(values: dict[str, Any]) -> None:
    given = sections_of(values, "folder", 7)
    rows = [part for part in parts(given) if part.name.startswith("harvest")]
    reserve = reserve_of(values)
    assert reserve.calls["candidate"] == reserve.calls["judge"] == sum(part.calls for part in rows) == 200 + 8 * 10 * 3
    assert reserve.calls["questioner"] == sum(part.generated for part in rows)
    assert "taxonomy" not in reserve.calls
    assert [*reserve.tokens["judge"]] == [2 * 3 * INPUT_TOKENS, 2 * 3 * 100]


def test_local_models_need_no_tokens(values: dict[str, Any]) -> None:
    for section, key in (("candidate", "model"), ("verifier", "model"), ("train", "base_model"), ("harvest", "base")):
        values[section][key] = "models/scenes-candidate"
    reserve = reserve_of(values)
    assert {*reserve.calls} == {"candidate", "judge"} and not reserve.tokens and not reserve.prices


def test_the_llms_of_the_taxonomy_are_kept_in_mind(values: dict[str, Any]) -> None:
    for key in ("primitive_extractor", "skill_namer"):
        values["taxonomy"][key] = values["candidate"]["model"]
    assert reserve_of(values).calls["taxonomy"] == harvest_of(values).asked + NAMES


def test_without_a_search_there_are_no_quotas(values: dict[str, Any]) -> None:
    values["explore"]["calls"] = 0
    assert harvest_of(values).quotas == 0 and harvest_of(values).asked == 200


def test_a_budget_of_money_needs_the_price_of_each_served_model(values: dict[str, Any]) -> None:
    values["budget"]["usd"] = 20.0
    with pytest.raises(BlindspotError, match=r"budget.usd is set, but candidate.model, .*m.yaml, has no price"):
        refuse_budget(values)
    refuse_budget(priced(values))


@pytest.mark.parametrize(
    ("name", "limit", "least"),
    [
        ("candidate_calls", 119, "120"),
        ("judge_calls", 5, "120"),
        ("questioner_calls", 100, "120"),
        ("tokens", 35_999, "36,000"),
        ("usd", 0.05, "0.072"),
        ("seconds", 10.0, "60"),
    ],
)
def test_a_budget_that_is_too_small_is_refused(values: dict[str, Any], name: str, limit: float, least: str) -> None:
    values["budget"][name] = limit
    with pytest.raises(BlindspotError, match=rf"budget.{name} .* is too small .* at least {least}, or to null"):
        refuse_budget(priced(values))
    values["budget"][name] = float(least.replace(",", ""))
    refuse_budget(values)


def test_a_budget_that_suffices_for_a_small_run_is_accepted(values: dict[str, Any]) -> None:
    values["explore"]["calls"], values["harvest"]["calls"], values["harvest"]["quota"] = 10, 10, 0
    values["budget"]["candidate_calls"] = 30
    refuse_budget(values)
