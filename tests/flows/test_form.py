from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from blindspot.errors import BlindspotError
from blindspot.params import read
from flows.form import CLOSED, HIDDEN, OPEN, form, parameters
from flows.overrides import with_changes, with_recipe
from flows.presets import Preset, presets

ROOT = Path(__file__).parents[2]
ONE_GPU = "recipes/one_gpu.yaml"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@cache
def preset(name: str) -> Preset:
    return next(one for one in presets() if one.name == name)


def unfolded(field: dict[str, Any]) -> dict[str, Any]:
    """What the form shows in the tab `change`; the field itself if it does not fold."""
    tabs = {tab.get("title"): tab for tab in field.get("anyOf", [])}
    found: dict[str, Any] = tabs.get(OPEN, field)
    return found


def shown(field: dict[str, Any]) -> Any:
    """The values that the form sends where every section is unfolded and nothing is typed."""
    inside = unfolded(field)
    return (
        {key: shown(one) for key, one in inside["properties"].items()} if "properties" in inside else inside["default"]
    )


def field(schema: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        schema = unfolded(schema)["properties"][name]
    return schema


def leaves(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inside = unfolded(schema)
    return (
        [leaf for one in inside["properties"].values() for leaf in leaves(one)] if "properties" in inside else [schema]
    )


def test_the_form_hides_the_sections_of_frozen_stages_and_no_others() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]
    assert {*HIDDEN} == {name for name, stage in stages.items() if stage.get("frozen")}
    assert {*unfolded(form(preset("blindspot")))["properties"]} == {*read()} - {*HIDDEN}


@pytest.mark.parametrize("name", ["blindspot", "one_gpu", "api_only", "scenes_448"])
def test_an_unfolded_section_has_the_values_of_the_preset_in_the_order_of_the_file(name: str) -> None:
    found = preset(name)
    values = found.values if found.recipe is None else with_recipe(read(), found.recipe)
    sent = shown(form(found))
    assert sent == {key: value for key, value in values.items() if key not in HIDDEN}
    assert [*sent["train"]] == [*read()["train"]]
    assert parameters(sent, str(found.recipe) if found.recipe else None) == values


def test_every_section_is_folded_until_it_is_opened() -> None:
    schema = form(preset("blindspot"))
    folded = [*schema["properties"].values(), field(schema, "train", "lora"), field(schema, "prepare", "splits")]
    for one in folded:
        first, second = one["anyOf"]
        assert (first["title"], first["const"], second["title"]) == (CLOSED, {}, OPEN)
        assert one["description"] and "description" not in second  # shown once


def test_every_field_has_its_name_and_its_description_with_the_range() -> None:
    schema = form(preset("blindspot"))
    for leaf in leaves(schema):
        assert leaf["title"] and leaf["description"], leaf
    assert field(schema, "train", "steps")["title"] == "steps"
    assert field(schema, "train", "steps")["description"].endswith("as it is [≥ 0]")
    assert ", in tokens" in field(schema, "candidate", "max_new_tokens")["description"]
    assert field(schema, "train", "steps")["minimum"] == 0  # the browser refuses a smaller number


def test_an_extension_can_be_typed_and_a_built_in_chosen() -> None:
    for names in (("prepare", "source"), ("verifier", "kind")):
        built_in, own = field(form(preset("blindspot")), *names)["anyOf"]
        assert (built_in["title"], own["title"]) == ("built-in", "your own class")
        assert field(form(preset("blindspot")), *names)["default"] in built_in["enum"] and "enum" not in own
    chosen = parameters({"prepare": {"source": "extensions.mine.Mine"}}, None)
    assert chosen["prepare"] == read()["prepare"] | {"source": "extensions.mine.Mine"}


def test_prefect_accepts_the_form_and_what_it_sends() -> None:
    schema = form(preset("one_gpu"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    folded: dict[str, Any] = {name: {} for name in schema["properties"]}
    for sent in (folded, shown(schema), folded | {"train": shown(field(schema, "train"))}):
        assert validator.is_valid(sent), sent
    assert not validator.is_valid(folded | {"seed": -1})


def test_a_run_has_the_values_of_the_file_and_the_changes_of_the_form() -> None:
    assert parameters({}, None) == read()
    assert parameters({name: {} for name in read()}, None) == read()
    changes = {"seed": 3, "keep_raw": {}, "train": {"steps": 7, "lora": {"rank": 2}, "weights": {}}}
    assert parameters(changes, None) == with_changes(read(), ["seed=3", "train.steps=7", "train.lora.rank=2"])
    recipe = with_recipe(read(), Path(ONE_GPU))
    assert parameters({"train": {"steps": 7}}, ONE_GPU) == with_changes(recipe, ["train.steps=7"])


def test_the_rewards_of_the_form_replace_those_of_the_recipe(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("base: params.yaml\ntrain: {rewards: {extensions.one.One: 0.5}}\n", "utf-8")
    for rewards in ({}, {"extensions.two.Two": 1.0}):
        assert parameters({"train": {"rewards": rewards}}, str(recipe))["train"]["rewards"] == rewards
    assert parameters({"train": {}}, str(recipe))["train"]["rewards"] == {"extensions.one.One": 0.5}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train": {"steps": -5}}, "train.steps: -5 is less than the minimum of 0"),
        ({"train": {"stepz": 5}}, "train.stepz is unknown, did you mean train.steps?"),
        ({"train": 5}, "train: 5 is not of type 'object'"),
        ({"trian": {"steps": 5}}, "trian is unknown, did you mean train?"),
        ({"prepare": {"source": "foldr"}}, "prepare.source: 'foldr' is unknown, did you mean folder?"),
        ({"seed": "three"}, "seed: 'three' is not of type 'integer'"),
    ],
)
def test_the_error_names_a_wrong_value_and_says_where_to_change_it(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BlindspotError, match=r"^[^\n]*: change it in the form of the deployment$") as raised:
        parameters(changes, None)
    assert message in str(raised.value)
