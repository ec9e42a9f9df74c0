"""Logs that lmms-eval wrote, and forms of other versions."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.errors import BlindspotError
from tests.logs.files import DATA, notes, read, row, write_jsonl

VERSIONS = {"0.7.3": DATA / "lmms_eval_0.7.3" / "shapes-model", "0.3.5": DATA / "lmms_eval_0.3.5"}
OPTIONS = {"A": "red", "B": "green", "C": "blue", "D": "black"}


def log_of(version: str, task: str) -> Path:
    [path] = VERSIONS[version].glob(f"*_samples_{task}.jsonl")
    return path


def sample(**fields: Any) -> dict[str, Any]:
    return {"doc_id": 0, "target": "red", "filtered_resps": ["red"], "input": "What colour is it?", **fields}


@pytest.mark.parametrize("version", VERSIONS)
def test_open_questions(version: str) -> None:
    frame = read(log_of(version, "shapes_open"))
    assert frame["model"].unique().tolist() == ["shapes-model"]
    assert frame["row_id"].tolist() == [str(number) for number in range(10)]
    assert row(frame)["question"] == "What colour is the circle in drawing 0?"
    assert row(frame)["references"] == ["red"] and row(frame)["answer"] == "Red."
    assert row(frame)["options"] == {} and row(frame)["raw"] is None and row(frame)["unscored"] is None
    assert frame["wrong"].tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 1, 1]
    assert frame["score"].tolist() == [1, 0, 1, 0, 1, 0, 1, 0, 0, 0]


@pytest.mark.parametrize("version", VERSIONS)
def test_multiple_choice_with_the_score_inside_an_object(version: str) -> None:
    frame = read(log_of(version, "shapes_choice"))
    assert frame["options"].tolist() == [OPTIONS] * 10
    assert row(frame)["question"] == "What colour is the circle in drawing 0?"
    assert row(frame)["references"] == ["red", "A"] and row(frame)["answer"] == "A. red"
    assert frame["wrong"].mean() == pytest.approx(0.6), "shapes_score, not shapes_edit_distance"
    assert "shapes_score" in notes(frame)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_metric_with_the_parsed_answer_and_no_score(version: str) -> None:
    frame = read(log_of(version, "shapes_parsed"))
    assert row(frame)["answer"] == "A" and row(frame)["raw"] == "A. red"
    assert frame["wrong"].isna().all() and frame["unscored"].isna().all()


def test_multiple_choice_by_likelihood() -> None:
    """The log has losses, so the smallest is that of the model's answer: blue."""
    old = read(log_of("0.3.5", "shapes_likelihood"))
    assert set(old["answer"]) == {"C"} and row(old)["options"] == OPTIONS
    assert old["references"].tolist()[:2] == [["red", "A"], ["green", "B"]]
    assert old["wrong"].tolist() == [1, 1, 0, 1, 1, 1, 0, 1, 1, 1]
    new = read(log_of("0.7.3", "shapes_likelihood"))  # without doc, the options are unknown
    assert set(new["answer"]) == {"2"} and row(new)["references"] == ["0"]
    assert new["wrong"].tolist() == old["wrong"].tolist()


def test_log_likelihoods_are_negative_and_the_largest_is_the_answer(tmp_path: Path) -> None:
    pairs = [["-2.5", "False"], ["-0.5", "True"]]
    doc = {"question": "Which?", "choices": ["red", "blue"]}
    frame = read(write_jsonl(tmp_path / "samples_a.jsonl", [sample(doc=doc, filtered_resps=pairs, target="1", acc=1)]))
    assert row(frame)["answer"] == "B" and row(frame)["references"] == ["blue", "B"] and row(frame)["wrong"] == 0


def test_tasks_of_one_model_keep_their_ids_apart() -> None:
    frame = read(*sorted(VERSIONS["0.7.3"].glob("*.jsonl")))
    assert len(frame) == 40 and frame["row_id"].is_unique
    assert {"shapes_open/0", "shapes_choice/0"} <= set(frame["row_id"])


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ({"model_name": "org/vlm-7b", "config": {}}, "org/vlm-7b"),
        ({"config": {"model": "llava", "model_args": "device=cuda,pretrained=org/vlm,x=1"}}, "org/vlm"),
        ({"config": {"model": "llava", "model_args": {"pretrained": "org/vlm"}}}, "org/vlm"),
        ({"config": {"model": "llava", "model_args": ""}, "model_name": ""}, "llava"),
        ({"results": {}}, "org__vlm"),
        (None, "org__vlm"),
    ],
)
def test_the_models_name(tmp_path: Path, results: dict[str, Any] | None, expected: str) -> None:
    path = write_jsonl(tmp_path / "org__vlm" / "20250101_samples_gqa.jsonl", [sample()])
    if results is not None:
        path.with_name("20250101_results.json").write_text(json.dumps(results))
    assert row(read(path))["model"] == expected


def test_results_of_the_same_run_give_the_name(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "20250102_samples_gqa.jsonl", [sample()])
    for day, name in ((1, "first"), (2, "second")):
        (tmp_path / f"2025010{day}_results.json").write_text(json.dumps({"model_name": name}))
    assert row(read(path))["model"] == "second"


def test_vqa_keeps_the_answers_of_all_annotators(tmp_path: Path) -> None:
    answers = [{"answer": "red", "answer_id": number} for number in range(7)] + [{"answer": "pink"}] * 3
    doc = {"question": "What colour?", "answers": answers, "image_id": 42}
    [path] = [write_jsonl(tmp_path / "samples_vqa.jsonl", [sample(doc=doc, exact_match=0.3)])]
    frame = read(path)
    assert row(frame)["references"] == ["red"] * 7 + ["pink"] * 3
    assert row(frame)["image_id"] == "42" and row(frame)["wrong"] == 1 and row(frame)["score"] == 0.3
    assert row(read(path, wrong_below=0.2))["wrong"] == 0


def test_each_sample_takes_the_first_metric_that_it_has(tmp_path: Path) -> None:
    """MME gives a sample one of two metrics, depending on its category."""
    rows = [
        sample(doc_id=0, mme_perception_score={"question_id": "1", "category": "count", "score": 0.0}),
        sample(doc_id=1, mme_cognition_score={"question_id": "2", "category": "code", "score": 1.0}),
    ]
    frame = read(write_jsonl(tmp_path / "samples_mme.jsonl", rows))
    assert frame["wrong"].tolist() == [1, 0]
    assert "mme_perception_score, mme_cognition_score" in notes(frame)


def test_metrics_that_are_better_when_lower_are_not_used(tmp_path: Path) -> None:
    rows = [sample(wer=0.0, text_edit=1.0, own_distance=0.0)]
    path = write_jsonl(tmp_path / "d_samples_ocr.jsonl", rows)
    better = {"higher_is_better": {"ocr": {"own_distance": False}}, "config": {}, "model_name": "m"}
    (tmp_path / "d_results.json").write_text(json.dumps(better))
    assert pd.isna(row(read(path))["wrong"])
    assert row(read(path, score="own_distance"))["wrong"] == 1, "a named metric is used"


def test_a_metric_above_1_needs_a_limit(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "samples_chat.jsonl", [sample(gpt_eval=7.5), sample(doc_id=1, gpt_eval=3)])
    frame = read(path)
    assert frame["wrong"].isna().all() and "--score gpt_eval and --wrong-below" in notes(frame)
    assert read(path, score="gpt_eval", wrong_below=5)["wrong"].tolist() == [0, 1]


def test_unknown_metrics_and_fields_are_named(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "samples_a.jsonl", [sample(exact_match=1.0)])
    with pytest.raises(BlindspotError, match=r"no metric exact with a score: give --score one of: exact_match"):
        read(path, score="exact")
    with pytest.raises(BlindspotError, match=r"no column targe: give --reference one of its columns: target"):
        read(path, reference="targe")


def test_named_fields_of_the_sample_and_of_its_doc(tmp_path: Path) -> None:
    doc = {"question": "What?", "german": "Was?", "truth": "rot"}
    path = write_jsonl(tmp_path / "samples_a.jsonl", [sample(doc=doc, bad=1, exact_match=1.0)])
    found = row(read(path, question="german", reference="truth", wrong="bad"))
    assert found["question"] == "Was?" and found["references"] == ["rot"] and found["wrong"] == 1


def test_forms_of_other_versions(tmp_path: Path) -> None:
    harness = sample(arguments={"gen_args_0": {"arg_0": "Which colour?", "arg_1": {}}}, resps=[["It is red."]])
    del harness["input"]
    found = row(read(write_jsonl(tmp_path / "samples_a.jsonl", [harness])))
    assert found["question"] == "Which colour?" and found["answer"] == "red" and found["raw"] == "It is red."
    whole = {"args": {"model": "llava", "model_args": "pretrained=org/old"}, "logs": [sample(exact_match=1.0)]}
    (tmp_path / "gqa.json").write_text(json.dumps(whole))
    assert row(read(tmp_path / "gqa.json"))["model"] == "org/old"


def test_several_replies_are_reported(tmp_path: Path) -> None:
    frame = read(write_jsonl(tmp_path / "samples_a.jsonl", [sample(filtered_resps=["red", "blue"], exact_match=1)]))
    assert row(frame)["answer"] == "red" and json.loads(row(frame)["raw"]) == ["red", "blue"]
    assert "several replies" in notes(frame)


def test_aggregated_results_are_refused() -> None:
    [path] = VERSIONS["0.7.3"].glob("*_results.json")
    with pytest.raises(BlindspotError, match="aggregated results"):
        read(path)


def test_a_running_evaluation_is_read_without_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / log_of("0.7.3", "shapes_open").name
    shutil.copy(log_of("0.7.3", "shapes_open"), path)
    path.write_bytes(path.read_bytes()[:-30])
    frame = read(path)
    assert len(frame) == 9 and "line 10 is cut off" in notes(frame)
