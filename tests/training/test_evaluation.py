"""The evaluation of checkpoints."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture

from blindspot.errors import BlindspotError
from blindspot.images.image_set import write_image_set
from blindspot.images.sources import SourceParams, choose_source
from blindspot.judges.oracle import OracleVerifier
from blindspot.models.description import describe_local
from blindspot.protocols import ProposedQuestion
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.store import read_images
from blindspot.tracking import stage_run, store_uri
from blindspot.training.checkpoints_page import checkpoints_page
from blindspot.training.evaluation import Evaluator
from tests.project import meter


class Asks:
    identity = "asks"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        return [ProposedQuestion("how many things are there ?")] * len(images)


class Silent:
    identity = "silent"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        return [Answer("", Unscored.CUT_OFF)] * len(images)


def test_training_stops_if_most_questions_are_unscored(tmp_path: Path) -> None:
    images = [Image(str(number), Path("none.png"), "validation") for number in range(4)]
    spent = meter()
    evaluator = Evaluator(lambda _: Asks(), Silent(), OracleVerifier("invalid"), images, tmp_path, None, spent)
    with pytest.raises(BlindspotError, match=r"4 of 4 validation questions are unscored: cut off × 4"):
        evaluator.evaluate(0, describe_local("models/any", "start"))
    assert evaluator.found() == []
    assert spent.calls["candidate_calls"] == 4 and spent.calls["judge_calls"] == 0  # no answer is judged


class Answers:
    identity = "answers"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        return [Answer("7")] * len(images)


def test_checkpoints_are_compared_image_by_image_in_mlflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow import MlflowClient

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    write_image_set(*choose_source(SourceParams(source="scenes", image_size=48), 0), tmp_path / "images")
    images = read_images("validation", tmp_path / "images")[:3]
    with stage_run("toy", tmp_path, {}) as mlflow:
        parts = (lambda _: Asks(), Answers(), OracleVerifier("invalid"), images, tmp_path / "e", mlflow)
        evaluator = Evaluator(*parts, meter())
        for step in (0, 5):
            evaluator.evaluate(step, describe_local("models/any", "start"))
        evaluator.log_comparison()
    client = MlflowClient(store_uri(tmp_path))
    [run] = client.search_runs(["1"])
    text = Path(client.download_artifacts(run.info.run_id, "checkpoints.html", str(tmp_path))).read_text("utf-8")
    assert re.findall(r"<th>(.*?)(?:<|$)", text) == ["image", "step 0", "step 5"]
    rows = re.findall(r"<tr><td>(.*?)</tr>", text)
    counts = [len(json.loads(image.scene or "[]")) for image in images]
    for row, count in zip(rows, counts, strict=True):
        outcome = "correct" if count == 7 else "failure"
        assert row.startswith('<img src="data:image/png;base64,')
        cell = f'<b class="{outcome}">{outcome}</b><div dir="auto">how many things are there ?</div>'
        assert row.count(f"{cell}<small>answer: 7</small><small>true answer: {count}</small>") == 2


def test_texts_of_models_stay_text_and_large_pictures_are_small(tmp_path: Path) -> None:
    Picture.new("RGB", (900, 600)).save(tmp_path / "a.png")
    one: dict[str, list[Any]] = {"question": ["<b>&"], "answer": ["<script>"], "reference": [None]}
    one |= {"outcome": ["unscored"], "image": [str(tmp_path / "a.png")]}
    text = checkpoints_page({5: one}, {5: {"failure_rate": None}})
    assert "&lt;b&gt;&amp;" in text and "&lt;script&gt;" in text and "<script" not in text
    assert "true answer" not in text and "data:image/jpeg" in text and len(text) < 5000
