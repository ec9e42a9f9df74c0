"""Failure modes of evaluation logs that are drawn with known error rates."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import blindspot
from blindspot.analysis.analyze import analyze_logs, fewest
from blindspot.errors import BlindspotError
from blindspot.records.failure_mode import FailureMode
from tests.analysis.made_logs import FLAT, KINDS, PLANTED, drawn


@pytest.fixture(scope="module")
def planted() -> blindspot.ModelAnalysis:
    """The analysis of a log in which counting questions are wrong at 70 % and others at 10 %.

    Seed fixed: of 10 logs with other seeds, 7 have this mode alone. The others have two modes with parts of it.
    """
    [model] = blindspot.analyze(drawn(PLANTED)).models
    return model


def counting(rows: pd.DataFrame) -> pd.Series:
    return rows["question"].str.startswith("How many")


def test_a_planted_weakness_is_found_and_confirmed_at_its_rate(planted: blindspot.ModelAnalysis) -> None:
    [mode] = planted.confirmed
    assert mode.features == ("counting",) and mode.name == "Counting questions"
    # The interval is about 0.23 wide, so that this fails for correct code with probability 3e-4 over seeds (normal).
    assert mode.low - 0.1 < 0.7 < mode.high + 0.1 and mode.high - mode.low < 0.3
    assert planted.threshold == 0.25 and planted.note is None


def test_the_figures_come_from_the_held_out_questions_only(planted: blindspot.ModelAnalysis) -> None:
    held_out, other = (planted.rows[planted.rows["part"] == part] for part in ("held_out", "discovery"))
    [mode] = planted.modes
    counted = [(int(counting(rows).sum()), int(rows.loc[counting(rows), "wrong"].sum())) for rows in (held_out, other)]
    assert counted == [(mode.asked, mode.failures), (mode.discovered_asked, mode.discovered_failures)]
    # Fails for correct code with probability 5e-6 over seeds (normal: 12 logs have a standard deviation of 0.0101).
    assert 0.25 < len(held_out) / len(planted.rows) < 0.35


def test_held_out_answers_do_not_change_what_is_discovered(planted: blindspot.ModelAnalysis) -> None:
    log = drawn(PLANTED)
    held_out = {*planted.rows.loc[planted.rows["part"] == "held_out", "row_id"]}
    right = log.assign(wrong=[0 if row in held_out else wrong for row, wrong in zip(log.id, log.wrong, strict=True)])
    [found] = blindspot.analyze(right, threshold=0.25).models
    assert [mode.features for mode in found.modes] == [mode.features for mode in planted.modes]
    assert [mode.status for mode in found.modes] == ["not_confirmed"] and found.modes[0].failures == 0


def test_no_image_is_in_both_parts(planted: blindspot.ModelAnalysis) -> None:
    assert (planted.rows.groupby("image_id")["part"].nunique() == 1).all()
    assert {*planted.rows["part"]} == {"discovery", "held_out"}


def test_without_images_the_same_question_is_in_one_part() -> None:
    log = drawn(PLANTED).drop(columns="image_id")
    log["question"] = [text.upper() if place % 2 else f" {text}  " for place, text in enumerate(log["question"])]
    [model] = blindspot.analyze(log).models
    assert (model.rows.groupby(model.rows["question"].str.lower().str.strip())["part"].nunique() == 1).all()


def test_modes_list_the_questions_that_they_contain(planted: blindspot.ModelAnalysis) -> None:
    inside = planted.rows["modes"].map(bool)
    assert (inside == counting(planted.rows)).all()
    assert {*planted.modes[0].examples} <= {*planted.rows.loc[inside & (planted.rows["wrong"] == 1), "row_id"]}
    first = planted.rows.set_index("row_id").loc[planted.modes[0].examples[0]]
    assert first["part"] == "held_out"


def test_logs_without_a_weakness_seldom_have_a_confirmed_mode() -> None:
    """Fails for correct code with probability below 7e-3 over seeds.

    Binomial of 40 logs at 0.95 %, the upper limit (95 %) for none of 316 logs with other seeds.
    """
    confirmed = sum(bool(blindspot.analyze(drawn(FLAT, seed, 600, 300)).models[0].confirmed) for seed in range(40))
    assert confirmed <= 2  # 5 %


def test_the_split_is_that_of_the_image_whatever_the_model_and_the_order(tmp_path: Path) -> None:
    for number, name in enumerate(("one", "other")):
        drawn(PLANTED, number).to_csv(tmp_path / f"{name}.csv", index=False)
    files = [tmp_path / "one.csv", tmp_path / "other.csv"]
    parts: dict[str, set[str]] = {}
    for order in (files, files[::-1]):
        for model in analyze_logs(order).models:
            for image, part in zip(model.rows["image_id"], model.rows["part"], strict=True):
                parts.setdefault(image, set()).add(part)
    assert len(parts) > 500 and all(len(found) == 1 for found in parts.values())


def test_the_order_of_the_rows_makes_no_difference(planted: blindspot.ModelAnalysis) -> None:
    shuffled = drawn(PLANTED).sample(frac=1, random_state=4)
    [model] = blindspot.analyze(shuffled).models
    assert [counts(mode) for mode in model.modes] == [counts(mode) for mode in planted.modes]
    assert [mode.p_value for mode in model.modes] == pytest.approx([mode.p_value for mode in planted.modes])


def counts(mode: FailureMode) -> tuple[object, ...]:
    found = (mode.discovered_asked, mode.discovered_failures)
    return (mode.features, mode.status, mode.asked, mode.failures, *found)


def test_the_same_log_gives_the_same_bytes(tmp_path: Path) -> None:
    pages = [blindspot.analyze(drawn(PLANTED)).write(tmp_path / name) for name in ("first", "second")]
    first, second = (
        {one.relative_to(page.parents[1]): one.read_bytes() for one in page.parents[1].rglob("*.*")} for page in pages
    )
    assert len(first) == 3 and first == second


def test_the_threshold_is_at_least_the_error_rate_of_the_model() -> None:
    [model] = blindspot.analyze(drawn(dict.fromkeys(KINDS, 0.5) | {"counting": 0.95})).models
    assert model.threshold == float((model.scored["outcome"] == "failure").mean()) > 0.5
    assert [mode.features for mode in model.confirmed] == [("counting",)]
    assert blindspot.analyze(drawn(PLANTED), threshold=0.4).models[0].threshold == 0.4


@pytest.mark.parametrize("threshold", [0, 1, -1, 1.5, math.nan, math.inf])
def test_a_threshold_must_be_between_0_and_1(threshold: float) -> None:
    with pytest.raises(BlindspotError, match=r"threshold .* is not between 0 and 1: give"):
        blindspot.analyze(drawn(FLAT, rows=20), threshold=threshold)


def test_each_model_has_an_analysis_of_its_own() -> None:
    log = pd.concat([drawn(PLANTED).assign(model="weak"), drawn(dict.fromkeys(KINDS, 0.1)).assign(model="strong")])
    weak, strong = blindspot.analyze(log).models
    assert (weak.model, len(weak.rows), len(weak.confirmed)) == ("weak", 1200, 1)
    assert (strong.model, strong.modes) == ("strong", ()) and strong.note is not None


def test_references_grade_the_answers_of_a_log_without_a_verdict(planted: blindspot.ModelAnalysis) -> None:
    [model] = blindspot.analyze(drawn(PLANTED).drop(columns="wrong")).models
    assert (model.rows["outcome"] == planted.rows["outcome"]).all()


def test_the_frame_is_not_modified_and_its_index_does_not_matter(planted: blindspot.ModelAnalysis) -> None:
    log = drawn(PLANTED)
    log.index = pd.Index(["same"] * len(log))
    before = log.copy()
    [model] = blindspot.analyze(log).models
    pd.testing.assert_frame_equal(log, before)
    assert model.modes == planted.modes


@pytest.mark.parametrize(
    "types",
    [
        {"question": "category", "reference": "category", "image_id": "category"},
        {"question": "string[pyarrow]", "wrong": "Int64", "image_id": "string[pyarrow]"},
        {"wrong": "boolean", "prediction": "string[python]"},
        {"wrong": "double[pyarrow]"},
    ],
    ids=["categories", "pyarrow and Int64", "boolean", "pyarrow numbers"],
)
def test_any_dtypes_are_read(types: dict[str, str], planted: blindspot.ModelAnalysis) -> None:
    [model] = blindspot.analyze(drawn(PLANTED).astype(types)).models
    assert model.modes == planted.modes


def test_missing_values_of_extension_types_are_unscored() -> None:
    log = drawn(PLANTED).astype({"wrong": "Int64"}).drop(columns=["reference", "prediction"])
    log.loc[:9, "wrong"] = pd.NA
    [model] = blindspot.analyze(log).models
    assert [*model.rows["outcome"].head(10)] == ["unscored"] * 10 and len(model.scored) == 1190


def test_columns_with_other_names() -> None:
    names = {"question": "frage", "reference": "soll", "prediction": "ist", "wrong": "falsch", "image_id": "bild"}
    log = drawn(PLANTED).rename(columns=names)
    with pytest.raises(BlindspotError, match="likely: frage"):
        blindspot.analyze(log)
    columns = blindspot.Columns(question="frage", reference="soll", answer="ist", wrong="falsch", image_id="bild")
    assert len(blindspot.analyze(log, columns).models[0].confirmed) == 1


def without_failures(log: pd.DataFrame) -> pd.DataFrame:
    return log.assign(wrong=0)


def all_wrong(log: pd.DataFrame) -> pd.DataFrame:
    return log.assign(wrong=1)


def one_question(log: pd.DataFrame) -> pd.DataFrame:
    again = log.drop(columns="image_id").assign(question="How many dogs are there?")
    return again.head(500)


def one_image(log: pd.DataFrame) -> pd.DataFrame:
    return log.assign(image_id="placeholder")


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (without_failures, "None of the 1,200 scored answers is wrong."),
        (all_wrong, "All scored answers are wrong, so no kind of question has a higher error rate than the others."),
        (one_question, "All questions are about one image, or are the same question. They cannot be split"),
        (one_image, "All questions are about one image, or are the same question. They cannot be split"),
        (lambda log: log.head(3), "At least 10 are needed, because a mode has at least 5."),
    ],
    ids=["no failure", "all wrong", "one question", "one image", "three rows"],
)
def test_a_log_without_modes_says_why(change: Any, note: str) -> None:
    [model] = blindspot.analyze(change(drawn(PLANTED))).models
    assert model.modes == () and model.note is not None and note in model.note


def test_without_a_significant_kind_the_note_states_the_threshold() -> None:
    [model] = blindspot.analyze(drawn(dict.fromkeys(KINDS, 0.1))).models
    assert model.note is not None and "significantly above 25\u00a0%. 8" in model.note


def test_if_no_image_is_held_out_no_mode_can_be_confirmed() -> None:
    log = drawn(PLANTED)
    [model] = blindspot.analyze(log.assign(image_id=[f"i{place % 3}" for place in range(len(log))])).models
    assert [mode.status for mode in model.modes] == ["too_few"] and math.isnan(model.modes[0].error_rate)
    assert model.note == "No mode can be confirmed: the questions are about 3 images, and none of them is held out."


@pytest.mark.parametrize("lost", ["reference", "prediction"])
def test_a_log_that_cannot_be_scored_is_an_error(lost: str) -> None:
    log = drawn(PLANTED, rows=50).drop(columns="wrong").assign(**{lost: None})
    with pytest.raises(BlindspotError, match=r"none of the 50 answers can be scored \(no .*--wrong"):
        blindspot.analyze(log)


def test_questions_that_are_not_english_are_reported() -> None:
    log = drawn(PLANTED)
    chinese = log.assign(question=[f"图中的第{place % 40}个物体是什么？" for place in range(len(log))])
    assert any("only English is read" in note for note in blindspot.analyze(chinese).notes)
    assert blindspot.analyze(log).notes == ()


def test_rows_without_a_question_are_unscored() -> None:
    log = drawn(PLANTED)
    log.loc[::3, "question"] = np.nan
    analysis = blindspot.analyze(log)
    assert (analysis.models[0].rows["outcome"] == "unscored").sum() == 400
    assert any("400 rows have no question" in note for note in analysis.notes)


def test_half_of_the_rows_without_image_are_split_by_question() -> None:
    log = drawn(PLANTED)
    log.loc[::2, "image_id"] = None
    [model] = blindspot.analyze(log).models
    assert ("counting",) in [mode.features for mode in model.confirmed]
    assert model.rows["unit"].str.startswith("question ").sum() == 600


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    rows = drawn(PLANTED, rows=60).to_dict("records")
    rows[0] |= {"question": "How many \ud800 dogs?", "id": "\udfff", "prediction": "\ud83d\ude00 \ud800"}
    rows[1] |= {"id": "\ud801", "reference": "\ud802", "model": "m\ud800"}
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    analysis = analyze_logs([tmp_path / "log.jsonl"])
    first = analysis.models[0].rows.iloc[0]
    assert (first["question"], first["answer"]) == ("How many \ufffd dogs?", "\U0001f600 \ufffd")
    assert {model.model for model in analysis.models} == {"log", "m\ufffd"}
    assert analysis.write(tmp_path / "out").is_file()


def test_a_small_log_has_smaller_modes() -> None:
    assert [fewest(questions) for questions in (0, 100, 200, 400, 4000, 20000)] == [5, 5, 10, 20, 20, 100]


def test_many_unclear_answers_are_reported() -> None:
    answers = ["The large star is a large blue circle.", "Blue.", "Green."]
    frame = pd.DataFrame({"question": "What colour is the star?", "reference": "blue", "answer": answers * 10})
    [note] = [note for note in blindspot.analyze(frame).notes if "unclear" in note]
    assert note.startswith("10 answers of model are unclear") and "--judge" in note
    assert not [note for note in blindspot.analyze(frame[frame["answer"] != answers[0]]).notes if "unclear" in note]
