import re
from pathlib import Path

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.params import read
from flows.overrides import with_changes, with_recipe, write_params

ROOT = Path(__file__).parents[2]


def test_changes_are_typed_and_leave_the_rest() -> None:
    values = read(ROOT / "params.yaml")
    changed = with_changes(values, ["train.learning_rate=1e-5", "prepare.splits.test=7", "prepare.folder=null"])
    assert changed["train"]["learning_rate"] == 1e-5
    assert changed["prepare"]["splits"] == values["prepare"]["splits"] | {"test": 7}
    assert values == read(ROOT / "params.yaml")
    assert changed["verify"] == values["verify"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("train.stepz=3", "train.stepz is unknown, did you mean train.steps?"),
        ("train.steps=many", "train.steps: 'many'"),
        ("train.steps", "has no value"),
        ("train.steps=[1", "is not YAML"),
        ("seed.of.it=1", "seed: "),
    ],
)
def test_wrong_change_is_refused(change: str, told: str) -> None:
    with pytest.raises(BlindspotError, match=r"^[^\n]*$") as raised:
        with_changes(read(ROOT / "params.yaml"), [change])
    assert told in str(raised.value)


def test_same_values_leave_the_text_as_it_is() -> None:
    text = (ROOT / "params.yaml").read_text("utf-8")
    assert write_params(text, yaml.safe_load(text)) == text


def test_other_values_keep_the_comments_and_are_read_by_every_yaml() -> None:
    text = (ROOT / "params.yaml").read_text("utf-8")
    values = with_changes(yaml.safe_load(text), ["train.learning_rate=1e-5", "seed=3", "candidate.model='a b: c # d'"])
    written = write_params(text, values)
    assert yaml.safe_load(written) == values
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in written.splitlines() if line.startswith("#")
    ]
    assert written.count("#") >= text.count("#")


def test_a_recipe_replaces_what_it_names_and_no_more(tmp_path: Path) -> None:
    values, recipe = read(ROOT / "params.yaml"), tmp_path / "recipe.yaml"
    recipe.write_text("seed: 3\ntrain: {weights: {failure: 2.0}, learning_rate: 1e-5}\n", "utf-8")
    changed = with_recipe(values, recipe)
    assert changed["seed"] == 3 and changed["train"]["learning_rate"] == 1e-5
    assert changed["train"]["weights"] == values["train"]["weights"] | {"failure": 2.0}
    assert {name for name in values if changed[name] != values[name]} == {"seed", "train"}
    assert values == read(ROOT / "params.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("train: {stepz: 3}", "train.stepz is unknown, did you mean train.steps?"),
        ("- train", "is no mapping"),
        ("train: [1", "is not YAML"),
        ("train: 3", "train: 3 is not of type 'object'"),
    ],
)
def test_a_wrong_recipe_is_named_with_its_fault(text: str, told: str, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(text, "utf-8")
    with pytest.raises(BlindspotError, match=re.escape(told)) as caught:
        with_recipe(read(ROOT / "params.yaml"), recipe)
    assert str(recipe) in str(caught.value)


def test_a_recipe_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"none\.yaml cannot be read"):
        with_recipe(read(ROOT / "params.yaml"), tmp_path / "none.yaml")
