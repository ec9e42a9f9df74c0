from pathlib import Path

import pytest
import yaml

from bench.plan import Candidates, open_entry, validate
from bench.search_candidates import candidates_of
from blindspot.errors import BlindspotError
from tests.project import REPOSITORY


def written(folder: Path, values: object) -> str:
    path = folder / "mine.yaml"
    path.write_text(values if isinstance(values, str) else yaml.safe_dump(values), encoding="utf-8")
    return str(path)


def test_a_file_with_several_candidates(tmp_path: Path) -> None:
    found = candidates_of(
        written(tmp_path, {"a": {"gaps": ["family == counting and answer >= 4"]}, "b": {"mistakes": 0.2}})
    )
    assert found.names == ["a", "b"] and found.ablated == []
    assert found.candidates["b"].mistakes == 0.2


def test_a_file_that_describes_one_planted_candidate() -> None:
    found = candidates_of(str(REPOSITORY / "configs/models/planted.yaml"))
    assert found.names == ["planted"]
    assert found.candidates["planted"].gaps


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"a": {"gaps": ["family == conting"]}}, "counting"),
        ({"a": {"gap": ["family == counting"]}}, "candidates.a.gap"),
        ({"a": {"model": "models/x", "mistakes": 0.1}}, "either a model, or gaps and mistakes"),
        ({"a": ["family == counting"]}, "candidates.a"),
        ([], "names no candidate"),
        ("a: [", "is not YAML"),
        ("", "names no candidate"),
    ],
)
def test_the_error_names_what_is_wrong(tmp_path: Path, values: object, message: str) -> None:
    with pytest.raises(BlindspotError, match=message):
        candidates_of(written(tmp_path, values))


def test_the_error_names_a_missing_file() -> None:
    with pytest.raises(BlindspotError, match=r"nowhere\.yaml does not exist"):
        candidates_of("nowhere.yaml")


def test_every_name_must_be_defined_under_candidates() -> None:
    with pytest.raises(BlindspotError, match="not defined under candidates: b"):
        validate({"names": ["a", "b"], "ablated": [], "candidates": {"a": {}}}, Candidates, "here")


def test_all_candidates_of_the_repository_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.plan import read_candidates

    monkeypatch.chdir(REPOSITORY)
    found = read_candidates()
    assert found.names == found.ablated == ["scenes"]
    assert len({open_entry(entry).identity for entry in found.candidates.values()}) == len(found.candidates) == 8


@pytest.mark.parametrize("name", ["planted.v2", "my model", "a/b", ""])
def test_a_name_that_cannot_be_a_parameter_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="is not a valid name of a candidate"):
        candidates_of(written(tmp_path, {name: {"mistakes": 0.1}}))
