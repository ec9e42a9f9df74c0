"""The stage with an LLM that reads questions and names skills, on a real server; each reply is requested once."""

import json
from pathlib import Path

import pytest
import yaml

from blindspot.errors import BlindspotError
from stages.taxonomy import Params, metrics, taxonomy
from tests.models.serving import Server, serving
from tests.taxonomy.rows import make_rows

CALLS = 100  # questions each of three methods


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))


def reply(prompt: str) -> str:
    """Returns the ability of counting for the last object of a question, and a name for skills with "seeing" alone."""
    if "true answer" not in prompt:
        return json.dumps({"name": "Seeing things", "definition": "It must be seen."} if "seeing" in prompt else {})
    told = json.loads(next(line for line in prompt.splitlines() if line.startswith("{")))["question"]
    if "how many" not in told and "more" not in told:
        return "I would rather not."
    thing = told.split()[-2]
    ability = "counting" if "how many" in told else "seeing"
    return json.dumps({"primitives": [{"ability": ability, "target": thing, "words": thing}]})


def described(tmp_path: Path, server: Server) -> str:
    path = tmp_path / "llm.yaml"
    path.write_text(yaml.safe_dump({"kind": "endpoint", "base_url": server.url, "model": "m"}), "utf-8")
    return str(path)


def test_an_llm_reads_and_names(tmp_path: Path) -> None:
    rows = make_rows(CALLS)
    with serving(Server()) as server:
        server.reply = reply
        file = described(tmp_path, server)
        params = Params(primitive_extractor=file, skill_namer=file, resamples=2)
        found = taxonomy(rows, params, seed=0)
        paid = sum(server.attempts.values())
        again = taxonomy(rows, params, seed=0)
        assert sum(server.attempts.values()) == paid  # nothing is asked for twice
    assert all(len(body["messages"][0]["content"]) == 1 for body in server.bodies)  # it is shown no image
    assert any(body["response_format"]["json_schema"]["name"] == "Primitives" for body in server.bodies)
    counted = found.questions["question"].str.contains("how many")
    assert counted.any() and all(len(abilities) == 1 for abilities in found.questions.loc[counted, "abilities"])
    refused = ~counted & ~found.questions["question"].str.contains("more")
    assert metrics(found)["read_by_rules"] == refused.sum() > 0
    assert 0 < metrics(found)["agreement_with_rules"] < 1  # it names "counting" and, for comparisons, nothing known
    assert {skill.name: skill.definition for skill in found.taxonomy.skills}["seeing things"] == "It must be seen."
    assert metrics(again) == metrics(found)


def test_an_llm_must_be_served(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="but an LLM must be served"):
        taxonomy(make_rows(4), Params(primitive_extractor=str(tmp_path)), seed=0)
