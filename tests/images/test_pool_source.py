"""A pool of questions: the questions and images that are read from files of several forms, and what is left out."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pictures

from blindspot.errors import BlindspotError
from blindspot.images.pool_source import PoolSource
from blindspot.records.image import SourceImage
from tests.logs.files import write_csv, write_jsonl


def picture(path: Path, colour: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pictures.new("RGB", (20, 16), colour).save(path)
    return path


def encoded(colour: str) -> str:
    Pictures.new("RGB", (200, 160), colour).save(buffer := io.BytesIO(), "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def read(file: Path, folder: Path, references: Path | None = None) -> tuple[PoolSource, list[SourceImage]]:
    source = PoolSource(file, references, folder, 64)
    return source, [*source.images()]


def colours(images: list[SourceImage]) -> list[Any]:
    return [image.open().getpixel((1, 1)) for image in images]


def test_a_table_names_images_by_their_paths(tmp_path: Path) -> None:
    picture(tmp_path / "images/a.png", "red")
    picture(tmp_path / "images/b.png", "blue")
    rows = [
        {"question": "What colour is it?", "answer": "red", "image": "a.png"},
        {"question": "Is it blue?", "answer": "no", "image": "a.png"},
        {"question": "Is it blue?", "answer": "yes", "image": "b.png"},
        {"question": "Is it blue?", "answer": "no", "image": "a.png"},
        {"question": "Is it green?", "answer": "", "image": "b.png"},
        {"question": "", "answer": "no", "image": "b.png"},
    ]
    source, images = read(write_csv(tmp_path / "pool.csv", rows), tmp_path / "images")
    assert colours(images) == [(255, 0, 0), (0, 0, 255)]
    assert [(one.question, one.reference) for one in source.questions] == [
        ("What colour is it?", "red"),
        ("Is it blue?", "no"),
        ("Is it blue?", "yes"),
    ]
    assert source.questions[0].image_id == images[0].image_id != images[1].image_id == source.questions[2].image_id
    said = "\n".join(source.notes)
    assert "1 rows without a true answer" in said and "1 rows without a question" in said and "1 rows repeat" in said


def test_vqa_has_its_answers_in_a_second_file_and_names_images_by_number(tmp_path: Path) -> None:
    picture(tmp_path / "val/COCO_val2014_000000000042.jpg", "white")
    questions = [{"image_id": 42, "question": "Is it white?", "question_id": 420}]
    answers = [{"answer": text, "answer_confidence": "yes", "answer_id": 1} for text in ("yes", "yes", "no")]
    annotations = [{"question_id": 420, "image_id": 42, "multiple_choice_answer": "yes", "answers": answers}]
    (tmp_path / "questions.json").write_text(json.dumps({"info": {}, "questions": questions}))
    (tmp_path / "annotations.json").write_text(json.dumps({"info": {}, "annotations": annotations}))
    source, images = read(tmp_path / "questions.json", tmp_path / "val", tmp_path / "annotations.json")
    assert [image.image_id for image in images] == ["42"]
    [one] = source.questions
    assert one.references == ("yes", "yes", "no") and one.question_id == "420"


def test_gqa_is_an_object_by_id(tmp_path: Path) -> None:
    picture(tmp_path / "images/2374257.jpg", "red")
    (tmp_path / "gqa.json").write_text(
        json.dumps({"201": {"imageId": "2374257", "question": "Who is it?", "answer": "man", "types": {"a": "b"}}})
    )
    source, images = read(tmp_path / "gqa.json", tmp_path / "images")
    assert [image.image_id for image in images] == ["2374257"]
    assert [(one.question_id, one.reference) for one in source.questions] == [("201", "man")]


def test_a_table_of_a_benchmark_holds_its_images_and_options(tmp_path: Path) -> None:
    rows = [
        {"index": 0, "question": "Which?", "A": "cat", "B": "dog", "answer": "B", "image": encoded("red")},
        {"index": 1, "question": "Which one?", "A": "cat", "B": "dog", "answer": "A", "image": encoded("red")},
    ]
    source, images = read(write_csv(tmp_path / "MMBench.tsv", rows, "\t"), tmp_path)
    assert colours(images) == [(255, 0, 0)] and images[0].open().size == (64, 51)
    first = source.questions[0]
    assert first.references == ("dog", "B") and first.text == "Which?\nA. cat\nB. dog"


def test_a_log_of_another_model_is_a_pool(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", "red")
    row = {"question": "Is it red?", "reference": "yes", "prediction": "no", "image": "a.png"}
    source, _ = read(write_jsonl(tmp_path / "log.jsonl", [{**row, "model": name} for name in ("m", "n")]), tmp_path)
    assert [one.reference for one in source.questions] == ["yes"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"question": "Is it?", "reference": "", "image": "a.png"}], "no question with a true answer and an image"),
        ([{"question": "Is it?", "reference": "yes", "image": "c.png"}], "c.png, which is missing"),
        ([{"question": "Is it?", "reference": "yes", "image": "../b.png"}], "leads out"),
        ([{"question": "Is it?", "reference": "yes", "image": "http://x.org/a.png"}], "is a URL"),
        ([{"question": "Is it?", "reference": "yes", "image_id": "7"}], "7"),
        ([{"text": "Is it?", "reference": "yes", "other": "7"}], "true answer and an image"),
    ],
)
def test_bad_pools_are_refused_in_one_sentence(tmp_path: Path, rows: list[dict[str, str]], said: str) -> None:
    picture(tmp_path / "b.png", "red")
    picture(tmp_path / "images/a.png", "red")
    with pytest.raises(BlindspotError, match=said) as error:
        read(write_csv(tmp_path / "pool.csv", rows), tmp_path / "images")
    assert "\n" not in str(error.value)


def test_files_of_different_data_sets_are_refused(tmp_path: Path) -> None:
    (tmp_path / "q.json").write_text(json.dumps([{"image_id": 1, "question": "Is it?", "question_id": 1}]))
    (tmp_path / "a.json").write_text(json.dumps([{"question_id": 2, "answers": ["yes"]}]))
    with pytest.raises(BlindspotError, match=r"no question of .* has an answer in"):
        read(tmp_path / "q.json", tmp_path, tmp_path / "a.json")
