"""Calls, tokens and price of served models, by hand."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.confirmation import INPUT_TOKENS
from blindspot.params_schema import defaults
from flows.estimate.judges import with_second_judge
from flows.estimate.parts import Part
from flows.estimate.served import table, uses

PRICES = {"input_price": 2.0, "output_price": 10.0}
ROWS = [Part("explore", 100, 280), Part("harvest: base", 80, 120, asker="harvest.base")]


def write(folder: Path, name: str, **keys: Any) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump({"kind": "endpoint", "base_url": "http://127.0.0.1:9/v1", "model": name} | keys))
    return str(path)


@pytest.fixture
def values(tmp_path: Path) -> dict[str, Any]:
    questioner = write(tmp_path, "q", **PRICES)
    given: dict[str, Any] = {
        "explore": {"max_new_tokens": 50},
        "harvest": {"base": questioner, "max_new_tokens": 30},
        "train": {"base_model": questioner},
        "candidate": {"model": "models/scenes-candidate", "max_new_tokens": 5},
        "verifier": {"confirming_judge": "configs/models/none.yaml", "max_new_tokens": 7},
    }
    return {name: defaults()[name] | section for name, section in given.items()}


def test_questions_of_one_questioner_add_up(values: dict[str, Any], tmp_path: Path) -> None:
    [one] = uses(values, ROWS, {})
    assert (one.role, one.calls, one.tokens) == ("questioner", 400, (400 * INPUT_TOKENS, 400 * 50))
    assert one.price == pytest.approx((400 * INPUT_TOKENS * 2 + 400 * 50 * 10) / 1e6)
    values["harvest"]["base"] = write(tmp_path, "other")
    assert [use.calls for use in uses(values, ROWS, {})] == [280, 120]


def test_a_limit_of_a_model_below_its_calls_is_named(values: dict[str, Any], tmp_path: Path) -> None:
    values["train"]["base_model"] = values["harvest"]["base"] = write(tmp_path, "q", max_calls=399)
    assert "q.yaml: max_calls is 399, and the run may need 400 calls" in table(uses(values, ROWS, {}))
    write(tmp_path, "q", max_calls=400)
    assert "max_calls" not in table(uses(values, ROWS, {}))


def test_judges_and_candidate_are_counted_if_they_are_served(values: dict[str, Any], tmp_path: Path) -> None:
    judge, second = write(tmp_path, "j"), write(tmp_path, "second")
    values["candidate"]["model"] = write(tmp_path, "c")
    values["verifier"]["confirming_judge"] = second
    found = uses(values, ROWS, with_second_judge(values, {judge: 360}))
    assert [(one.role, one.calls) for one in found[1:]] == [("candidate", 180), ("judge", 360), ("judge", 360)]
    lines = table(found).splitlines()
    assert len(lines) == 6 and "no price" in lines[2] and lines[-1].endswith("without the models that have no price")


def test_local_models_have_no_line(values: dict[str, Any]) -> None:
    for section, key in (("train", "base_model"), ("harvest", "base")):
        values[section][key] = "models/scenes-questioner"
    assert table(uses(values, ROWS, {"models/scenes-judge": 360})) == ""
