"""Every fault of a served model gives the expected answer, the expected reason, or the end of the stage."""

import json
import re
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.models import endpoint
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import EndpointVLM
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from tests.models.fake_server import FakeServer, Reply, completion, fake
from tests.models.faults import bodies, contents, errors, finishes, refused, statuses, transport
from tests.models.faults.fault import KEY, STOP, Fault, choice

FAULTS: dict[str, Fault] = {
    f"{kind}: {fault.name}": fault
    for module in (contents, finishes, bodies, errors, refused, statuses, transport)
    for kind, faults in vars(module).items()
    if kind.isupper() and not kind.startswith("_") and isinstance(faults, list)
    for fault in faults
}
QUESTIONS = ["a ?", "b ?", "bad ?", "c ?", "d ?"]
BAD = 2
#: Text that no message for users may contain: names of exceptions and modules, representations of objects.
INTERNAL = re.compile(
    r"\b\w+Error\(|\bhttpx\b|\bhttpcore\b|Traceback|<class|object at 0x|JSONDecodeError|\w+Timeout\b"
)


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_certificate: Path) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("PLANTED_KEY", KEY)
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.01)


def open_vlm(server: FakeServer, fault: Fault, **changes: int) -> EndpointVLM:
    keys = {"base_url": server.url, "model": "m", "api_key_env": "PLANTED_KEY", "retries": 1, "timeout": 5.0}
    return EndpointVLM(Description.model_validate({"kind": "endpoint"} | keys | fault.options | changes), 16)


def check_line(line: str, fault: Fault) -> None:
    assert len(line) <= 600 and len(line.splitlines()) <= 1
    assert KEY not in line and "planted-query" not in line
    assert not INTERNAL.search(line), line
    for word in fault.words:
        assert word in line


def check_outcome(answer: Answer, fault: Fault) -> None:
    if answer.error is None:
        assert answer.text == fault.expected and not answer.message
    else:
        assert answer.error is fault.expected and not answer.text, answer
    answer.text.encode(), answer.message.encode(), answer.raw.encode()
    check_line(answer.message, fault)


def test_there_are_enough_faults() -> None:
    assert len(FAULTS) >= 170


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_gives_the_expected_result_and_affects_no_other_call(name: str, image: Image) -> None:
    fault = FAULTS[name]

    def script(question: str, number: int) -> Reply:
        if question != QUESTIONS[BAD]:
            return Reply(completion(question))
        return fault.replies[min(number, len(fault.replies)) - 1]

    with fake(script) as server:
        vlm = open_vlm(server, fault)
        if fault.expected is STOP:
            with pytest.raises(BlindspotError) as caught:
                vlm.complete([image] * 5, QUESTIONS, None)
            check_line(str(caught.value), fault)
            answered = {question for question in server.questions if question != QUESTIONS[BAD]}
        else:
            answers = vlm.complete([image] * 5, QUESTIONS, None)
            others = [answer.text for index, answer in enumerate(answers) if index != BAD]
            assert others == [question for question in QUESTIONS if question != QUESTIONS[BAD]]
            check_outcome(answers[BAD], fault)
            answered = {question for question, answer in zip(QUESTIONS, answers, strict=True) if answer.error is None}
        assert server.questions.count(QUESTIONS[BAD]) == fault.calls
        server.questions.clear()
        server.script = lambda question, _: Reply(completion("healthy"))
        again = open_vlm(server, fault).complete([image] * 5, QUESTIONS, None)
        assert set(server.questions) == set(QUESTIONS) - answered
        if QUESTIONS[BAD] not in answered:
            assert again[BAD] == Answer("healthy")


def test_deeply_nested_replies_do_not_end_a_stage(image: Image) -> None:
    """Tries numbers of levels around Python's recursion limit, which depends on the depth of the call itself."""

    def script(question: str, _: int) -> Reply:
        levels = int(question)
        return Reply(json.dumps(choice(extra="PLACE")).replace('"PLACE"', "[" * levels + "]" * levels))

    # A readable reply after each one, so that the unreadable ones are never twenty in a row.
    counts = [str(levels) for pair in zip(range(400, 1100, 8), range(88), strict=True) for levels in pair]
    fault = Fault("levels", (), "yes", 1, options={"retries": 0, "concurrency": 1})
    with fake(script) as server:
        answers = open_vlm(server, fault).complete([image] * len(counts), counts, None)
    assert {answer.error for answer in answers} == {None, "unreadable reply"}
    assert all(answer.text == "yes" for answer in answers if answer.error is None)
