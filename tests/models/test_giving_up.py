"""Many failed calls in a row end the stage; other replies never do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.models import endpoint
from blindspot.models.connection import GIVE_UP
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import EndpointVLM
from blindspot.records.image import Image
from tests.models.fake_server import FakeServer, Reply, completion, fake

BAD_IMAGE = Reply({"error": {"message": "bad picture"}}, 400)


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.001)


def make_ask(server: FakeServer, image: Image, retries: int = 0) -> Callable[[int], list[str | None]]:
    """Returns a function that asks questions one after another and returns the reason of each answer."""
    description = Description(
        kind="endpoint", base_url=server.url, model="m", retries=retries, concurrency=1, timeout=0.5
    )
    vlm = EndpointVLM(description, 4)

    def ask(count: int) -> list[str | None]:
        answers = vlm.complete([image] * count, [f"what is {number} ?" for number in range(count)], None)
        return [answer.error for answer in answers]

    return ask


@pytest.mark.parametrize(
    ("reply", "retries", "attempts", "words"),
    [
        (BAD_IMAGE, 1, 1, "server error: HTTP 400: bad picture"),
        (Reply({"error": "not for you"}, 403), 1, 1, "HTTP 403: not for you"),
        (Reply({"error": "asleep"}, 503), 1, 2, "HTTP 503: asleep"),
        (Reply(drop="before"), 1, 2, "no connection"),
        (Reply("<p>hello"), 0, 1, "unreadable reply: <p>hello"),
        (Reply(completion({"text": "yes"})), 0, 1, "unreadable reply"),
        (Reply({"error": {"message": "died", "code": 500}}), 0, 1, "died"),
    ],
    ids=["400", "403", "503", "dropped", "HTML", "odd content", "error in a 200"],
)
def test_failures_in_a_row_end_the_stage(image: Image, reply: Reply, retries: int, attempts: int, words: str) -> None:
    with fake(lambda *_: reply) as server:
        with pytest.raises(BlindspotError, match=f"m: the last {GIVE_UP} calls failed") as caught:
            make_ask(server, image, retries)(40)
        assert len(server.bodies) == GIVE_UP * attempts
    assert words in str(caught.value) and "all answers are stored" in str(caught.value)


def test_one_failure_fewer_does_not_end_the_stage(image: Image) -> None:
    with fake(lambda *_: BAD_IMAGE) as server:
        assert make_ask(server, image)(GIVE_UP) == ["server error"] * GIVE_UP
        assert len(server.bodies) == GIVE_UP


def test_an_answer_resets_the_count(image: Image) -> None:
    with fake(lambda *_: BAD_IMAGE) as server:
        server.script = lambda *_: Reply(completion()) if len(server.bodies) % GIVE_UP == 0 else BAD_IMAGE
        found = make_ask(server, image)(3 * GIVE_UP)
        assert found.count(None) == 3 and len(server.bodies) == 3 * GIVE_UP


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(completion(None, "content_filter")), "refused"),
        (Reply({"error": {"message": "no", "code": "content_filter"}}, 400), "refused"),
        (Reply(completion("ye", "length")), "cut off"),
        (Reply(completion("")), "empty reply"),
        (Reply(completion("ye", "tool_calls")), "incomplete reply"),
    ],
    ids=["filtered", "400 filtered", "cut off", "empty", "tool calls"],
)
def test_complete_calls_without_an_answer_never_end_a_stage(image: Image, reply: Reply, reason: str) -> None:
    with fake(lambda *_: reply) as server:
        assert make_ask(server, image)(2 * GIVE_UP) == [reason] * 2 * GIVE_UP


def test_answers_before_the_end_are_stored(image: Image) -> None:
    with fake(lambda *_: Reply(completion())) as server:
        server.script = lambda *_: Reply(completion()) if len(server.bodies) <= 5 else BAD_IMAGE
        with pytest.raises(BlindspotError, match="calls failed"):
            make_ask(server, image)(60)
        server.script = lambda *_: Reply(completion())
        before = len(server.bodies)
        assert make_ask(server, image)(60) == [None] * 60
        assert len(server.bodies) == before + 55


def test_no_call_is_made_after_the_end(image: Image) -> None:
    with fake(lambda *_: BAD_IMAGE) as server:
        ask = make_ask(server, image)
        with pytest.raises(BlindspotError, match="calls failed"):
            ask(40)
        before = len(server.bodies)
        with pytest.raises(BlindspotError, match="calls failed"):
            ask(40)
        assert len(server.bodies) == before
