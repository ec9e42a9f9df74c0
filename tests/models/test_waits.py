"""Reading the wait that a server requests, and waiting for it."""

from email.utils import formatdate
from pathlib import Path

import httpx
import pytest
from PIL import Image as Pictures

from blindspot.models import endpoint
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import EndpointVLM
from blindspot.models.waits import requested_wait
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from tests.models.fake_server import Reply, completion, fake

NOW = 1_700_000_000


def wait(status: int, **headers: str) -> float | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requested_wait(httpx.Response(status, headers={"date": formatdate(NOW, usegmt=True)} | named))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("30s", 30.0),
        ("1m30s", 90.0),
        ("864000", 864_000.0),
        (str(NOW + 20), 20.0),
        (f"{NOW + 20}000", 20.0),
        (str(NOW - 20), 0.0),
        (formatdate(NOW + 20, usegmt=True), 20.0),
        (formatdate(NOW - 20, usegmt=True), 0.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1.2.3", None),
        ("Wed, 99 Foo 2015 07:28:00 GMT", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert wait(429, retry_after=value) == wait(503, retry_after=value) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1.5s", 1.5),
        ("6m0s", 360.0),
        ("20ms", 0.02),
        ("1h2m3s", 3723.0),
        ("1d", 86_400.0),
        ("9", 9.0),
        ("?", None),
        ("", None),
        ("s", None),
        ("5 apples", None),
    ],
)
def test_reset_of_a_rate_limit(value: str, seconds: float | None) -> None:
    assert wait(429, x_ratelimit_reset_requests=value) == wait(429, x_ratelimit_reset_tokens=value) == seconds
    assert wait(503, x_ratelimit_reset_requests=value) is None
    assert wait(429, x_ratelimit_reset_requests=value, x_ratelimit_remaining_requests="3") is None


def test_the_longer_reset_and_the_more_exact_header_take_precedence() -> None:
    assert wait(429, x_ratelimit_reset_requests="1s", x_ratelimit_reset_tokens="2s") == 2.0
    assert wait(429, x_ratelimit_reset_requests="1s", retry_after="3") == 3.0
    assert wait(429, retry_after="3", retry_after_ms="250") == 0.25


def test_the_next_attempt_comes_no_earlier_than_requested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.01)
    Pictures.new("RGB", (4, 4), "red").save(tmp_path / "red.png")
    busy = Reply({"error": "busy"}, 429, {"retry-after-ms": "400"})
    with fake(lambda _, number: busy if number == 1 else Reply(completion())) as server:
        description = Description(kind="endpoint", base_url=server.url, model="m")
        vlm = EndpointVLM(description, 4)
        assert vlm.complete([Image("red", tmp_path / "red.png", "test")], ["a ?"], None) == [Answer("yes")]
        assert server.times[1] - server.times[0] >= 0.4
