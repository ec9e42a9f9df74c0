"""How sure the failure modes of a log are: recurrence, strength of the evidence, overlap with other modes."""

from dataclasses import replace

import pytest

import blindspot
from blindspot.analysis.analyze import analyze_answers
from blindspot.logs.columns import Columns
from blindspot.logs.read import from_frame
from tests.analysis.made_logs import PLANTED, drawn


@pytest.fixture(scope="module")
def planted() -> blindspot.ModelAnalysis:
    """The analysis of a log in which counting questions are wrong at 70 % and others at 10 %."""
    [model] = blindspot.analyze(drawn(PLANTED)).models
    return model


def test_a_planted_weakness_is_found_again_in_every_resample_and_the_evidence_is_strong(
    planted: blindspot.ModelAnalysis,
) -> None:
    [mode] = planted.modes
    assert (mode.recurrence, mode.strength, mode.mix_share) == (1.0, "strong", None)


def test_recurrence_is_measured_in_the_discovery_part(planted: blindspot.ModelAnalysis) -> None:
    log = drawn(PLANTED)
    held_out = {*planted.rows.loc[planted.rows["part"] == "held_out", "row_id"]}
    right = log.assign(wrong=[0 if row in held_out else wrong for row, wrong in zip(log.id, log.wrong, strict=True)])
    [mode] = blindspot.analyze(right, threshold=0.25).models[0].modes
    assert (mode.status, mode.recurrence, mode.strength) == ("not_confirmed", 1.0, None)


def test_modes_that_a_search_discovered_can_be_part_of_each_other_and_have_no_recurrence(
    planted: blindspot.ModelAnalysis,
) -> None:
    [counting] = planted.modes
    wide = replace(counting, mode_id="wide", features=("1 detail",), name="Wide", recurrence=None)
    log = drawn(PLANTED | dict.fromkeys(("presence", "colour", "person", "place", "position"), 0.0))
    answers = from_frame(log, Columns(), "model")
    answers.attrs["discovered"] = {answers["model"].iloc[0]: [replace(counting, recurrence=None), wide]}
    first, second = analyze_answers(answers, 0.1, None).models[0].modes
    assert (first.strength, first.recurrence, first.mix_of) == ("moderate", None, ())
    assert (second.mix_of, second.mix_share) == (("counting",), 1.0)
