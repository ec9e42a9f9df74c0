"""Which stored answers are reused, and which questions are asked again."""

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pictures

from blindspot.models import endpoint
from blindspot.models.calls import Calls
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import CALLS, EndpointVLM, model_of
from blindspot.models.pictures import data_url
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from tests.models.fake_server import FakeServer, Reply, completion, fake


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.01)


def describe(server: FakeServer, **changes: Any) -> Description:
    keys = {"kind": "endpoint", "base_url": server.url, "model": "m", "retries": 0}
    return Description.model_validate(keys | changes)


def ask(description: Description, image: Image, *questions: str) -> list[Answer]:
    return EndpointVLM(description, 16).complete([image] * len(questions), questions, None)


def earlier_key(description: Description, image: Image, question: str) -> str:
    """Returns the key under which earlier versions stored a reply."""
    url = data_url(image.path, description.max_image_bytes)
    content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": question}]
    request = {
        "model": description.model,
        "messages": [{"role": "user", "content": content}],
        "temperature": 0.0,
        "max_tokens": 16,
        "extra_body": description.extra,
    }
    return hashlib.sha256(json.dumps([description.base_url, request], sort_keys=True).encode()).hexdigest()


def test_answers_of_an_earlier_version_are_reused_and_errors_are_asked_again(image: Image, tmp_path: Path) -> None:
    stored = {
        "plain ?": {"text": "blue", "error": None},
        "thought ?": {"text": "<think>red?</think> blue", "error": None},
        "open ?": {"text": "<think>red?", "error": None},
        "empty ?": {"text": "", "error": None},
        "cut ?": {"text": "", "error": "cut off"},
        "refused ?": {"text": "", "error": "refused"},
        "failed ?": {"text": "", "error": "HTTP 500"},
    }
    (tmp_path / "work").mkdir()
    table = sqlite3.connect(tmp_path / "work" / CALLS)
    table.execute("CREATE TABLE calls (request TEXT PRIMARY KEY, reply TEXT NOT NULL)")
    with fake(lambda *_: Reply(completion("new"))) as server:
        description = describe(server, extra={"top_k": 1})
        rows = [(earlier_key(description, image, one), json.dumps(reply)) for one, reply in stored.items()]
        table.executemany("INSERT INTO calls VALUES (?, ?)", rows)
        table.commit()
        table.close()
        expected = [Answer("blue"), Answer("blue"), *[Answer("new")] * 5]
        assert ask(description, image, *stored) == expected
        assert sorted(server.questions) == ["cut ?", "empty ?", "failed ?", "open ?", "refused ?"]
        assert ask(description, image, *stored) == expected
        assert len(server.questions) == 5


def test_a_stored_reply_is_read_with_the_present_thought_marks(image: Image) -> None:
    with fake(lambda *_: Reply(completion("«red»blue"))) as server:
        assert ask(describe(server), image, "a ?") == [Answer("«red»blue")]
        marks = {"thought_marks": [["«", "»"]]}
        assert ask(describe(server, **marks), image, "a ?") == [Answer("blue")]
        assert len(server.questions) == 1


def test_a_question_with_an_unreadable_row_is_asked_again(image: Image, tmp_path: Path) -> None:
    with fake(lambda *_: Reply(completion())) as server:
        description = describe(server)
        calls = Calls(tmp_path / "work" / CALLS)
        rows = ["half of {", "null", "[]", "{}", '{"text": 5, "error": null}', '{"choice": null}']
        questions = [f"what is {number} ?" for number in range(len(rows))]
        for question, row in zip(questions, rows, strict=True):
            calls.put(earlier_key(description, image, question), row, "m")
        assert ask(description, image, *questions) == [Answer("yes")] * len(rows)
        assert len(server.questions) == len(rows)


def test_a_new_revision_or_query_asks_every_question_again_and_keeps_the_name(image: Image) -> None:
    with fake(lambda *_: Reply(completion())) as server:
        plain = describe(server)
        changed = [describe(server, revision="a"), describe(server, revision="b"), describe(server, query={"v": "1"})]
        for number, description in enumerate([plain, *changed], 1):
            ask(description, image, "a ?")
            ask(description, image, "a ?")
            assert len(server.questions) == number
        assert "/v1/chat/completions?v=1" in server.paths
        names = {EndpointVLM(description, 16).identity for description in (plain, *changed[:2])}
    assert len(names) == 3 and all(name.startswith("m@") for name in names)


def test_the_answers_of_a_served_model_can_be_deleted(image: Image, tmp_path: Path) -> None:
    with fake(lambda *_: Reply(completion())) as server:
        one, other = describe(server), describe(server, model="n")
        ask(one, image, "a ?", "b ?")
        ask(other, image, "a ?")
        calls = Calls(tmp_path / "work" / CALLS)
        assert calls.count(model_of(one)) == 2
        assert calls.drop_model(model_of(one)) == 2
        server.questions.clear()
        ask(one, image, "a ?", "b ?")
        ask(other, image, "a ?")
        assert sorted(server.questions) == ["a ?", "b ?"]


def test_the_stored_name_of_a_model_contains_no_password() -> None:
    url = "http://user:planted-password@127.0.0.1:8000/v1?code=planted-query"
    name = model_of(Description(kind="endpoint", base_url=url, model="m"))
    assert name == "m at http://127.0.0.1:8000/v1"


def test_a_large_image_is_scaled_down_before_it_is_sent(tmp_path: Path) -> None:
    Pictures.effect_noise((512, 512), 100).convert("RGB").save(tmp_path / "noise.png")
    noise = Image("noise", tmp_path / "noise.png", "test")
    with fake(lambda *_: Reply(completion())) as server:
        ask(describe(server, max_image_bytes=20_000), noise, "a ?")
        url = server.bodies[0]["messages"][0]["content"][0]["image_url"]["url"]
    assert url.startswith("data:image/jpeg;base64,") and len(url) <= 20_000 * 4 / 3 + 100
