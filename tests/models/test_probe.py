"""The first question, about a small picture, shows at one call's cost what is wrong with an endpoint file."""

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


def probing(server: FakeServer, **changes: Any) -> EndpointVLM:
    own = {"kind": "endpoint", "base_url": server.url, "model": "m", "retries": 1, "timeout": 0.5} | changes
    return EndpointVLM(Description.model_validate(own), 16, probe=True)


def first(reply: Reply) -> Callable[[str, int], Reply]:
    """The reply to the first question; a good one to all others."""
    return lambda question, _: reply if question == PROBE else Reply(completion(question))


def test_one_small_picture_comes_before_the_first_call(image: Image) -> None:
    questions = [f"what is {number} ?" for number in range(12)]
    with fake(first(Reply(completion("red")))) as server:
        vlm = probing(server)
        assert not server.bodies  # it is asked when there is something to ask
        vlm.complete([image] * 12, questions, None)
        vlm.complete([image], ["one more ?"], None)
        assert server.questions[0] == PROBE and server.questions.count(PROBE) == 1
        assert len(server.questions) == 14
        url = server.bodies[0]["messages"][0]["content"][0]["image_url"]["url"]
    with Pictures.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as shown:
        assert max(shown.size) <= 64


def test_where_every_answer_is_kept_nothing_is_asked(image: Image) -> None:
    with fake(first(Reply(completion("red")))) as server:
        probing(server).complete([image], ["a ?"], None)
        server.questions.clear()
        assert probing(server).complete([image], ["a ?"], None) == [Answer("a ?")]
        assert not server.questions


def test_a_model_that_is_shown_no_image_is_asked_without_one() -> None:
    with fake(first(Reply(completion("red")))) as server:
        probing(server).tell(["a ?"], None)
        assert [part["type"] for part in server.bodies[0]["messages"][0]["content"]] == ["text"]


def test_the_form_is_asked_for_in_the_first_question(image: Image) -> None:
    with fake(first(Reply(completion("red")))) as server:
        probing(server).complete([image], ["a ?"], Sameness)
        assert server.bodies[0]["response_format"] == server.bodies[1]["response_format"]


@pytest.mark.parametrize(
    ("reply", "calls", "words"),
    [
        (
            Reply({"error": {"message": "no pictures of 64 px"}}, 400),
            1,
            ["small picture", "HTTP 400: no pictures of 64"],
        ),
        (
            Reply({"error": {"message": "m is not a multimodal model"}}, 400),
            1,
            ["not a multimodal", "vision-language"],
        ),
        (Reply({"error": {"message": "not for you"}}, 403), 1, ["the first question", "HTTP 403: not for you"]),
        (Reply({"error": {"message": "no model m"}}, 404), 1, ["no model m", "fix base_url or model"]),
        (Reply("<html>sign in</html>"), 6, ["the first question", "unreadable reply", "sign in", "127.0.0.1"]),
        (Reply(drop="before"), 6, ["the first question", "no connection"]),
        (Reply({"error": {"message": "bad", "code": 400}}), 1, ["the first question", "bad"]),
    ],
    ids=["400", "no images", "403", "404", "HTML", "dropped", "error in a 200"],
)
def test_what_would_fail_for_every_call_ends_the_stage_at_once(
    image: Image, reply: Reply, calls: int, words: list[str]
) -> None:
    questions = [f"what is {number} ?" for number in range(20)]
    with fake(first(reply)) as server:
        with pytest.raises(BlindspotError) as caught:
            probing(server).complete([image] * 20, questions, None)
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
def test_what_may_be_different_for_the_next_call_ends_nothing(image: Image, reply: Reply, calls: int) -> None:
    with fake(first(reply)) as server:
        vlm = probing(server)
        assert vlm.complete([image] * 2, ["a ?", "b ?"], None) == [Answer("a ?"), Answer("b ?")]
        assert server.questions.count(PROBE) == calls
