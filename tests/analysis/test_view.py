"""What the pages of an analysis show."""

import pandas as pd
import pytest

import blindspot
from blindspot.analysis.view import ModelPage, compared, model_page
from tests.analysis.made_logs import KINDS, PLANTED, drawn


@pytest.fixture(scope="module")
def page() -> ModelPage:
    return model_page(blindspot.analyze(drawn(PLANTED)).models[0], ["a note"])


def test_rates_and_counts(page: ModelPage) -> None:
    log = drawn(PLANTED)
    assert (page.rate.part, page.rate.whole) == (int(log["wrong"].sum()), 1200)
    assert page.rate.low < page.rate.value < page.rate.high
    assert page.images == log["image_id"].nunique()
    assert page.held_out == int((page.analysis.rows["part"] == "held_out").sum())
    assert page.unscored == () and page.disputed == () and page.notes == ("a note",)


def test_a_mode_shows_failures_of_its_own(page: ModelPage) -> None:
    [mode] = page.modes
    assert mode.rate is not None and (mode.rate.part, mode.rate.whole) == (mode.record.failures, mode.record.asked)
    assert (mode.discovered.part, mode.discovered.whole) == (96, 144)
    assert len(mode.examples) == 12 and {one.outcome for one in mode.examples} == {"failure"}
    assert all(one.question.startswith("How many") and one.answer != one.reference for one in mode.examples)
    assert mode.example == mode.examples[0].question


def test_frequent_wrong_answers_are_counted(page: ModelPage) -> None:
    log = drawn(PLANTED)
    wrong = log[log["question"].str.startswith("How many") & (log["wrong"] == 1)]
    first = page.modes[0].frequent[0]
    counts = wrong.groupby(["reference", "prediction"]).size()
    assert counts[first.reference, first.answer] == first.failures == counts.max()


def test_options_are_shown_with_their_texts_and_counted_without_their_letters() -> None:
    log = drawn(PLANTED)
    turned = [place % 2 for place in range(len(log))]
    log["A"], log["B"] = (
        ["other" if turn == side else true for turn, true in zip(turned, log["reference"], strict=True)]
        for side in (0, 1)
    )
    letters = ["BA"[turn] for turn in turned]
    log["prediction"] = [
        f"The answer is {'AB'['BA'.index(letter)] if wrong else letter}."
        for letter, wrong in zip(letters, log["wrong"], strict=True)
    ]
    log["reference"] = letters
    [mode] = model_page(blindspot.analyze(log.drop(columns="wrong")).models[0], []).modes
    assert {one.answer for one in mode.examples} == {"A. other", "B. other"}
    assert {one.answer for one in mode.frequent} == {"other"}
    assert all(one.reference and one.reference[:3] in ("A. ", "B. ") for one in mode.examples)
    assert {one.reference for one in mode.frequent} <= {"1", "2", "3", "4"}


def test_reasons_of_unscored_answers_are_counted_and_rare_ones_joined() -> None:
    log = drawn(PLANTED)
    log["error"] = [f"timeout {place}" if place < 30 else "limit" if place < 50 else None for place in range(len(log))]
    unscored = model_page(blindspot.analyze(log).models[0], []).unscored
    assert unscored[0] == ("error: limit", 20) and unscored[-1] == ("for other reasons", 23)
    assert sum(count for _, count in unscored) == 50


def test_models_are_compared_on_the_same_kinds() -> None:
    weak, strong = drawn(PLANTED), drawn(dict.fromkeys(KINDS, 0.1))
    analysis = blindspot.analyze(pd.concat([strong.assign(model="strong"), weak.assign(model="weak")]))
    [row] = compared(analysis)
    assert row.name == "Counting questions" and row.statuses == (None, "confirmed")
    assert row.strengths == (None, "strong")
    first, second = row.rates
    assert first is not None and second is not None and first.value < 0.25 < second.value
    mode = analysis.models[1].modes[0]
    assert (second.part, second.whole) == (mode.failures, mode.asked)


def test_a_kind_that_a_model_was_not_asked_has_no_rate() -> None:
    weak = drawn(PLANTED).assign(model="weak")
    other = drawn(PLANTED).assign(model="other")
    other = other[~other["question"].str.startswith("How many")]
    [row] = compared(blindspot.analyze(pd.concat([weak, other])))
    assert row.rates[1] is None and row.statuses == ("confirmed", None)
