from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.factory import open_candidate
from blindspot.models.description import Local, Nothing, Planted, Server, describe, describe_local, read_description
from blindspot.params import CandidateParams

EXAMPLES = Path("configs/models")


@pytest.mark.parametrize(
    ("name", "kind"), [("endpoint", Server), ("local", Local), ("planted", Planted), ("none", Nothing)]
)
def test_each_example_is_a_description_and_names_every_key(name: str, kind: type) -> None:
    path = EXAMPLES / f"{name}.yaml"
    found = read_description(path)
    assert type(found) is kind
    assert set(yaml.safe_load(path.read_text())) == set(type(found).model_fields)


def test_the_local_example_holds_the_defaults_that_a_folder_has() -> None:
    example, folder = read_description(EXAMPLES / "local.yaml"), describe("models/scenes-candidate")
    assert example.model_dump(exclude={"model"}) == folder.model_dump(exclude={"model"})


@pytest.mark.parametrize(
    ("example", "change", "said"),
    [
        ("endpoint", {"concurency": 3}, "concurency: Extra inputs"),
        ("endpoint", {"retries": -1}, "retries: "),
        ("endpoint", {"extra": {"stream": True}}, "extra: .*stream: replies are read as a whole"),
        ("endpoint", {"extra": {"since": date(2024, 1, 1)}}, "extra: .*not JSON"),
        ("endpoint", {"extra": {"top_p": float("nan")}}, "extra: .*not JSON"),
        ("endpoint", {"kind": "x"}, "'x' found using 'kind'.*'local'"),
        ("local", {"dtype": "float8"}, "dtype: Input should be 'auto', 'float32', 'bfloat16' or 'float16'"),
        ("planted", {"mistakes": 1.5}, "mistakes: Input should be less than or equal to 1"),
        ("planted", {"gaps": "answer == yes"}, "gaps: Input should be a valid list"),
        ("local", {"quantization": "3bit"}, "quantization: Input should be '4bit' or '8bit'"),
    ],
)
def test_a_wrong_key_of_a_description_is_named(
    tmp_path: Path, example: str, change: dict[str, Any], said: str
) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load((EXAMPLES / f"{example}.yaml").read_text()) | change))
    with pytest.raises(BlindspotError, match=said):
        read_description(path)


@pytest.mark.parametrize("text", [None, "- 1", "a: [", ""])
def test_a_file_that_is_no_description_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "model.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BlindspotError, match=r"model\.yaml"):
        read_description(path)


@pytest.mark.parametrize("name", ["endpoint", "planted", "none"])
def test_a_questioner_must_be_of_weights(name: str) -> None:
    with pytest.raises(BlindspotError, match=f"train.base_model .*{name}.yaml is of kind {name}, and must be"):
        describe_local(f"configs/models/{name}.yaml", "train.base_model")


def test_no_model_is_no_candidate() -> None:
    with pytest.raises(BlindspotError, match=r"none\.yaml names no model"):
        open_candidate(CandidateParams.model_validate({"model": "configs/models/none.yaml"}))
