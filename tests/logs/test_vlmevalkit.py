"""Result tables of VLMEvalKit."""

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.errors import BlindspotError
from blindspot.logs.vlmevalkit import model_and_data
from tests.logs.files import notes, read, row


def result(**fields: Any) -> dict[str, Any]:
    first = {"index": 7, "question": "What colour is the star?", "A": "red", "B": "blue", "C": None, "D": None}
    return {**first, "answer": "A", "category": "colour", "prediction": "B. blue", "hit": 0, **fields}


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(list(rows))
    if path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("ending", ["xlsx", "tsv", "csv"])
def test_multiple_choice(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"Qwen2-VL-7B_MMBench_DEV_EN.{ending}", result(), result(index=8, prediction="A", hit=1))
    frame = read(path)
    assert row(frame)["model"] == "Qwen2-VL-7B" and frame["row_id"].tolist() == ["7", "8"]
    assert row(frame)["options"] == {"A": "red", "B": "blue"} and row(frame)["references"] == ["red", "A"]
    assert row(frame)["answer"] == "B. blue" and frame["wrong"].tolist() == [1, 0]


def test_open_questions_have_a_list_of_answers(tmp_path: Path) -> None:
    rows = [
        {"index": 0, "question": "What is it?", "answer": "['star', 'a star']", "prediction": "NA", "eval_score": 0.3},
        {"index": 1, "question": "And this?", "answer": "42", "prediction": 42, "eval_score": 1},
    ]
    frame = read(write(tmp_path / "llava_v1.5_7b_TextVQA_VAL.xlsx", *rows))
    assert frame["model"].tolist() == ["llava_v1.5_7b"] * 2
    assert frame["references"].tolist() == [["star", "a star"], ["42"]] and frame["answer"].tolist() == ["NA", "42"]
    assert frame["wrong"].tolist() == [1, 0] and frame["score"].tolist() == [0.3, 1]


def test_failed_calls_are_unscored(tmp_path: Path) -> None:
    failed = result(prediction="Failed to obtain answer via API.")
    frame = read(write(tmp_path / "GPT4o_MME.xlsx", failed, result(index=8)))
    assert row(frame)["unscored"] == "error: Failed to obtain answer via API." and row(frame)["answer"] is None
    assert math.isnan(row(frame)["wrong"]) and "the log gives 1 of them a verdict" in notes(frame)


def test_an_image_may_refer_to_another_row(tmp_path: Path) -> None:
    picture = "iVBORw0KGgo" + "A" * 300
    frame = read(write(tmp_path / "m_POPE.tsv", result(image=picture), result(index=8, image="7")))
    assert frame["image"].tolist() == [picture, picture] and frame["image_id"].nunique() == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("MiniCPM-V-2_6_MMBench_DEV_EN_V11.xlsx", ("MiniCPM-V-2_6", "MMBench_DEV_EN_V11")),
        ("GPT4o_MMBench_DEV_EN_openai_result.xlsx", ("GPT4o", "MMBench_DEV_EN")),
        ("GPT4o_MathVista_MINI_gpt-4-turbo_score.xlsx", ("GPT4o", "MathVista_MINI")),
        ("outputs/my_vlm/my_vlm_OwnData.xlsx", ("my_vlm", "OwnData")),
        ("outputs/my_vlm/T20250101_Gabc/my_vlm_OwnData.xlsx", ("my_vlm", "OwnData")),
        ("vlm_blindspot_GQA_openended.xlsx", ("vlm", "blindspot_GQA_openended")),
        ("results.xlsx", None),
    ],
)
def test_the_file_name_gives_model_and_data_set(path: str, expected: tuple[str, str] | None) -> None:
    assert model_and_data(Path(path)) == expected


def test_an_unknown_name_is_the_models(tmp_path: Path) -> None:
    assert row(read(write(tmp_path / "results.xlsx", result())))["model"] == "results"


def test_predictions_and_verdicts_of_the_same_answers_are_refused(tmp_path: Path) -> None:
    without = {key: value for key, value in result().items() if key != "hit"}
    one = write(tmp_path / "GPT4o_MMBench_DEV_EN.xlsx", without)
    two = write(tmp_path / "GPT4o_MMBench_DEV_EN_openai_result.xlsx", result())
    with pytest.raises(BlindspotError, match="both hold the answers of GPT4o to MMBench_DEV_EN: give the one with"):
        read(one, two)
    assert row(read(two))["wrong"] == 1


def test_two_models_and_two_data_sets(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / f"{model}_{data}.csv", result(question=f"What is in {data}?", prediction=model))
        for model in ("vlm-a", "vlm-b")
        for data in ("MME", "POPE")
    ]
    frame = read(*paths)
    assert frame.groupby("model")["row_id"].apply(list).to_dict() == {
        "vlm-a": ["MME/7", "POPE/7"],
        "vlm-b": ["MME/7", "POPE/7"],
    }
