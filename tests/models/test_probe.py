"""The test question shows a problem of an endpoint file at the cost of one call."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pictures

from blindspot.errors import BlindspotError
from blindspot.judges.vlm import Sameness
from blindspot.models import endpoint
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import PROBE, EndpointVLM
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from tests.models.fake_server import FakeServer, Reply, completion, fake


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.01)


@pytest.fixture
def image(tmp_path: Path) -> Image:
    Pictures.new("RGB", (300, 300), "blue").save(tmp_path / "blue.png")
    return Image("blue", tmp_path / "blue.png", "test")


def open_vlm(server: FakeServer, **changes: Any) -> EndpointVLM:
    keys = {"kind": "endpoint", "base_url": server.url, "model": "m", "retries": 1, "timeout": 0.5} | changes
    return EndpointVLM(Description.model_validate(keys), 16, probe=True)


def reply_to_probe(reply: Reply) -> Callable[[str, int], Reply]:
    """Returns a script with this reply to the test question and good replies to all others."""
    return lambda question, _: reply if question == PROBE else Reply(completion(question))


def test_the_test_question_is_sent_once_before_the_first_call(image: Image) -> None:
    questions = [f"what is {number} ?" for number in range(12)]
    with fake(reply_to_probe(Reply(completion("red")))) as server:
        vlm = open_vlm(server)
        assert not server.bodies  # it is sent with the first question
        vlm.complete([image] * 12, questions, None)
        vlm.complete([image], ["one more ?"], None)
        assert server.questions[0] == PROBE and server.questions.count(PROBE) == 1
        assert len(server.questions) == 14
        url = server.bodies[0]["messages"][0]["content"][0]["image_url"]["url"]
    with Pictures.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as sent:
        assert max(sent.size) <= 64


def test_no_test_question_is_sent_if_every_answer_is_stored(image: Image) -> None:
    with fake(reply_to_probe(Reply(completion("red")))) as server:
        open_vlm(server).complete([image], ["a ?"], None)
        server.questions.clear()
        assert open_vlm(server).complete([image], ["a ?"], None) == [Answer("a ?")]
        assert not server.questions


def test_a_test_question_has_no_image_for_a_text_prompt() -> None:
    with fake(reply_to_probe(Reply(completion("red")))) as server:
        open_vlm(server).tell(["a ?"], None)
        assert [part["type"] for part in server.bodies[0]["messages"][0]["content"]] == ["text"]


def test_the_test_question_requests_the_form(image: Image) -> None:
    with fake(reply_to_probe(Reply(completion("red")))) as server:
        open_vlm(server).complete([image], ["a ?"], Sameness)
        assert server.bodies[0]["response_format"] == server.bodies[1]["response_format"]


@pytest.mark.parametrize(
    ("reply", "calls", "words"),
    [
        (
            Reply({"error": {"message": "no pictures of 64 px"}}, 400),
            1,
            ["the test question failed", "HTTP 400: no pictures of 64"],
        ),
        (
            Reply({"error": {"message": "m is not a multimodal model"}}, 400),
            1,
            ["not a multimodal", "vision-language"],
        ),
        (
            Reply({"error": {"message": "not for you"}}, 403),
            1,
            ["the test question failed", "HTTP 403: not for you"],
        ),
        (Reply({"error": {"message": "no model m"}}, 404), 1, ["no model m", "fix base_url or model"]),
        (
            Reply("<html>sign in</html>"),
            6,
            ["the test question failed", "unreadable reply", "sign in", "127.0.0.1"],
        ),
        (Reply(drop="before"), 6, ["the test question failed", "no connection"]),
        (Reply({"error": {"message": "bad", "code": 400}}), 1, ["the test question failed", "bad"]),
    ],
    ids=["400", "no images", "403", "404", "HTML", "dropped", "error in a 200"],
)
def test_a_problem_of_every_call_ends_the_stage_at_once(
    image: Image, reply: Reply, calls: int, words: list[str]
) -> None:
    questions = [f"what is {number} ?" for number in range(20)]
    with fake(reply_to_probe(reply)) as server:
        with pytest.raises(BlindspotError) as caught:
            open_vlm(server).complete([image] * 20, questions, None)
        assert server.questions == [PROBE] * calls
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize(
    ("reply", "calls"),
    [
        (Reply({"error": "overloaded"}, 503), 2),
        (Reply({"error": "slow down"}, 429), 2),
        (Reply({"error": {"message": "busy", "code": 502}}), 2),
        (Reply(completion(), delay=0.9), 2),
        (Reply(completion(None, "content_filter")), 1),
        (Reply({"error": {"message": "no", "code": "content_filter"}}, 400), 1),
        (Reply(completion("re", "length")), 1),
        (Reply(completion("re", "tool_calls")), 1),
    ],
    ids=["503", "429", "error in a 200", "slow", "filtered", "400 filtered", "cut off", "tool calls"],
)
def test_a_problem_of_one_call_does_not_end_the_stage(image: Image, reply: Reply, calls: int) -> None:
    with fake(reply_to_probe(reply)) as server:
        vlm = open_vlm(server)
        assert vlm.complete([image] * 2, ["a ?", "b ?"], None) == [Answer("a ?"), Answer("b ?")]
        assert server.questions.count(PROBE) == calls
