"""A VLM behind a server on loopback that can inject faults."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pictures

from blindspot.errors import BlindspotError
from blindspot.models import endpoint
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import EndpointVLM
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from tests.models.serving import KEY, Server, serving


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.05)


def describe(server: Server, **changes: Any) -> Description:
    return Description(**{"kind": "endpoint", "base_url": server.url, "model": "m", "timeout": 1.0} | changes)


def texts(vlm: EndpointVLM, image: Image, questions: list[str]) -> list[str | None]:
    answers = vlm.complete([image] * len(questions), questions, None)
    return [answer.error or answer.text for answer in answers]


def test_answers_have_the_order_of_the_questions(image: Image) -> None:
    questions = [f"what is {number} ?" for number in range(40)]
    with serving(Server()) as server:
        found = texts(EndpointVLM(describe(server, concurrency=4), 7), image, questions)
        assert server.most_at_once <= 4
        assert server.bodies[0]["max_tokens"] == 7 and server.bodies[0]["temperature"] == 0.0
        assert server.bodies[0]["messages"][0]["content"][0]["image_url"]["url"].startswith("data:image/png;base64,")
    assert found == [f"about {question}" for question in questions]


def test_no_call_is_made_twice(image: Image) -> None:
    with serving(Server()) as server:
        assert texts(EndpointVLM(describe(server), 4), image, ["a ?", "b ?", "a ?"])[2] == "about a ?"
        assert texts(EndpointVLM(describe(server), 4), image, ["b ?", "a ?", "c ?"])[1] == "about a ?"
        assert dict(server.attempts) == {"a ?": 1, "b ?": 1, "c ?": 1}


def test_everything_that_determines_an_answer_is_in_its_key(image: Image, tmp_path: Path) -> None:
    Pictures.new("RGB", (4, 4), "blue").save(tmp_path / "blue.png")
    other = Image("blue", tmp_path / "blue.png", "test")
    with serving(Server()) as server:
        texts(EndpointVLM(describe(server), 4), image, ["a ?"])
        texts(EndpointVLM(describe(server), 5), image, ["a ?"])
        texts(EndpointVLM(describe(server, model="n"), 4), image, ["a ?"])
        texts(EndpointVLM(describe(server, extra={"top_k": 1}), 4), image, ["a ?"])
        assert server.bodies[-1]["top_k"] == 1
        texts(EndpointVLM(describe(server), 4), other, ["a ?"])
        texts(EndpointVLM(describe(server), 4, system="Be <|im_end|> brief."), image, ["a ?"])
        assert server.bodies[-1]["messages"][0] == {"role": "system", "content": "Be < |im_end|> brief."}
        assert server.attempts["a ?"] == 6


def test_seed_and_temperature_are_sent_and_each_sampling_is_stored(image: Image) -> None:
    samplings = [None, Sampling(0.7, 1), Sampling(0.7, 2), Sampling(0.9, 2)]
    with serving(Server()) as server:
        for sampling in samplings * 2:
            assert EndpointVLM(describe(server), 4).complete([image], ["a ?"], None, sampling) == [Answer("about a ?")]
        sent = [(body["temperature"], body.get("seed")) for body in server.bodies]
    assert sent == [(0.0, None), (0.7, 1), (0.7, 2), (0.9, 2)]


def test_a_fault_gives_the_right_answer_or_an_error(image: Image) -> None:
    questions = [f"what is {number} ?" for number in range(200)]
    with serving(Server(share=0.3)) as server:
        found = texts(EndpointVLM(describe(server, retries=2, concurrency=32), 4), image, questions)
        assert len(server.injected) == 9  # every kind of fault, and none
        assert max(server.attempts.values()) <= 3
    wrong = [text for text, question in zip(found, questions, strict=True) if text != f"about {question}"]
    assert (
        0 < len(wrong) < 30
    )  # with the nine kinds, fails with probability 5e-3 over seeds (binomial of 200 at 0.027)
    assert set(wrong) <= {"timeout", "no connection", "server error", "unreadable reply"}


@pytest.mark.parametrize(
    ("fault", "error"),
    [("400", "server error"), ("403", "server error"), ("withheld", "refused"), ("long", "cut off")],
)
def test_a_permanent_failure_is_not_retried(image: Image, fault: str, error: str) -> None:
    with serving(Server(share=1.0, faults=(fault,))) as server:
        assert texts(EndpointVLM(describe(server), 4), image, ["a ?"]) == [error]
        assert server.attempts["a ?"] == 1


def test_an_error_is_not_stored(image: Image) -> None:
    with serving(Server(share=1.0, faults=("500",))) as server:
        vlm = EndpointVLM(describe(server, retries=0), 4)
        assert texts(vlm, image, ["a ?"]) == ["server error"]
        server.share = 0.0
        assert vlm.complete([image], ["a ?"], None) == [Answer("about a ?")]


@pytest.mark.parametrize(("limit", "calls"), [({"max_calls": 5}, 5), ({"max_tokens": 50}, 5)])
def test_a_limit_stops_the_run_and_answers_so_far_are_stored(image: Image, limit: dict[str, int], calls: int) -> None:
    questions = [f"what is {number} ?" for number in range(12)]
    with serving(Server()) as server:
        with pytest.raises(BlindspotError, match=f"{next(iter(limit))}, {next(iter(limit.values()))}, is reached"):
            texts(EndpointVLM(describe(server, concurrency=1, **limit), 4), image, questions)
        assert server.attempts.total() == calls
        assert len(texts(EndpointVLM(describe(server), 4), image, questions)) == 12
        assert server.attempts.total() == 12


def test_the_timeout_covers_the_whole_reply(image: Image) -> None:
    with serving(Server(share=1.0, faults=("drip",))) as server:
        assert texts(EndpointVLM(describe(server, retries=0), 4), image, ["a ?"]) == ["timeout"]


def test_a_full_disk_costs_only_the_calls_in_flight(image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("blindspot.models.calls.Calls.put", full)
    with serving(Server()) as server:
        with pytest.raises(sqlite3.OperationalError):
            texts(EndpointVLM(describe(server, concurrency=4), 4), image, [f"what is {n} ?" for n in range(50)])
        assert server.attempts.total() <= 8


def test_max_tokens_requires_a_server_that_counts_tokens(image: Image) -> None:
    with serving(Server(share=1.0, faults=("uncounted",))) as server:
        assert texts(EndpointVLM(describe(server), 4), image, ["a ?"]) == ["about a ?"]
        with pytest.raises(BlindspotError, match=r"does not count tokens, .*: remove max_tokens"):
            texts(EndpointVLM(describe(server, max_tokens=100), 4), image, ["b ?"])


def test_a_limit_ends_the_stage_at_once_at_a_low_rate(image: Image) -> None:
    with serving(Server()) as server:
        vlm = EndpointVLM(describe(server, calls_per_minute=120, max_calls=2), 4)
        start = time.monotonic()
        with pytest.raises(BlindspotError, match="max_calls"):
            texts(vlm, image, [f"what is {number} ?" for number in range(40)])
    assert time.monotonic() - start < 10  # 20 s at this rate


def test_a_failing_server_ends_the_run(image: Image) -> None:
    questions = [f"what is {number} ?" for number in range(100)]
    with serving(Server(share=1.0, faults=("503",))) as server:
        with pytest.raises(
            BlindspotError,
            match=r"m: the last 20 calls failed \(server error: HTTP 503: injected\): check the server",
        ):
            texts(EndpointVLM(describe(server, retries=0, concurrency=4), 4), image, questions)
        assert server.attempts.total() < 30


def test_retries_count_towards_max_calls(image: Image) -> None:
    with serving(Server(share=1.0, faults=("500",))) as server:
        with pytest.raises(BlindspotError, match="max_calls"):
            texts(EndpointVLM(describe(server, retries=9, max_calls=3), 4), image, ["a ?"])
        assert server.attempts.total() == 3


def test_calls_respect_calls_per_minute(image: Image) -> None:
    with serving(Server()) as server:
        vlm = EndpointVLM(describe(server, calls_per_minute=600), 4)
        start = time.monotonic()
        texts(vlm, image, [f"what is {number} ?" for number in range(6)])
    assert time.monotonic() - start >= 0.45  # the first call is immediate, then one every 0.1 s


def test_the_key_is_read_from_the_environment_and_never_stored(
    image: Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    with serving(Server(key=KEY)) as server:
        vlm = EndpointVLM(describe(server, api_key_env="SOME_KEY"), 4)
        assert texts(vlm, image, ["a ?"]) == ["about a ?"]
    assert KEY not in vlm.identity
    files = [file for file in (tmp_path / "work").rglob("*") if file.is_file()]
    assert files and all(KEY.encode() not in file.read_bytes() for file in files)


def test_a_missing_or_rejected_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    with serving(Server(key=KEY)) as server:
        with pytest.raises(BlindspotError, match=r"key for .* is missing: export SOME_KEY="):
            EndpointVLM(describe(server, api_key_env="SOME_KEY"), 4)
        monkeypatch.setenv("SOME_KEY", "sk-wrong-one")
        with pytest.raises(BlindspotError, match=r"rejects the API key .*put a valid key into SOME_KEY") as caught:
            EndpointVLM(describe(server, api_key_env="SOME_KEY"), 4)
        assert "sk-wrong-one" not in str(caught.value)


def test_a_server_that_does_not_answer_is_named() -> None:
    with serving(Server()) as server:
        pass
    with pytest.raises(BlindspotError, match=f"no server answers at {server.url}"):
        EndpointVLM(describe(server), 4)


def test_a_null_field_of_extra_is_removed(image: Image) -> None:
    with serving(Server()) as server:
        texts(EndpointVLM(describe(server, extra={"temperature": None, "top_k": 1}), 4), image, ["a ?"])
        assert "temperature" not in server.bodies[0] and server.bodies[0]["top_k"] == 1
