"""A questioner behind a server on loopback."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.judges.judging import answer_all, judge_asked
from blindspot.judges.oracle import OracleVerifier
from blindspot.models import endpoint
from blindspot.models.description import Server as Description
from blindspot.models.endpoint_questioner import EndpointQuestioner
from blindspot.prompts.files import default_prompts
from blindspot.protocols import ProposedQuestion
from blindspot.records.image import Image
from blindspot.scenes.planted import PlantedCandidate
from tests.models.fake_server import FakeServer, Reply, Script, completion, fake

PROMPTS = default_prompts("questioner")
ASKED = json.dumps({"question": "Is the door open?", "answer": "yes"})


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.01)


def opened(server: FakeServer, **changes: Any) -> EndpointQuestioner:
    values = {"kind": "endpoint", "base_url": server.url, "model": "m", "timeout": 1.0, "retries": 0} | changes
    return EndpointQuestioner(Description.model_validate(values), 64, 0.9, PROMPTS)


def asked_of(server: FakeServer) -> list[dict[str, Any]]:
    """The bodies of all calls but the test question."""
    return [body for body in server.bodies if "Look at the image" in body["messages"][-1]["content"][-1]["text"]]


def one(script: Script, image: Image, **changes: Any) -> ProposedQuestion:
    with fake(script) as server:
        return opened(server, **changes).ask([image], 0)[0]


def test_each_question_has_a_seed_of_its_own_and_is_paid_for_once(image: Image) -> None:
    with fake(lambda *_: Reply(completion(ASKED))) as server:
        first = opened(server).ask([image] * 3, 5)
        seeds = [body["seed"] for body in asked_of(server)]
        assert len({*seeds}) == 3 and all(0 <= seed < 2**31 for seed in seeds)
        assert {body["temperature"] for body in asked_of(server)} == {0.9}
        assert opened(server).ask([image] * 4, 5)[:3] == first
        assert len(asked_of(server)) == 4
        opened(server).ask([image], 6)
        assert len(asked_of(server)) == 5
    assert first[0] == ProposedQuestion("Is the door open?", "yes")


def test_the_json_form_is_requested_and_only_a_target_can_be_declined(image: Image) -> None:
    with fake(lambda *_: Reply(completion('{"question": "", "answer": "", "declined": true}'))) as server:
        [found] = opened(server).ask_for([("counting",)], [image], 0)
        opened(server).ask([image], 0)
        schemas = [body["response_format"]["json_schema"]["schema"] for body in asked_of(server)]
        opened(server, json_schema=False).ask([image], 1)
        assert "response_format" not in asked_of(server)[-1]
    assert (found.reason, found.question) == ("declined", "")
    assert [[*schema["properties"]] for schema in schemas] == [
        ["question", "answer", "declined"],
        ["question", "answer"],
    ]


def test_past_failures_and_questions_are_in_the_prompt(image: Image) -> None:
    with fake(lambda *_: Reply(completion(ASKED))) as server:
        opened(server).ask_for(
            [("counting",), ()], [image] * 2, 0, [["Is it red?"], []], [[("How many <b>?", "4")], []]
        )
        texts = [body["messages"][-1]["content"][-1]["text"] for body in asked_of(server)]
    first, second = sorted(texts, key=len, reverse=True)
    assert '- "Is it red?"' in first and 'How many \\u003cb\\u003e?", correct answer: "4"' in first
    assert "Is it red?" not in second and "answered these questions" not in second


@pytest.mark.parametrize(
    ("reply", "reason", "outcome"),
    [
        (Reply(completion(None, "content_filter")), "refused", "invalid"),
        (Reply(completion("I'm sorry, I can't help with that.")), "refused", "invalid"),
        (Reply(completion('{"question": "Is', "length")), "cut off", "invalid"),
        (Reply(completion("")), "empty reply", "invalid"),
        (Reply(completion("A photo of a red square.")), "no question", "invalid"),
        (Reply({"error": {"message": "overloaded"}}, 503), "server error", "unscored"),
        (Reply(completion(ASKED), delay=2.0), "timeout", "unscored"),
    ],
)
def test_a_reply_without_a_question_is_invalid_but_unscored_if_the_server_failed(
    reply: Reply, reason: str, outcome: str, image: Image
) -> None:
    found = one(lambda question, _: reply if "Look at" in question else Reply(completion("red")), image)
    assert (found.question, found.reason) == ("", reason) and (found.message or reason == "empty reply")
    answers = answer_all(PlantedCandidate([], 0.0, 0), [image], [found])
    [verdict] = judge_asked(OracleVerifier("invalid"), [image], [found], answers)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


def test_log_probabilities_are_requested_only_if_the_file_says_so(image: Image) -> None:
    body = completion(ASKED)
    body["choices"][0]["logprobs"] = {"content": [{"token": "a", "logprob": -0.5}, {"token": "b", "logprob": -1.0}]}
    with fake(lambda *_: Reply(body)) as server:
        assert opened(server, log_probs=True).ask([image], 0)[0].log_prob == -1.5
        assert asked_of(server)[-1]["logprobs"] is True
        opened(server).ask([image], 1)
        assert "logprobs" not in asked_of(server)[-1]
    unreadable: list[Any] = [None, {"content": [{"logprob": "x"}]}, {"content": 3}, []]
    for broken in unreadable:
        body["choices"][0]["logprobs"] = broken
        assert one(lambda *_: Reply(body), image, log_probs=True).log_prob == 0.0


def test_the_identity_depends_on_everything_that_determines_the_questions() -> None:
    server_file = {"kind": "endpoint", "model": "m", "timeout": 1.0}
    with fake(lambda *_: Reply(completion(ASKED))) as server:
        description = Description.model_validate(server_file | {"base_url": server.url})
        identities = [
            EndpointQuestioner(one, length, temperature, prompts).identity
            for one, length, temperature, prompts in (
                (description, 64, 0.9, PROMPTS),
                (description, 65, 0.9, PROMPTS),
                (description, 64, 0.8, PROMPTS),
                (description, 64, 0.9, replace(PROMPTS, system="Be brief.")),
                (description, 64, 0.9, replace(PROMPTS, form="tags")),
                (description.model_copy(update={"revision": "2"}), 64, 0.9, PROMPTS),
            )
        ]
        again = EndpointQuestioner(description, 64, 0.9, PROMPTS).identity
    assert len({*identities}) == 6 and again == identities[0]


@pytest.mark.parametrize(
    ("message", "fix"),
    [
        ("Unsupported parameter: 'seed'", r"set extra: \{seed: null\} in the endpoint file"),
        ("logprobs is not supported with this model", "set log_probs: false in the endpoint file"),
        ("response_format is not supported", "set json_schema: false in the endpoint file"),
    ],
)
def test_a_rejected_field_is_found_by_the_test_question(message: str, fix: str, image: Image) -> None:
    with fake(lambda *_: Reply({"error": {"message": message}}, 400)) as server:
        with pytest.raises(BlindspotError, match=fix):
            opened(server, log_probs=True).ask([image] * 9, 0)
        assert len(server.bodies) == 1
