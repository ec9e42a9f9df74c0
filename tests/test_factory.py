"""Opening the candidate, the judges and the questioner that params.yaml names."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.factory import open_candidate, open_verifier, refuse_absent, refuse_unusable
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import CandidateParams, VerifierParams, read
from blindspot.prompts.files import DEFAULT
from blindspot.scenes.draw import draw_scenes, pictures_of
from tests.models.serving import Server, serving

NO_MODEL, PLANTED = "configs/models/none.yaml", "configs/models/planted.yaml"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as server:
        yield server


@pytest.fixture
def models(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The paths of two descriptions of the same server."""
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    paths = {name: tmp_path / f"{name}.yaml" for name in ("small", "large")}
    for name, path in paths.items():
        path.write_text(yaml.safe_dump({"kind": "endpoint", "base_url": server.url, "model": name}))
    return {name: str(path) for name, path in paths.items()}


def names(identity: str) -> str:
    """Returns the identity without digests, prompts and temperature."""
    return re.sub(r"@\w+|, (prompts|temperature) [\w.]+", "", identity)


def test_the_verifier_follows_its_parameters(models: dict[str, str]) -> None:
    params = VerifierParams(kind="vlm", model=models["small"])
    voted = VerifierParams(kind="vlm", model=models["small"], confirming_judge=models["large"], votes=3)
    assert names(open_verifier(params).identity) == "small"
    assert names(open_verifier(params, NO_MODEL).identity) == "small"
    assert names(open_verifier(params, models["large"]).identity) == "large"
    assert names(open_verifier(voted).identity) == "small × 3 & large × 3"
    assert names(open_verifier(voted, models["large"]).identity) == "large × 3 & large × 3"


def test_the_oracle_opens_no_model() -> None:
    assert isinstance(
        open_verifier(VerifierParams(kind="oracle", confirming_judge="nowhere", votes=3), "nowhere"), OracleVerifier
    )


def test_the_candidate_and_the_first_judge_need_a_model() -> None:
    with pytest.raises(BlindspotError, match=rf"{NO_MODEL} names no model"):
        open_candidate(CandidateParams(model=NO_MODEL))
    with pytest.raises(BlindspotError, match=rf"{NO_MODEL} names no model"):
        open_verifier(VerifierParams(kind="vlm", model=NO_MODEL), NO_MODEL)


def test_prompts_reach_the_models(server: Server, models: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    values = yaml.safe_load(DEFAULT.read_text("utf-8"))
    values["candidate"] |= {"system": "Be brief.", "answer": "About this image: {{ question }}"}
    values["judge"]["validity"] = "Is it valid? {{ question }}"
    file.write_text(yaml.safe_dump(values), "utf-8")
    image = pictures_of(draw_scenes(1, seed=1), tmp_path)[0]
    open_candidate(CandidateParams(model=models["small"], prompts=str(file))).answer([image], ["How many?"])
    open_verifier(VerifierParams(kind="vlm", model=models["small"], prompts=str(file))).judge([image], ["Why?"], ["x"])
    sent = [body["messages"] for body in server.bodies]
    assert [turn["role"] for turn in sent[0]] == ["system", "user"] and sent[0][0]["content"] == "Be brief."
    texts = [turn["content"][-1]["text"] for turns in sent for turn in turns if turn["role"] == "user"]
    assert "About this image: How many?" in texts and 'Is it valid? "Why?"' in texts
    with pytest.raises(BlindspotError, match=r"candidate.prompts: prompts file none.yaml does not exist"):
        open_candidate(CandidateParams(model=models["small"], prompts="none.yaml"))


def test_a_planted_candidate_cannot_be_a_judge(models: dict[str, str], tmp_path: Path) -> None:
    assert names(open_candidate(CandidateParams(model=PLANTED)).identity) == "planted"
    for judges in ({"model": PLANTED}, {"model": models["small"], "confirming_judge": PLANTED}):
        with pytest.raises(BlindspotError, match="has kind planted, which only a candidate can have: name a VLM"):
            open_verifier(VerifierParams(kind="vlm", **judges))
    with pytest.raises(BlindspotError, match="has kind planted, which only a candidate can have: name a VLM"):
        refuse_absent(PLANTED)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(yaml.safe_dump({"kind": "planted", "gaps": ["colour == purpel"]}))
    with pytest.raises(BlindspotError, match="purpel is not a valid colour: did you mean purple"):
        open_candidate(CandidateParams(model=str(wrong)))


def test_the_model_of_a_later_stage_must_exist(models: dict[str, str], tmp_path: Path) -> None:
    for model in (*models.values(), NO_MODEL, "models/scenes-judge"):
        refuse_absent(model)
    with pytest.raises(BlindspotError, match="nowhere contains no model"):
        refuse_absent("nowhere")
    down = tmp_path / "down.yaml"
    down.write_text(yaml.safe_dump({"kind": "endpoint", "base_url": "http://127.0.0.1:9/v1", "model": "m"}))
    with pytest.raises(BlindspotError, match="no server answers at"):
        refuse_absent(str(down))


@pytest.mark.parametrize(
    ("parameter", "kind", "ignored"),
    [
        ("harvest.base", "oracle", False),
        ("train.base_model", "oracle", False),
        ("verify.model", "vlm", False),
        ("verify.model", "oracle", True),
        ("verify.model", "reference", True),
        ("verifier.confirming_judge", "vlm", False),
        ("verifier.confirming_judge", "oracle", True),
        ("verifier.model", "oracle", True),
    ],
)
def test_the_models_of_all_stages_are_refused_unless_the_run_ignores_them(
    parameter: str, kind: str, ignored: bool
) -> None:
    values = read()
    values["verifier"] |= {"kind": kind, "model": "models/scenes-judge" if kind == "vlm" else NO_MODEL}
    refuse_unusable(values)
    section, key = parameter.split(".")
    values[section][key] = "nowhere"
    if ignored:
        refuse_unusable(values)
    else:
        with pytest.raises(BlindspotError, match=rf"{parameter}: nowhere contains no model"):
            refuse_unusable(values)


def test_a_later_questioner_of_another_kind_is_refused() -> None:
    values = read()
    values["harvest"]["base"] = PLANTED
    with pytest.raises(BlindspotError, match=r"harvest.base: .* has kind planted, which cannot ask questions"):
        refuse_unusable(values)
