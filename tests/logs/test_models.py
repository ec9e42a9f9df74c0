"""Tables with the answers of several models."""

from tests.logs.files import table


def test_a_column_for_the_model() -> None:
    rows = [{"model": name, "question": "q", "answer": "a"} for name in ("x", "y", "")]
    assert table(rows)["model"].tolist() == ["x", "y", "the-model"]


def test_columns_for_several_models() -> None:
    rows = [
        {
            **{"id": 3, "question": "q", "reference": "t", "answer_type": "other", "answer_id": 9},
            **{"answer_gpt-4o": "a", "wrong_gpt-4o": 1, "raw_gpt-4o": "so: a"},
            **{"answer_llava_1.5": "t", "wrong_llava_1.5": 0},
        }
    ]
    frame = table(rows)
    assert frame["model"].tolist() == ["gpt-4o", "llava_1.5"] and frame["row_id"].tolist() == ["3", "3"]
    assert frame["answer"].tolist() == ["a", "t"] and frame["raw"].tolist() == ["so: a", None]
    assert frame["wrong"].tolist() == [1, 0] and frame["references"].tolist() == [["t"], ["t"]]
    assert table(rows, answer="answer_gpt-4o", wrong="wrong_gpt-4o")["model"].tolist() == ["the-model"]


def test_scores_and_right_verdicts_of_several_models() -> None:
    rows = [{"question": "q", "answer": "t", "answer_m1": "a", "score_m1": 0.2, "answer_m2": "b", "correct_m2": 1}]
    frame = table(rows)
    assert frame["wrong"].tolist() == [1, 0] and frame["score"].tolist()[0] == 0.2
    assert frame["references"].tolist() == [["t"], ["t"]], "beside the models' answers, answer is the reference"


def test_answers_of_several_models_without_verdicts() -> None:
    rows = [{"question": "q", "answer": "t", "answer_gpt": "a", "answer_llava": "b", "answer_type": "number"}]
    frame = table(rows)
    assert frame["model"].tolist() == ["gpt", "llava"] and frame["wrong"].isna().all()


def test_columns_that_only_look_like_those_of_models() -> None:
    rows = [{"question": "q", "answer": "a", "reference": "t", "answer_type": "x", "answer_id": 1, "score_type": "y"}]
    assert table(rows)["model"].tolist() == ["the-model"]
