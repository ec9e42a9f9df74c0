"""Tests the content of metrics/audit.json."""

from typing import Any

import pandas as pd
import pytest

from blindspot.audit.correction import RATES
from blindspot.audit.summary import FEWEST, summarize
from blindspot.metrics import rates

Pairs = dict[tuple[str, str | None], int]


def found(pairs: Pairs) -> dict[str, Any]:
    """Returns the summary of one method with these numbers of audited rollouts, by outcome of judge and auditor.

    The method has ten times as many rollouts, each about an image of its own.
    """
    rows = [pair for pair, count in pairs.items() for _ in range(count)]
    sample = pd.DataFrame(rows, columns=["judged", "audited"]).assign(method="trained", auditor="a person")
    sample["image_id"] = [f"i{place}" for place in range(len(sample))]
    outcomes = pd.DataFrame({"outcome": [*sample["judged"]] * 10})
    outcomes["image_id"] = [f"i{place}" for place in range(len(outcomes))]
    made = summarize(outcomes.assign(method="trained"), sample)
    assert list(made) == ["auditor", "trained", "modes"] and made["auditor"] == "a person" and made["modes"] == {}
    return dict(made["trained"])


GOOD: Pairs = {
    ("failure", "failure"): 60,
    ("failure", "correct"): 6,
    ("correct", "correct"): 50,
    ("correct", "failure"): 3,
    ("invalid", "invalid"): 8,
    ("failure", "unscored"): 2,
}


def test_rates_are_given_as_judged_and_as_corrected() -> None:
    made = found(GOOD)
    assert (made["drawn"], made["audited"], made["unsure"]) == (129, 129, 2)
    assert made["agreement"]["rows"] == 127 and made["agreement"]["kappa"]["low"] > 0.7
    assert made["agreement"]["valid_rows"] == 119 and made["agreement"]["valid_kappa"]["low"] > 0.7
    assert made["confusion"]["failure"] == {"failure": 60, "correct": 6, "invalid": 0, "unscored": 2}
    outcomes = ["failure"] * 680 + ["correct"] * 530 + ["invalid"] * 80
    expected = rates(outcomes, [None] * len(outcomes))  # type: ignore[arg-type]
    for name, rate in made["rates"].items():
        assert rate["judged"]["value"] == expected[name] and rate["note"] is None
        spread = [one["high"] - one["low"] for one in (rate["judged"], rate["corrected"])]
        assert spread[0] < spread[1], "errors of the judge widen the interval"
    assert made["rates"]["failure_rate"]["corrected"]["value"] < made["rates"]["failure_rate"]["judged"]["value"]


def test_without_an_audit_every_rate_says_so() -> None:
    made = found({("failure", None): 40, ("correct", None): 40})
    assert (made["drawn"], made["audited"], made["agreement"]) == (80, 0, None)
    assert made["rates"].keys() == RATES.keys()
    assert all(rate["corrected"] is None and rate["note"] == "not audited" for rate in made["rates"].values())


def test_a_rate_with_too_few_audited_rollouts_is_not_corrected() -> None:
    few: Pairs = {("failure", "failure"): 10, ("correct", "correct"): FEWEST - 11, ("invalid", "invalid"): 40}
    made = found(few)["rates"]
    assert made["failure_rate"]["corrected"] and made["valid_rate"]["corrected"]
    assert made["error_rate"]["corrected"] is None
    assert (
        made["error_rate"]["note"]
        == f"too few audited: {FEWEST - 1} are failure or correct to the auditor, 30 are needed"
    )


def test_rates_of_a_judge_at_chance_are_not_corrected() -> None:
    by_chance: Pairs = {(judge, truth): 20 for judge in ("failure", "correct") for truth in ("failure", "correct")}
    made = found(by_chance)["rates"]
    assert made.keys() == RATES.keys()
    for rate in made.values():
        assert rate["corrected"] is None and rate["note"].startswith("the judge may agree with the auditor by chance")


def test_a_judge_that_always_agrees_on_one_outcome_is_corrected() -> None:
    made = found({("correct", "correct"): 50})
    assert made["agreement"]["kappa"] is None
    assert made["rates"]["error_rate"]["corrected"]["high"] == pytest.approx(0.05, abs=0.03)
    assert made["rates"]["error_rate"]["corrected"]["low"] == 0


def test_a_method_without_valid_questions_has_no_error_rate() -> None:
    rate = found({("invalid", "invalid"): 50})["rates"]["error_rate"]
    assert rate["judged"] is None and rate["corrected"] is None and "too few audited" in rate["note"]


def test_intervals_of_a_method_account_for_questions_about_one_image() -> None:
    rows = pd.DataFrame({"method": "base", "outcome": ["failure"] * 120 + ["correct"] * 280})
    sample = rows.assign(judged=rows["outcome"], audited=rows["outcome"], auditor="a person").iloc[::4]
    apart, together = ([f"i{place // per_image}" for place in range(400)] for per_image in (1, 8))
    one, eight = (
        summarize(rows.assign(image_id=images), sample.assign(image_id=images[::4]))["base"]["rates"]["error_rate"]
        for images in (apart, together)
    )
    for kind in ("judged", "corrected"):
        assert eight[kind]["value"] == pytest.approx(one[kind]["value"], abs=0.02)
        assert eight[kind]["high"] - eight[kind]["low"] > 2 * (one[kind]["high"] - one[kind]["low"])


def test_a_harvest_without_answers_has_an_empty_summary() -> None:
    nothing = pd.DataFrame(columns=["method", "image_id", "outcome", "judged", "audited", "auditor"])
    assert summarize(nothing, nothing) == {"auditor": "nobody", "modes": {}}
