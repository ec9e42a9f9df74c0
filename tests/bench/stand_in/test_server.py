"""The stand-in server: its models as the clients of the product see them."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench.stand_in.pictures import Gallery
from bench.stand_in.server import ROLES, StandIn, serving
from blindspot.judges.vlm import VLMVerifier
from blindspot.models.candidate import VLMCandidate
from blindspot.models.description import Server
from blindspot.models.endpoint import EndpointVLM
from blindspot.records.image import Image
from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.oracle import matching
from blindspot.scenes.question import Description


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


@pytest.fixture
def server(folder: Path) -> Iterator[StandIn]:
    scenes = {str(place): scene for place, scene in enumerate(draw_scenes(12, 3))}
    with serving(StandIn(Gallery(scenes, folder, 64))) as running:
        yield running


def test_the_product_asks_the_candidate_and_the_judge_about_pictures(server: StandIn, folder: Path) -> None:
    images = [Image(path.stem, path, "test") for path in sorted(folder.glob("*.png"))]
    questions = ["How many objects are there in the image?"] * len(images)
    models = {
        role: EndpointVLM(Server(kind="endpoint", base_url=server.url, model=role, json_schema=False), 512, probe=True)
        for role in ("candidate", "judge")
    }
    answers = [answer.text for answer in VLMCandidate(models["candidate"]).answer(images, questions)]
    verdicts = VLMVerifier(models["judge"]).judge(images, questions, answers)
    scenes = dict(enumerate(draw_scenes(12, 3)))
    many = [len(matching(Description(), scenes[int(image.image_id)])) >= 4 for image in images]
    assert [verdict.outcome for verdict in verdicts] == ["failure" if one else "correct" for one in many]
    assert any(many) and not all(many)
    assert server.calls == {"candidate": len(images) + 1, "judge": 2 * len(images) + 1}  # one is the test question


def test_a_bad_request_is_refused_with_a_reason(server: StandIn) -> None:
    assert [model["id"] for model in httpx.get(f"{server.url}/models").json()["data"]] == [*ROLES]
    messages = [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]
    for body in ({"model": "another", "messages": messages}, {"model": "judge"}, {"messages": messages}):
        reply = httpx.post(f"{server.url}/chat/completions", json=body)
        assert reply.status_code == 400 and reply.json()["error"]["message"]
    assert server.calls.total() == 0
