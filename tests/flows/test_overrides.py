import json
import re
from pathlib import Path

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.params import read
from blindspot.params_schema import defaults
from flows.overrides import STARTED_AFRESH, with_changes, with_recipe, write_params

ROOT = Path(__file__).parents[2]


def test_changes_have_types_and_keep_the_other_values() -> None:
    values = read(ROOT / "params.yaml")
    changed = with_changes(values, ["train.learning_rate=1e-5", "prepare.splits.test=7", "prepare.folder=null"])
    assert changed["train"]["learning_rate"] == 1e-5
    assert changed["prepare"]["splits"] == values["prepare"]["splits"] | {"test": 7}
    assert values == read(ROOT / "params.yaml")
    assert changed["verify"] == values["verify"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("train.stepz=3", "train.stepz is unknown, did you mean train.steps?"),
        ("train.steps=many", "train.steps: 'many'"),
        ("train.steps", "has no value"),
        ("train.steps=[1", "is not YAML"),
        ("seed.of.it=1", "seed: "),
    ],
)
def test_a_wrong_change_is_refused(change: str, message: str) -> None:
    with pytest.raises(BlindspotError, match=r"^[^\n]*$") as raised:
        with_changes(read(ROOT / "params.yaml"), [change])
    assert message in str(raised.value)


def test_the_same_values_give_the_same_text() -> None:
    text = (ROOT / "params.yaml").read_text("utf-8")
    assert write_params(text, yaml.safe_load(text)) == text


def test_other_values_keep_the_comments_and_can_be_read_by_yaml_1_1() -> None:
    text = (ROOT / "params.yaml").read_text("utf-8")
    values = with_changes(yaml.safe_load(text), ["train.learning_rate=1e-5", "seed=3", "candidate.model='a b: c # d'"])
    written = write_params(text, values)
    assert yaml.safe_load(written) == values
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in written.splitlines() if line.startswith("#")
    ]
    assert written.count("#") >= text.count("#")


def test_the_rewards_of_a_change_replace_those_of_the_file() -> None:
    text = (ROOT / "params.yaml").read_text("utf-8")
    for kind in ("extensions.one.One", "extensions.two.Two"):
        values = with_changes(yaml.safe_load(text), [f"train.rewards={{{kind}: 0.5}}"])
        text = write_params(text, values)
        assert yaml.safe_load(text)["train"]["rewards"] == {kind: 0.5}


def test_a_recipe_on_params_yaml_replaces_only_the_values_that_it_names(tmp_path: Path) -> None:
    values, recipe = read(ROOT / "params.yaml"), tmp_path / "recipe.yaml"
    recipe.write_text("base: params.yaml\nseed: 3\ntrain: {weights: {failure: 2.0}, learning_rate: 1e-5}\n", "utf-8")
    changed = with_recipe(values, recipe)
    assert changed["seed"] == 3 and changed["train"]["learning_rate"] == 1e-5
    assert changed["train"]["weights"] == values["train"]["weights"] | {"failure": 2.0}
    assert {name for name in values if changed[name] != values[name]} == {"seed", "train"}
    assert values == read(ROOT / "params.yaml")


def test_a_recipe_starts_from_the_default_values_of_real_models(tmp_path: Path) -> None:
    values, recipe = read(ROOT / "params.yaml"), tmp_path / "recipe.yaml"
    values |= {"seed": 5, "budget": values["budget"] | {"candidate_calls": 9}}
    recipe.write_text("train: {base_model: a.yaml, weights: {failure: 2.0}}\nprepare: {source: folder}\n", "utf-8")
    changed = with_recipe(values, recipe)
    assert changed["train"] == defaults()["train"] | {
        "base_model": "a.yaml",
        "weights": defaults()["train"]["weights"] | {"failure": 2.0},
    }
    assert changed["prepare"] == defaults()["prepare"] | {"source": "folder"}
    assert "scenes" not in json.dumps({name: changed[name] for name in STARTED_AFRESH})
    kept = ("seed", "keep_raw", "launch", "budget", "report", "bootstrap_judge")
    assert {name: changed[name] for name in kept} == {name: values[name] for name in kept}
    missing = (
        r"candidate.model is missing; harvest.base is missing; verifier.kind is missing: set it in params.yaml, in"
    )
    with pytest.raises(BlindspotError, match=missing):
        with_changes(changed, [])
    given = ["candidate.model=b.yaml", "harvest.base=a.yaml", "verifier.kind=vlm"]
    assert with_changes(changed, given)["candidate"]["model"] == "b.yaml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base: scenes.yaml", "base is scenes.yaml: write base: params.yaml, or leave the key out"),
        ("train: {stepz: 3}", "train.stepz is unknown, did you mean train.steps?"),
        ("- train", "is not a mapping"),
        ("train: [1", "is not YAML"),
        ("train: 3", "train: 3 is not of type 'object'"),
    ],
)
def test_the_error_names_the_recipe_and_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(text, "utf-8")
    with pytest.raises(BlindspotError, match=re.escape(message)) as caught:
        with_recipe(read(ROOT / "params.yaml"), recipe)
    assert str(recipe) in str(caught.value)


def test_the_error_names_a_missing_recipe(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"none\.yaml does not exist"):
        with_recipe(read(ROOT / "params.yaml"), tmp_path / "none.yaml")
