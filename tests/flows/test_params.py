import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.params import read
from blindspot.params_schema import SCHEMA, check, defaults
from blindspot.prompts.files import EXAMPLE
from flows.overrides import with_changes
from flows.params import WIDTH, Params, params_text, schema, schema_text

ROOT = Path(__file__).parents[2]
Edit = Callable[[dict[str, Any]], object]


def fault(edit: Edit) -> str:
    """The error after this edit of params.yaml."""
    values = deepcopy(read(ROOT / "params.yaml"))
    edit(values)
    with pytest.raises(BlindspotError) as raised:
        check(values)
    line = str(raised.value)
    assert "\n" not in line
    return line


def test_schema_file_is_current() -> None:
    assert SCHEMA.read_text("utf-8") == schema_text(), "run `python -m flows.params`"


def test_comments_of_the_params_file_are_current() -> None:
    file = ROOT / "params.yaml"
    assert file.read_text("utf-8") == params_text(read(file)), "run `python -m flows.params`"


def test_comments_follow_the_values_whatever_these_are() -> None:
    values = with_changes(
        read(ROOT / "params.yaml"),
        ["train.learning_rate=1e-5", "candidate.model='a b: c # d'", "prepare.folder=é", "report.modes=7"],
    )
    values["candidate"] = dict(reversed(values["candidate"].items()))
    text = params_text(values)
    assert yaml.safe_load(text) == values and [*yaml.safe_load(text)["candidate"]] == [*values["candidate"]]
    assert "\n  modes: 7 # " in text and "\n  learning_rate: 1.0e-05 # " in text and "\n  folder: é # " in text


def test_every_parameter_has_a_description_and_every_comment_fits_its_line() -> None:
    for section in [schema(), *schema()["$defs"].values()]:
        assert section["description"]
        for name, parameter in section["properties"].items():
            assert "$ref" in parameter or parameter.get("description"), name
    assert max(map(len, (ROOT / "params.yaml").read_text("utf-8").splitlines())) <= WIDTH


def test_a_comment_has_the_description_and_the_range_of_its_field() -> None:
    lines = (ROOT / "params.yaml").read_text("utf-8").splitlines()
    for section, key, least in (
        ("explore", "calls", "≥ 0"),
        ("train", "temperature", "≥ 0.01"),
        ("audit", "size", "≥ 1"),
    ):
        field = Params.model_fields[section].annotation.model_fields[key]  # type: ignore[union-attr]
        start = next(place for place, line in enumerate(lines) if line.startswith(f"{section}:"))
        assert next(line for line in lines[start:] if f" {key}: " in line).endswith(f"# {field.description} [{least}]")


def test_params_file_has_exactly_the_parameters_of_the_code() -> None:
    values = read(ROOT / "params.yaml")
    assert Params.model_validate(values).model_dump(mode="json") == values


def test_defaults_are_those_of_the_code_and_name_nothing_of_the_embedded_models() -> None:
    found = defaults()
    assert "scenes" not in json.dumps({name: found[name] for name in found if not name.startswith("bootstrap_")})
    assert (found["candidate"]["max_new_tokens"], found["train"]["lora"]["rank"]) == (256, 16)
    assert {found[name]["prompts"] for name in ("candidate", "verifier", "train", "taxonomy")} == {EXAMPLE}
    without = {"candidate": ["model"], "verifier": ["kind"], "prepare": ["source"]}
    without |= {"train": ["base_model"], "harvest": ["base"]}
    assert len(found.keys() & Params.model_fields.keys()) > 10
    for name, field in Params.model_fields.items():
        if name in found:  # a section
            assert field.annotation is not None
            required = {key: read(ROOT / "params.yaml")[name][key] for key in without.get(name, [])}
            assert field.annotation(**required).model_dump(mode="json") == found[name] | required


def test_the_bootstrap_sections_of_the_params_file_have_the_defaults() -> None:
    values, found = read(ROOT / "params.yaml"), defaults()
    for name in ("bootstrap_candidate", "bootstrap_questioner", "bootstrap_judge", "report", "launch", "budget"):
        assert values[name] == found[name]


def test_unknown_key_is_named_with_the_closest_known_one() -> None:
    assert "train.stepz is unknown, did you mean train.steps?" in fault(lambda v: v["train"].update(stepz=3))


def test_unknown_section_is_named_with_the_closest_known_one() -> None:
    assert "taxonmy is unknown, did you mean taxonomy?" in fault(lambda v: v.update(taxonmy={}))


def test_nested_unknown_key_is_named_with_the_closest_known_one() -> None:
    line = fault(lambda v: v["prepare"]["splits"].update(trian=3))
    assert "prepare.splits.trian is unknown, did you mean prepare.splits.train?" in line


def test_mistyped_value_is_named() -> None:
    assert "train.steps: 'many' is not of type 'integer'" in fault(lambda v: v["train"].update(steps="many"))


def test_number_that_yaml_reads_as_text_is_named() -> None:
    line = fault(lambda v: v["train"].update(learning_rate="1e-5"))
    assert "train.learning_rate: '1e-5' is not of type 'number'" in line


def test_optional_value_of_a_wrong_type_is_named() -> None:
    assert "prepare.folder: 3 is not of type 'string', 'null'" in fault(lambda v: v["prepare"].update(folder=3))


def test_value_out_of_range_is_named() -> None:
    assert "verify.max_unscored_rate: 2" in fault(lambda v: v["verify"].update(max_unscored_rate=2))


def test_missing_key_is_named() -> None:
    assert "harvest.calls is missing" in fault(lambda v: v["harvest"].pop("calls"))


def test_missing_sections_are_named_once_each() -> None:
    line = fault(lambda v: (v.pop("train"), v.pop("harvest")))
    assert line.count("train is missing") == line.count("harvest is missing") == 1


def test_several_unknown_keys_of_one_section_are_named_once_each() -> None:
    line = fault(lambda v: v["train"].update(stepz=3, sed=1))
    assert line.count("train.stepz is unknown") == line.count("train.sed is unknown") == 1


def test_all_faults_are_named_at_once() -> None:
    line = fault(lambda v: (v["train"].update(stepz=3), v.pop("harvest"), v["verify"].update(max_unscored_rate="x")))
    for part in ("train.stepz is unknown", "harvest is missing", "verify.max_unscored_rate: 'x'"):
        assert part in line


@pytest.mark.parametrize("text", ["seed: [1", "- a list", "", "seed: 0\n\tprepare: {}"])
def test_a_file_that_is_not_a_mapping_gives_a_one_line_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(text, "utf-8")
    with pytest.raises(BlindspotError) as raised:
        read(tmp_path / "params.yaml")
    assert "\n" not in str(raised.value)
    assert "params.yaml" in str(raised.value)
