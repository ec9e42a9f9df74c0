"""What is wrong before the first call is one clear line, or makes no difference."""

import re
from pathlib import Path

import pytest
from PIL import Image as Pictures

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


@pytest.fixture
def image(tmp_path: Path) -> Image:
    Pictures.new("RGB", (4, 4), "red").save(tmp_path / "red.png")
    return Image("red", tmp_path / "red.png", "test")


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
def test_what_is_wrong_before_the_first_call_is_named(
    name: str, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening: Opening = OPENINGS[name]
    for variable, value in opening.environment.items():
        monkeypatch.setenv(variable, value)
    with fake(lambda question, _: Reply(completion(question)), opening.models) as server:
        port = str(server.server_port)
        own = {"base_url": server.url, "model": "m", "api_key_env": "PLANTED_KEY", "timeout": 5.0} | opening.options
        own["base_url"] = str(own["base_url"]).replace("{port}", port)
        description = Description.model_validate({"kind": "endpoint"} | own)
        if opening.words is None:
            assert EndpointVLM(description, 16).complete([image], ["a ?"], None) == [Answer("a ?")]
            assert server.paths[-1] == "/v1/chat/completions"
            sent = str(server.headers)
            assert "openai" not in sent and not {"planted-a", "planted-b"} & {*re.findall(r"planted-\w", sent)}
            return
        with pytest.raises(BlindspotError) as caught:
            EndpointVLM(description, 16)
        assert not server.bodies
    line = str(caught.value)
    for word in opening.words:
        assert word.replace("{port}", port) in line
    assert len(line) <= 600 and KEY not in line and PASSWORD not in line and not INTERNAL.search(line), line


def test_another_server_gets_nothing(image: Image) -> None:
    with fake(lambda question, _: Reply(completion(question))) as other:
        target = {"location": f"{other.url}/chat/completions"}
        with fake(lambda *_: Reply("", 307, target)) as server:
            own = {
                "kind": "endpoint",
                "base_url": server.url,
                "model": "m",
                "api_key_env": "PLANTED_KEY",
                "retries": 1,
            }
            (answer,) = EndpointVLM(Description.model_validate(own), 16).complete([image], ["a ?"], None)
        assert answer.error == "no connection" and f"redirects to {other.url}/chat/completions" in answer.message
        assert not other.paths and len(server.bodies) == 1


def test_a_password_is_sent_and_stands_in_no_message(image: Image) -> None:
    with fake(lambda *_: Reply({"error": f"{PASSWORD} is wrong"}, 400)) as server:
        url = server.url.replace("//", f"//user:{PASSWORD}@")
        own = {"kind": "endpoint", "base_url": url, "model": "m"}
        vlm = EndpointVLM(Description.model_validate(own), 16)
        (answer,) = vlm.complete([image], ["a ?"], None)
        assert server.headers[-1]["authorization"].startswith("Basic ")
    assert answer.message == "HTTP 400: … is wrong"
    assert PASSWORD not in vlm.identity
