"""Many failed calls in a row end the stage; others never do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as Pictures

from blindspot.errors import BlindspotError
from blindspot.models import endpoint
from blindspot.models.connection import GIVE_UP
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import EndpointVLM
from blindspot.records.image import Image
from tests.models.fake_server import FakeServer, Reply, completion, fake

BAD_PICTURE = Reply({"error": {"message": "bad picture"}}, 400)


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.001)


@pytest.fixture
def image(tmp_path: Path) -> Image:
    Pictures.new("RGB", (4, 4), "red").save(tmp_path / "red.png")
    return Image("red", tmp_path / "red.png", "test")


def asking(server: FakeServer, image: Image, retries: int = 0) -> Callable[[int], list[str | None]]:
    """Asks so many questions, one after another; gives the reason of each."""
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
        (BAD_PICTURE, 1, 1, "server error: HTTP 400: bad picture"),
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
            asking(server, image, retries)(40)
        assert len(server.bodies) == GIVE_UP * attempts
    assert words in str(caught.value) and "every answer is kept" in str(caught.value)


def test_one_failure_fewer_ends_nothing(image: Image) -> None:
    with fake(lambda *_: BAD_PICTURE) as server:
        assert asking(server, image)(GIVE_UP) == ["server error"] * GIVE_UP
        assert len(server.bodies) == GIVE_UP


def test_an_answer_between_begins_the_count_anew(image: Image) -> None:
    with fake(lambda *_: BAD_PICTURE) as server:
        server.script = lambda *_: Reply(completion()) if len(server.bodies) % GIVE_UP == 0 else BAD_PICTURE
        found = asking(server, image)(3 * GIVE_UP)
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
def test_replies_that_hold_no_answer_never_end_a_stage(image: Image, reply: Reply, reason: str) -> None:
    with fake(lambda *_: reply) as server:
        assert asking(server, image)(2 * GIVE_UP) == [reason] * 2 * GIVE_UP


def test_what_was_answered_before_is_kept(image: Image) -> None:
    with fake(lambda *_: Reply(completion())) as server:
        server.script = lambda *_: Reply(completion()) if len(server.bodies) <= 5 else BAD_PICTURE
        with pytest.raises(BlindspotError, match="calls failed"):
            asking(server, image)(60)
        server.script = lambda *_: Reply(completion())
        before = len(server.bodies)
        assert asking(server, image)(60) == [None] * 60
        assert len(server.bodies) == before + 55


def test_a_stage_that_ended_makes_no_further_call(image: Image) -> None:
    with fake(lambda *_: BAD_PICTURE) as server:
        ask = asking(server, image)
        with pytest.raises(BlindspotError, match="calls failed"):
            ask(40)
        before = len(server.bodies)
        with pytest.raises(BlindspotError, match="calls failed"):
            ask(40)
        assert len(server.bodies) == before
