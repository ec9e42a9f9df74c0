"""Judges as params.yaml composes them, of descriptions of a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.factory import open_candidate, open_verifier, refuse_absent
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import CandidateParams, VerifierParams
from tests.models.serving import Server, serving

NOBODY, PLANTED = "configs/models/none.yaml", "configs/models/planted.yaml"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Two descriptions of one server."""
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    with serving(Server()) as server:
        paths = {name: tmp_path / f"{name}.yaml" for name in ("small", "large")}
        for name, path in paths.items():
            path.write_text(yaml.safe_dump({"kind": "endpoint", "base_url": server.url, "model": name}))
        yield {name: str(path) for name, path in paths.items()}


def names(identity: str) -> str:
    """The identity without digests."""
    return " ".join(word.split("@")[0] for word in identity.split())


def test_the_verifier_is_composed_as_it_is_told(models: dict[str, str]) -> None:
    params = VerifierParams(kind="vlm", model=models["small"])
    voted = VerifierParams(kind="vlm", model=models["small"], second=models["large"], votes=3)
    assert names(open_verifier(params).identity) == "small"
    assert names(open_verifier(params, NOBODY).identity) == "small"
    assert names(open_verifier(params, models["large"]).identity) == "large"
    assert names(open_verifier(voted).identity) == "small × 3 & large × 3"
    assert names(open_verifier(voted, models["large"]).identity) == "large × 3 & large × 3"


def test_the_oracle_needs_no_other() -> None:
    assert isinstance(open_verifier(VerifierParams(second="nowhere", votes=3), "nowhere"), OracleVerifier)


def test_nobody_cannot_be_the_candidate_nor_the_only_judge() -> None:
    with pytest.raises(BlindspotError, match=rf"{NOBODY} names no model"):
        open_candidate(CandidateParams(model=NOBODY))
    with pytest.raises(BlindspotError, match=rf"{NOBODY} names no model"):
        open_verifier(VerifierParams(kind="vlm", model=NOBODY), NOBODY)


def test_a_planted_candidate_is_a_candidate_and_no_judge(models: dict[str, str], tmp_path: Path) -> None:
    assert names(open_candidate(CandidateParams(model=PLANTED)).identity) == "planted"
    for judges in ({"model": PLANTED}, {"model": models["small"], "second": PLANTED}):
        with pytest.raises(BlindspotError, match="can be a candidate alone: name a VLM"):
            open_verifier(VerifierParams(kind="vlm", **judges))
    with pytest.raises(BlindspotError, match="can be a candidate alone: name a VLM"):
        refuse_absent(PLANTED)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(yaml.safe_dump({"kind": "planted", "gaps": ["colour == purpel"]}))
    with pytest.raises(BlindspotError, match="purpel is no colour: did you mean purple"):
        open_candidate(CandidateParams(model=str(wrong)))


def test_what_a_later_stage_wants_is_looked_for(models: dict[str, str], tmp_path: Path) -> None:
    for there in (*models.values(), NOBODY, "models/scenes-judge"):
        refuse_absent(there)
    with pytest.raises(BlindspotError, match="nowhere holds no model"):
        refuse_absent("nowhere")
    down = tmp_path / "down.yaml"
    down.write_text(yaml.safe_dump({"kind": "endpoint", "base_url": "http://127.0.0.1:9/v1", "model": "m"}))
    with pytest.raises(BlindspotError, match="no server answers at"):
        refuse_absent(str(down))
