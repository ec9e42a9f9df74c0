from pathlib import Path

import pytest
import yaml

from bench.plan import Candidates, open_listed, parsed
from bench.scoring.random_gaps import random_gaps
from bench.search_candidates import candidates_of
from blindspot.errors import BlindspotError
from tests.project import REPOSITORY


def written(folder: Path, values: object) -> str:
    path = folder / "mine.yaml"
    path.write_text(values if isinstance(values, str) else yaml.safe_dump(values), encoding="utf-8")
    return str(path)


def test_candidates_of_ones_own(tmp_path: Path) -> None:
    found = candidates_of(
        written(tmp_path, {"a": {"gaps": ["family == counting and answer >= 4"]}, "b": {"mistakes": 0.2}})
    )
    assert found.names == ["a", "b"] and found.ablated == []
    assert found.candidates["b"].mistakes == 0.2


def test_one_candidate_as_it_is_described_to_the_pipeline() -> None:
    found = candidates_of(str(REPOSITORY / "configs/models/planted.yaml"))
    assert found.names == ["planted"]
    assert found.candidates["planted"].gaps


def test_gaps_drawn_at_random() -> None:
    found = candidates_of("random:7")
    assert found.names == ["random_7", "random_8", "random_9"]
    assert found.candidates["random_7"].gaps == random_gaps(7)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"a": {"gaps": ["family == conting"]}}, "counting"),
        ({"a": {"gap": ["family == counting"]}}, "candidates.a.gap"),
        ({"a": {"model": "models/x", "mistakes": 0.1}}, "a model has no gaps but its own"),
        ({"a": ["family == counting"]}, "candidates.a"),
        ([], "names no candidate"),
        ("a: [", "cannot be read"),
        ("", "names no candidate"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, values: object, said: str) -> None:
    with pytest.raises(BlindspotError, match=said):
        candidates_of(written(tmp_path, values))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BlindspotError, match=r"nowhere\.yaml cannot be read"):
        candidates_of("nowhere.yaml")


def test_names_must_be_candidates() -> None:
    with pytest.raises(BlindspotError, match="not among the candidates: b"):
        parsed({"names": ["a", "b"], "ablated": [], "candidates": {"a": {}}}, Candidates, "here")


def test_the_repositorys_own_candidates_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.plan import read_candidates

    monkeypatch.chdir(REPOSITORY)
    found = read_candidates()
    assert len(found.names) == 8 and found.ablated == ["scenes"]
    assert len({open_listed(found.candidates[name]).identity for name in found.names}) == 8


@pytest.mark.parametrize("name", ["planted.v2", "my model", "a/b", ""])
def test_a_name_that_no_parameter_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="cannot be called"):
        candidates_of(written(tmp_path, {name: {"mistakes": 0.1}}))
