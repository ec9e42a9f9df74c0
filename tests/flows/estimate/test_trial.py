"""The time of a run, measured with its models."""

from pathlib import Path

import pytest
from PIL import Image

from blindspot.errors import BlindspotError
from blindspot.models.description import Planted, describe
from blindspot.params import CandidateParams, VerifierParams, read
from flows.estimate.parts import Part
from flows.estimate.show import sections_of
from flows.estimate.trial import SAMPLE, Seconds, measure, minutes_of, write_sample
from stages.prepare import Params as PrepareParams
from tests.images.photographs import save_unlike
from tests.project import REPOSITORY

SECONDS = Seconds(question=1.0, trained=3.0, answer=0.5, verdict=2.0, later_verdict=4.0)


def test_minutes_by_hand() -> None:
    explore = Part("explore", 60, generated=120, judged=60, launched=False)
    assert minutes_of(explore, SECONDS, 2) == 2 + 0.5 + 2
    assert minutes_of(Part("train: GRPO", 60, generated=60, judged=60, trains=True), SECONDS, 2) == (3 + 0.5 + 2) / 2
    assert minutes_of(Part("verify", 0, judged=60, launched=False), SECONDS, 2) == 4


def test_sampled_images_are_written_as_prepare_writes_them_and_unreadable_ones_are_skipped(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 12)
    (folder / "a.png").write_bytes(b"")
    images = write_sample(PrepareParams(source="folder", folder=str(folder), max_side=16), 0, tmp_path)
    assert [Image.open(image.path).size for image in images] == [(16, 11)] * SAMPLE
    for file in folder.glob("photo*"):
        file.write_bytes(b"")
    with pytest.raises(BlindspotError, match="no image can be read"):
        write_sample(PrepareParams(source="folder", folder=str(folder)), 0, tmp_path)


def test_every_model_of_the_embedded_run_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    values = read(Path("params.yaml"))
    images = write_sample(PrepareParams(source="scenes", image_size=48), 0, tmp_path)
    given = sections_of(values, "scenes", 10)
    judge = VerifierParams(kind="vlm", model="models/scenes-judge", prompts="configs/prompts/scenes.yaml")
    seconds = measure(given, judge, images)
    assert min(seconds.question, seconds.trained, seconds.answer, seconds.verdict) > 0
    assert seconds.later_verdict == seconds.verdict


def test_templates_and_the_oracle_take_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    values = read(Path("params.yaml"))
    values["train"]["base_model"] = values["harvest"]["base"] = "configs/models/templates.yaml"
    values["candidate"] = CandidateParams(model="configs/models/planted.yaml").model_dump()
    assert isinstance(describe(values["candidate"]["model"]), Planted)
    images = write_sample(PrepareParams(source="scenes"), 0, tmp_path)
    seconds = measure(sections_of(values, "scenes", 10), VerifierParams(kind="oracle"), images)
    assert seconds.trained == seconds.verdict == 0 and 0 < seconds.answer < 0.1
