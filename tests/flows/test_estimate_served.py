"""Calls, tokens and price of served models, by hand."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.params_schema import defaults
from flows.estimate_served import INPUT_TOKENS, second_judge, table, uses

PRICES = {"input_price": 2.0, "output_price": 10.0}


def write(folder: Path, name: str, **keys: Any) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump({"kind": "endpoint", "base_url": "http://127.0.0.1:9/v1", "model": name} | keys))
    return str(path)


@pytest.fixture
def values(tmp_path: Path) -> dict[str, Any]:
    questioner, weights = write(tmp_path, "q", **PRICES), {"model": "models/scenes-candidate"}
    given: dict[str, Any] = {
        "explore": {"calls": 100, "together": 10, "proposals": 20, "max_new_tokens": 50},
        "harvest": {"calls": 40, "quota": 50, "base": questioner, "max_new_tokens": 30},
        "train": {"base_model": questioner},
        "candidate": weights | {"max_new_tokens": 5},
        "verifier": {"confirming_judge": "configs/models/none.yaml", "max_new_tokens": 7},
    }
    return {name: defaults()[name] | section for name, section in given.items()}


def test_questions_of_explore_and_of_both_methods_of_the_harvest(values: dict[str, Any]) -> None:
    [one] = uses(values, 180, {}, modes=3)
    asked = 20 * (10 + 4) + 2 * 40 + 40 + 3 * 50 * 3 * 2  # five times as many proposals in the first round
    assert (one.role, one.calls, one.tokens) == ("questioner", asked, (asked * INPUT_TOKENS, asked * 50))
    assert one.price == pytest.approx((asked * INPUT_TOKENS * 2 + asked * 50 * 10) / 1e6)
    values["explore"]["calls"] = 0  # no targets
    assert uses(values, 80, {}, modes=3)[0].calls == 80


def test_judges_and_candidate_are_counted_if_they_are_served(values: dict[str, Any], tmp_path: Path) -> None:
    judge, second = write(tmp_path, "j"), write(tmp_path, "second")
    values["candidate"]["model"] = write(tmp_path, "c")
    values["verifier"]["confirming_judge"] = second
    found = uses(values, 180, second_judge(values, {judge: 360}), modes=3)
    assert [(one.role, one.calls) for one in found[1:]] == [("candidate", 180), ("judge", 360), ("judge", 360)]
    lines = table(found).splitlines()
    assert len(lines) == 6 and "no price" in lines[2] and lines[-1].endswith("without the models that have no price")


def test_local_models_have_no_line(values: dict[str, Any]) -> None:
    for section, key in (("train", "base_model"), ("harvest", "base")):
        values[section][key] = "models/scenes-questioner"
    assert table(uses(values, 180, {"models/scenes-judge": 360}, modes=3)) == ""
