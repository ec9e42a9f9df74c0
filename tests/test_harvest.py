from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.factory import open_questioner
from blindspot.harvest import harvest
from blindspot.prompts.files import default_prompts
from blindspot.protocols import ProposedQuestion
from blindspot.questioner.steering import write_targets
from blindspot.records.image import Image
from blindspot.records.rollout import NOT_ASKED
from blindspot.scenes.draw import draw_scenes, pictures_of
from tests.candidates import SaysOne
from tests.models.fake_server import Reply, completion, fake

TARGET = ("counting", "answer 4")


class DeclinesOdd:
    identity = "declines-odd/1"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        declined = ProposedQuestion("", None, 0.0, "declined", "I cannot.")
        return [declined if int(image.image_id) % 2 else ProposedQuestion("how many ?") for image in images]


def test_a_rollout_without_a_question_tells_why_and_names_no_candidate() -> None:
    images = [Image(str(number), Path("none.png"), "test") for number in range(2)]
    found = harvest("base", DeclinesOdd(), SaysOne(), images, calls=4, seed=0)
    assert [(row.question, row.answer, row.candidate) for row in found] == [
        ("how many ?", "1", "says-one/1"),
        ("", "", NOT_ASKED),
    ] * 2
    assert [(row.error, row.message) for row in found] == [(None, None), ("declined", "I cannot.")] * 2


class Refuses(DeclinesOdd):
    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        return [ProposedQuestion("", None, 0.0, "refused", "I cannot help.")] * len(images)


class Steered(DeclinesOdd):
    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        return [one._replace(target=TARGET) for one in super().ask(images, seed)]


def test_a_rollout_has_the_target_of_its_question() -> None:
    images = [Image(str(number), Path("none.png"), "test") for number in range(2)]
    found = harvest("trained", Steered(), SaysOne(), images, calls=2, seed=0)
    assert [(row.question, row.target) for row in found] == [("how many ?", TARGET), ("", TARGET)]
    assert {row.target for row in harvest("base", DeclinesOdd(), SaysOne(), images, calls=2, seed=0)} == {()}


def test_a_questioner_without_any_question_is_an_error() -> None:
    images = [Image("0", Path("none.png"), "test")]
    with pytest.raises(BlindspotError, match=r"base questioner has a question: refused × 3, for example “I cannot"):
        harvest("base", Refuses(), SaysOne(), images, calls=3, seed=0)


def test_a_served_questioner_without_targets_is_not_paid_for_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    images, prompts = pictures_of(draw_scenes(3, seed=1), tmp_path), default_prompts("questioner")
    with fake(lambda *_: Reply(completion('{"question": "Is it red?", "answer": "no"}'))) as server:
        base = tmp_path / "base.yaml"
        base.write_text(yaml.safe_dump({"kind": "endpoint", "base_url": server.url, "model": "m"}))
        trained = tmp_path / "questioner"
        trained.mkdir()
        (trained / "endpoint.yaml").write_text(base.read_text())

        def calls() -> int:
            for method, model in (("trained", trained), ("base", base)):
                harvest(method, open_questioner(str(model), 1, 64, 1.0, prompts), SaysOne(), images, calls=7, seed=0)
            return len(server.bodies)

        assert calls() == 7 + 1  # and the test question
        write_targets(trained, [("counting",), ("answer yes",), ("answer no",)])
        assert calls() == 7 + 1 + 2 * 7 + 1  # two questions about each image, and a test question
