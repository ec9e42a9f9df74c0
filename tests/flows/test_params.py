from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.params import SCHEMA, check, read
from flows.params import Params, written

ROOT = Path(__file__).parents[2]
Edit = Callable[[dict[str, Any]], object]


def fault(edit: Edit) -> str:
    """The one line that a user reads after this edit of params.yaml."""
    values = deepcopy(read(ROOT / "params.yaml"))
    edit(values)
    with pytest.raises(BlindspotError) as raised:
        check(values)
    line = str(raised.value)
    assert "\n" not in line
    return line


def test_schema_file_is_current() -> None:
    assert SCHEMA.read_text("utf-8") == written(), "run `python -m flows.params`"


def test_params_file_holds_every_parameter_and_no_other() -> None:
    values = read(ROOT / "params.yaml")
    assert Params.model_validate(values).model_dump(mode="json") == values


def test_defaults_in_the_code_are_those_of_the_file() -> None:
    values = read(ROOT / "params.yaml")
    for name, field in Params.model_fields.items():
        if isinstance(values[name], dict):  # a section
            assert field.annotation is not None
            assert field.annotation().model_dump(mode="json") == values[name]


def test_unknown_key_is_named_with_the_nearest_right_one() -> None:
    assert "train.stepz is unknown, did you mean train.steps?" in fault(lambda v: v["train"].update(stepz=3))


def test_unknown_section_is_named_with_the_nearest_right_one() -> None:
    assert "taxonmy is unknown, did you mean taxonomy?" in fault(lambda v: v.update(taxonmy={}))


def test_nested_unknown_key_is_named_with_the_nearest_right_one() -> None:
    line = fault(lambda v: v["prepare"]["splits"].update(trian=3))
    assert "prepare.splits.trian is unknown, did you mean prepare.splits.train?" in line


def test_mistyped_value_is_named() -> None:
    assert "train.steps: 'many' is not of type 'integer'" in fault(lambda v: v["train"].update(steps="many"))


def test_number_that_yaml_reads_as_text_is_named() -> None:
    line = fault(lambda v: v["train"].update(learning_rate="1e-5"))
    assert "train.learning_rate: '1e-5' is not of type 'number'" in line


def test_optional_value_of_another_type_is_named() -> None:
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
def test_file_that_is_no_mapping_is_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text(text, "utf-8")
    with pytest.raises(BlindspotError) as raised:
        read(tmp_path / "params.yaml")
    assert "\n" not in str(raised.value)
    assert "params.yaml" in str(raised.value)
