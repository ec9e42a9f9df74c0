from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.factory import open_candidate
from blindspot.models.description import (
    Local,
    Nothing,
    Planted,
    Server,
    describe,
    describe_local,
    describe_questioner,
    read_description,
)
from blindspot.params import CandidateParams

EXAMPLES = Path("configs/models")


@pytest.mark.parametrize(
    ("name", "kind"), [("endpoint", Server), ("local", Local), ("planted", Planted), ("none", Nothing)]
)
def test_each_example_file_is_valid_and_has_every_key(name: str, kind: type) -> None:
    path = EXAMPLES / f"{name}.yaml"
    description = read_description(path)
    assert type(description) is kind
    assert set(yaml.safe_load(path.read_text())) == set(type(description).model_fields)


def test_the_local_example_has_the_defaults_of_a_folder() -> None:
    example, folder = read_description(EXAMPLES / "local.yaml"), describe("models/scenes-candidate")
    assert example.model_dump(exclude={"model"}) == folder.model_dump(exclude={"model"})


@pytest.mark.parametrize(
    ("example", "change", "problem"),
    [
        ("endpoint", {"concurency": 3}, "concurency: Extra inputs"),
        ("endpoint", {"retries": -1}, "retries: "),
        ("endpoint", {"extra": {"stream": True}}, "extra: .*stream is not supported: remove it"),
        ("endpoint", {"extra": {"since": date(2024, 1, 1)}}, "extra: .*a value has no JSON form"),
        ("endpoint", {"extra": {"top_p": float("nan")}}, "extra.top_p: nan is not a finite number"),
        ("endpoint", {"kind": "x"}, "kind: 'x' is unknown, known are endpoint, local"),
        ("local", {"dtype": "float8"}, "dtype: Input should be 'auto', 'float32', 'bfloat16' or 'float16'"),
        ("planted", {"mistakes": 1.5}, "mistakes: Input should be less than or equal to 1"),
        ("planted", {"gaps": "answer == yes"}, "gaps: Input should be a valid list"),
        ("local", {"quantization": "3bit"}, "quantization: Input should be '4bit' or '8bit'"),
    ],
)
def test_an_error_names_each_invalid_key(tmp_path: Path, example: str, change: dict[str, Any], problem: str) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load((EXAMPLES / f"{example}.yaml").read_text()) | change))
    with pytest.raises(BlindspotError, match=problem):
        read_description(path)


@pytest.mark.parametrize("text", [None, "- 1", "a: [", ""])
def test_an_error_names_a_file_that_is_not_a_description(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "model.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BlindspotError, match=r"model\.yaml"):
        read_description(path)


@pytest.mark.parametrize("name", ["endpoint", "planted", "none"])
def test_a_questioner_must_have_local_weights(name: str) -> None:
    with pytest.raises(BlindspotError, match=f"train.base_model: .*{name}.yaml has kind {name}, but local"):
        describe_local(f"configs/models/{name}.yaml", "train.base_model")


def test_a_candidate_needs_a_model() -> None:
    with pytest.raises(BlindspotError, match=r"none\.yaml names no model"):
        open_candidate(CandidateParams.model_validate({"model": "configs/models/none.yaml"}))


@pytest.mark.parametrize("name", ["planted", "none"])
def test_a_questioner_is_local_or_served(name: str) -> None:
    assert isinstance(describe_questioner("configs/models/endpoint.yaml"), Server)
    assert isinstance(describe_questioner("models/scenes-questioner"), Local)
    with pytest.raises(BlindspotError, match=rf"train.base_model: .*{name}.yaml has kind {name}, which cannot ask"):
        describe_questioner(f"configs/models/{name}.yaml", "train.base_model")
