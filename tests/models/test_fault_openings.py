"""A problem before the first call gives one clear line, or makes no difference."""

import re
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.models import endpoint
from blindspot.models.description import Server as Description
from blindspot.models.endpoint import EndpointVLM
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from tests.models.fake_server import Reply, completion, fake
from tests.models.faults import openings
from tests.models.faults.fault import KEY
from tests.models.faults.openings import PASSWORD, Opening

OPENINGS = {
    f"{kind}: {one.name}": one
    for kind in ("URLS", "PASSWORDS", "MODEL_LISTS", "ENVIRONMENT")
    for one in getattr(openings, kind)
}
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
INTERNAL = re.compile(r"\b\w+(?:Error|Timeout)\b|\bhttpx\b|Traceback|<class")


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_certificate: Path) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("PLANTED_KEY", KEY)
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.01)


@pytest.mark.parametrize("name", OPENINGS)
def test_a_problem_before_the_first_call_is_named(name: str, image: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    opening: Opening = OPENINGS[name]
    for variable, value in opening.environment.items():
        monkeypatch.setenv(variable, value)
    with fake(lambda question, _: Reply(completion(question)), opening.models) as server:
        port = str(server.server_port)
        keys = {"base_url": server.url, "model": "m", "api_key_env": "PLANTED_KEY", "timeout": 5.0} | opening.options
        keys["base_url"] = str(keys["base_url"]).replace("{port}", port)
        description = Description.model_validate({"kind": "endpoint"} | keys)
        if opening.words is None:
            assert EndpointVLM(description, 16).complete([image], ["a ?"], None) == [Answer("a ?")]
            assert server.paths[-1] == "/v1/chat/completions"
            headers = str(server.headers)
            assert "openai" not in headers and not {"planted-a", "planted-b"} & {*re.findall(r"planted-\w", headers)}
            return
        with pytest.raises(BlindspotError) as caught:
            EndpointVLM(description, 16)
        assert not server.bodies
    line = str(caught.value)
    for word in opening.words:
        assert word.replace("{port}", port) in line
    assert len(line) <= 600 and KEY not in line and PASSWORD not in line and not INTERNAL.search(line), line


def test_no_request_follows_a_redirect_to_another_server(image: Image) -> None:
    with fake(lambda question, _: Reply(completion(question))) as other:
        target = {"location": f"{other.url}/chat/completions"}
        with fake(lambda *_: Reply("", 307, target)) as server:
            keys = {
                "kind": "endpoint",
                "base_url": server.url,
                "model": "m",
                "api_key_env": "PLANTED_KEY",
                "retries": 1,
            }
            (answer,) = EndpointVLM(Description.model_validate(keys), 16).complete([image], ["a ?"], None)
        assert answer.error == "no connection" and f"redirects to {other.url}/chat/completions" in answer.message
        assert not other.paths and len(server.bodies) == 1


def test_a_password_is_sent_and_appears_in_no_message(image: Image) -> None:
    with fake(lambda *_: Reply({"error": f"{PASSWORD} is wrong"}, 400)) as server:
        url = server.url.replace("//", f"//user:{PASSWORD}@")
        keys = {"kind": "endpoint", "base_url": url, "model": "m"}
        vlm = EndpointVLM(Description.model_validate(keys), 16)
        (answer,) = vlm.complete([image], ["a ?"], None)
        assert server.headers[-1]["authorization"].startswith("Basic ")
    assert answer.message == "HTTP 400: … is wrong"
    assert PASSWORD not in vlm.identity
