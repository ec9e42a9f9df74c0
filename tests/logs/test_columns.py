"""Which columns of a table are recognised, and the errors about those that are not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.errors import BlindspotError
from blindspot.logs import names
from blindspot.logs.columns import Columns
from blindspot.logs.names import plain
from tests.logs.files import notes, row, table


@pytest.mark.parametrize(
    ("columns", "reference", "answer"),
    [
        ({"Question": "q", "Answer": "a"}, [], "a"),
        ({"question": "q", "answer": "t", "prediction": "a"}, ["t"], "a"),
        ({"question": "q", "answer": "t", "model_answer": "a"}, ["t"], "a"),
        ({"question": "q", "answer": "a", "ground_truth": "t"}, ["t"], "a"),
        ({"question": "q", "answer": "a", "answers": ["t", "u"]}, ["t", "u"], "a"),
        ({"query": "q", "gt_answer": "t", "Model Response": "a"}, ["t"], "a"),
        ({"prompt": "q", "text": "a", "model_id": "m"}, [], "a"),
        ({"text": "q", "label": "t", "pred": "a"}, ["t"], "a"),
        ({"instruction": "q", "target": "t", "generatedText": "a"}, ["t"], "a"),
        ({"question": "q", "response": "long", "extracted_answer": "a", "gold": "t"}, ["t"], "a"),
    ],
)
def test_question_reference_and_answer(columns: dict[str, Any], reference: list[str], answer: str) -> None:
    found = row(table([columns]))
    assert (found["question"], found["references"], found["answer"]) == ("q", reference, answer)


def test_an_answer_without_reference_or_prediction_is_the_models_and_noted() -> None:
    frame = table([{"question": "q", "answer": "a"}])
    assert row(frame)["answer"] == "a" and "--reference answer" in notes(frame)


def test_raw_replies() -> None:
    assert row(table([{"question": "q", "answer": "a", "raw": "so: a", "reference": "t"}]))["raw"] == "so: a"
    assert row(table([{"question": "q", "answer": "a", "raw": "a", "reference": "t"}]))["raw"] is None
    parsed = row(table([{"question": "q", "parsed_answer": "a", "response": "so: a", "answer": "t"}]))
    assert parsed["raw"] == "so: a" and parsed["references"] == ["t"]


@pytest.mark.parametrize("name", [*names.WRONG, "Is Wrong", "error"])
def test_verdicts_that_say_wrong(name: str) -> None:
    assert table([{"question": "q", name: value} for value in (1, 0, None)])["wrong"].tolist()[:2] == [1, 0]


@pytest.mark.parametrize("name", names.CORRECT)
def test_verdicts_that_say_right_are_inverted(name: str) -> None:
    assert table([{"question": "q", name: value} for value in (1, 0, "true")])["wrong"].tolist() == [0, 1, 0]


def test_a_column_that_the_user_names_with_wrong_is_not_inverted() -> None:
    rows = [{"question": "q", "correct": 1}, {"question": "r", "correct": 0}]
    assert table(rows)["wrong"].tolist() == [0, 1]
    assert table(rows, wrong="correct")["wrong"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ([0, 1, "0", "1", 1.0, "1.0", True, False], [0, 1, 0, 1, 1, 1, 1, 0]),
        (["true", "FALSE", " yes ", "No", "T", "f"], [1, 0, 1, 0, 1, 0]),
        (["wrong", "correct", "Incorrect", "right"], [1, 0, 1, 0]),
        (["C", "I", "c", "i"], [0, 1, 0, 1]),
    ],
)
def test_values_of_a_verdict(values: list[Any], wrong: list[float]) -> None:
    rows = [{"question": f"q{number}", "v": value} for number, value in enumerate(values)]
    assert table(rows, wrong="v")["wrong"].tolist() == wrong


@pytest.mark.parametrize("value", [2, -1, 0.5, "maybe", "10", [1, 2], {"a": 1}])
def test_other_values_of_a_verdict_are_refused(value: Any) -> None:
    rows = [{"question": "q", "v": 1}, {"question": "r", "v": value}]
    with pytest.raises(BlindspotError, match=r"the frame, row 2: the column v has the value “.+”, which is not"):
        table(rows, wrong="v")


def test_missing_verdicts_are_neither_right_nor_wrong() -> None:
    rows = [{"question": "q", "wrong": value, "answer": "a"} for value in (1, None, "", "nan", float("nan"), "N/A")]
    frame = table(rows)
    assert frame["wrong"].isna().tolist() == [False, True, True, True, True, True] and frame["unscored"].isna().all()


def test_scores() -> None:
    rows = [{"question": "q", "answer": "a", "score": value} for value in (0, 0.3, 0.5, 1, "")]
    frame = table(rows)
    assert frame["wrong"].tolist()[:4] == [1, 1, 0, 0] and frame["wrong"].isna().tolist()[4]
    assert frame["score"].tolist()[:4] == [0, 0.3, 0.5, 1]
    assert table(rows, wrong_below=0.2)["wrong"].tolist()[:4] == [1, 0, 0, 0]
    assert table(rows, score="score", wrong_below=0.6)["wrong"].tolist()[:4] == [1, 1, 1, 0]


def test_shares_in_a_column_named_like_a_verdict_are_scores() -> None:
    frame = table([{"question": "q", "accuracy": value} for value in (0.3, 1.0, 0.9)])
    assert frame["wrong"].tolist() == [1, 0, 0] and frame["score"].tolist() == [0.3, 1.0, 0.9]


def test_scores_above_1_need_a_limit() -> None:
    rows = [{"question": "q", "answer": "a", "rating": value} for value in (1, 5)]
    frame = table(rows)
    assert frame["wrong"].isna().all() and "the column rating is not used" in notes(frame)
    assert table(rows, score="rating", wrong_below=3)["wrong"].tolist() == [1, 0]


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(BlindspotError, match=r"row 2: the column s has the value “high”, which is not a number"):
        table([{"question": "q", "s": 1}, {"question": "q", "s": "high"}], score="s")


def test_a_verdict_and_a_score_cannot_both_be_named() -> None:
    with pytest.raises(BlindspotError, match="--wrong and --correct and --score each name a verdict"):
        Columns(wrong="a", correct="b", score="c")


def test_a_column_can_be_named_as_wrong_or_as_correct() -> None:
    rows = [{"question": "q", "response": "a", "flag": value} for value in (0, 1)]
    assert table(rows, wrong="flag")["wrong"].tolist() == [0, 1]
    assert table(rows, correct="flag")["wrong"].tolist() == [1, 0]


def test_a_column_named_correct_with_texts_is_not_a_verdict() -> None:
    frame = table([{"question": "q", "correct": "a cat", "answer": "a dog"}])
    assert frame["wrong"].isna().all()


def test_a_label_of_0_and_1_is_not_taken_as_the_reference() -> None:
    rows = [{"question": "q", "response": "a", "label": value} for value in (0, 1)]
    assert table(rows)["references"].tolist() == [[], []] and "--wrong label" in notes(table(rows))
    assert table(rows, wrong="label")["wrong"].tolist() == [0, 1]
    assert table(rows, reference="label")["references"].tolist() == [["0"], ["1"]]


def test_texts_of_errors_say_why_there_is_no_answer() -> None:
    rows: list[dict[str, Any]] = [
        {"question": "q", "answer": "", "error": "HTTP 500\nretry later", "wrong": 1},
        {"question": "q", "answer": "a", "error": None, "wrong": 1},
        {"question": "q", "answer": "", "error": "", "wrong": ""},
    ]
    frame = table(rows)
    assert frame["unscored"].tolist() == ["error: HTTP 500 retry later", None, "no answer"]
    assert frame["wrong"].isna().tolist() == [True, False, True], "missing, wrong and crashed are three values"
    assert "1 row has an error instead of an answer and is unscored (the log gives 1 of them a verdict)" in notes(
        frame
    )


def test_rows_without_question_are_kept_and_reported() -> None:
    frame = table([{"question": "", "answer": "a", "wrong": 1}] * 2 + [{"question": "q", "answer": "a", "wrong": 0}])
    assert frame["unscored"].tolist() == ["no question", "no question", None]
    assert "2 rows have no question and are unscored" in notes(frame)


def test_an_empty_answer_with_a_verdict_keeps_it() -> None:
    found = row(table([{"question": "q", "answer": "", "wrong": 1}]))
    assert found["answer"] is None and found["wrong"] == 1 and found["unscored"] is None


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ([{"frage": "Was?", "answer": "a"}], {}, r"recognised as the question \(likely: frage; .* --question COL"),
        ([{"my_question": "q", "answer": "a"}], {}, r"likely: my_question"),
        ([{"x": "q", "answer": "a"}], {}, r"columns: x, answer\): name it with --question COL"),
        (
            [{"question": "q", "ok?": 1}],
            {},
            r"answer or a verdict \(likely: ok\?.*--answer COL, or --wrong",
        ),
        ([{"question": "q", "answr": "x"}], {}, r"likely: answr"),
        (
            [{"question": "q", "answer": "a"}],
            {"reference": "refrence"},
            r"no column refrence: give --reference",
        ),
        ([{"question": "q", "answer": "a"}], {"row_id": "key"}, r"no column key: give --id one of"),
        ([{"question": "q", "answer": "a"}], {"image_id": "key"}, r"give --image-id one of"),
        ([{"question": "q", "answer": "a"}], {"question": "questio"}, r"one of its columns: question$"),
    ],
)
def test_missing_columns_are_reported_with_candidates(
    rows: list[dict[str, Any]], columns: dict[str, str], message: str
) -> None:
    with pytest.raises(BlindspotError, match=message):
        table(rows, **columns)


def test_named_columns_win_over_usual_names() -> None:
    rows = [
        {"question": "q", "Frage": "F", "answer": "a", "antwort": "b", "id": 1, "nr": 9, "modell": "m", "bild": "i"}
    ]
    named = {"question": "Frage", "answer": "antwort", "row_id": "nr", "model": "modell", "image_id": "bild"}
    found = row(table(rows, **named))
    assert found["question"] == "F" and found["answer"] == "b" and found["row_id"] == "9" and found["model"] == "m"
    assert found["image_id"] == "i" and found["references"] == ["a"]


def test_question_id_is_an_id_of_the_row_and_not_of_the_image() -> None:
    found = row(table([{"question_id": 5, "question": "q", "answer": "a"}]))
    assert found["row_id"] == "5" and found["image_id"] is None
    assert row(table([{"imageId": 7, "question": "q", "answer": "a"}]))["image_id"] == "7"


def test_two_columns_with_one_name_are_refused() -> None:
    import pandas as pd

    from blindspot.logs.read import from_frame

    with pytest.raises(BlindspotError, match="two columns question"):
        from_frame(pd.DataFrame([["a", "b"]], columns=["question", "question"]), Columns(), "m")


@given(st.text(max_size=30))
def test_plain_names_stay_as_they_are(name: str) -> None:
    assert plain(plain(name)) == plain(name)


@pytest.mark.parametrize("name", ["imageId", "Image ID", "image-id", " image_id ", "image.id", "IMAGE_ID"])
def test_plain_names(name: str) -> None:
    assert plain(name) == "image_id"
