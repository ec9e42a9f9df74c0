"""Notes about a log whose columns are probably read in a wrong way."""

import pandas as pd
import pytest

import blindspot
from tests.analysis.made_logs import PLANTED, drawn


def notes(log: pd.DataFrame, **columns: str) -> str:
    return "\n".join(blindspot.analyze(log, blindspot.Columns(**columns)).notes)  # type: ignore[arg-type]


def test_two_models_that_are_read_as_one_are_reported() -> None:
    both = pd.concat([drawn(PLANTED), drawn(PLANTED, seed=1)])
    both["id"], both["question"] = range(len(both)), [*drawn(PLANTED)["question"]] * 2
    both["image_id"] = [*drawn(PLANTED)["image_id"]] * 2
    both["vlm"] = ["first"] * 1200 + ["second"] * 1200
    said = "rows of model repeat a question about the same image: if several models gave the answers, name the column"
    assert said in notes(both)
    assert notes(both, model="vlm") == ""


def test_repeated_questions_without_an_image_are_reported() -> None:
    log = drawn(PLANTED)
    log["question"] = [f"How many dogs are in picture {place % 300}?" for place in range(len(log))]
    assert "900 of 1,200 rows of model repeat a question and have no image: name the column of the images" in notes(
        log.drop(columns="image_id").assign(photo_file=log["image_id"])
    )
    assert "repeat" not in notes(log.assign(image_id=range(len(log))))


def test_the_same_question_with_other_options_is_not_repeated() -> None:
    log = pd.DataFrame(
        {"question": "Which?", "A": [f"a{row}" for row in range(40)], "B": "b", "answer": "A", "reference": "B"}
    ).assign(image_id="one", prediction="A")
    assert "repeat" not in notes(log)


@pytest.mark.parametrize("column", ["wrong", "correct"])
def test_a_verdict_that_means_the_opposite_is_reported(column: str) -> None:
    log = drawn(PLANTED)
    other = log.drop(columns="wrong").assign(verdict=log["wrong"] if column == "correct" else 1 - log["wrong"])
    assert "contradict the references on 100" in notes(other, **{column: "verdict"})
    right = {"correct": "wrong", "wrong": "correct"}[column]
    assert notes(other, **{right: "verdict"}) == ""
