"""Tests the repeats of failures with the real oracle."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image as Pictures

from blindspot.checks.rollouts import REPEAT
from blindspot.checks.run import check
from blindspot.judges.oracle import OracleVerifier
from blindspot.probes.repeats import ask_again, persistence, repeat_rates
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.scenes.draw import draw
from blindspot.scenes.scene import Scene, Thing
from blindspot.store import to_frame

SCENE = Scene((Thing(0, 0, "small", "red", "star"), Thing(2, 1, "large", "blue", "star")))
FAILURES = pd.DataFrame(
    {
        "rollout_id": ["t-0", "t-1"],
        "image_id": ["i0", "i0"],
        "question": ["how many stars are there ?", "are there any red stars in the image ?"],
    }
)


class Recorded:
    """Answers "2" to paraphrases and "3" otherwise; has no answer when sampled with seed 2."""

    identity = "recorded"

    def __init__(self) -> None:
        self.asked: list[tuple[Image, str, Sampling | None]] = []

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        self.asked += [(image, question, sampling) for image, question in zip(images, questions, strict=True)]
        if sampling and sampling.seed == 2:
            return [Answer("", Unscored.TIMEOUT)] * len(images)
        return [Answer("2" if "see" in question else "3") for question in questions]


@pytest.fixture
def image(tmp_path: Path) -> Image:
    draw(SCENE, 48).save(tmp_path / "i0.png")
    return Image("i0", tmp_path / "i0.png", "test", SCENE.to_json())


def ask(candidate: Recorded, image: Image, rounds: int, folder: Path) -> pd.DataFrame:
    folder.mkdir()
    found = ask_again(FAILURES, {"i0": image}, candidate, OracleVerifier("invalid"), rounds, 0.7, folder)
    return to_frame(found)


def test_a_failure_is_repeated_in_three_ways(image: Image, tmp_path: Path) -> None:
    candidate = Recorded()
    found = ask(candidate, image, 2, tmp_path / "scaled")
    check(found, REPEAT, tmp_path / "docs")
    first = found[found["rollout_id"] == "t-0"]
    assert [*zip(first["way"], first["round"], first["answer"], first["outcome"], strict=True)] == [
        ("sampled", 1, "3", "failure"),
        ("sampled", 2, "", "unscored"),
        ("paraphrased", 1, "2", "correct"),
        ("paraphrased", 2, "3", "failure"),
        ("rescaled", 1, "3", "failure"),
        ("rescaled", 2, "3", "failure"),
    ]
    assert first["question"].iloc[2] == "how many stars do you see ?"
    assert {sampling for _, _, sampling in candidate.asked} == {None, Sampling(0.7, 1), Sampling(0.7, 2)}
    sizes = {Pictures.open(image.path).size for image, _, _ in candidate.asked}
    assert sizes == {(48, 48), (43, 43), (53, 53)}


def test_a_question_with_few_paraphrases_has_few_repeats(image: Image, tmp_path: Path) -> None:
    found = ask(Recorded(), image, 2, tmp_path / "scaled")
    second = found[(found["rollout_id"] == "t-1") & (found["way"] == "paraphrased")]
    assert [*second["question"]] == ["do you see any red stars in the image ?"]


def test_the_same_image_is_rescaled_to_the_same_bytes(image: Image, tmp_path: Path) -> None:
    for name in ("a", "b"):
        ask(Recorded(), image, 1, tmp_path / name)
    assert (tmp_path / "a/i0-0.9.png").read_bytes() == (tmp_path / "b/i0-0.9.png").read_bytes()


def test_persistence_and_rates_by_hand() -> None:
    outcomes = {
        "t-0": ["failure", "failure", "unscored"],
        "t-1": ["failure", "correct", "invalid"],
        "t-2": ["unscored"] * 3,
    }
    ways = ("sampled", "paraphrased", "rescaled")
    repeats = pd.DataFrame(
        [(name, way, one) for name, given in outcomes.items() for way, one in zip(ways, given, strict=True)],
        columns=["rollout_id", "way", "outcome"],
    )
    found = persistence(repeats)
    assert found.to_dict() == {"t-0": 1.0, "t-1": 1 / 3}
    verdicts = pd.DataFrame({"rollout_id": [f"t-{number}" for number in range(5)]})
    verdicts["outcome"] = ["failure", "failure", "failure", "correct", "unscored"]
    verdicts["persists"] = verdicts["rollout_id"].map(found)
    assert repeat_rates(verdicts, repeats) == {
        "persistent_failures": 1,
        "persistent_share": 1 / 2,
        "persistent_failure_rate": 1 / 4,
        "failing_sampled": 1.0,
        "failing_paraphrased": 1 / 2,
        "failing_rescaled": 0.0,
        "repeats": 9,
        "repeat_errors": 4,
    }
