"""What the report shows of the spending."""

from collections import Counter

from blindspot.records.spending import Paid, Spending, Stage
from blindspot.report.spending import spent_in

STAGES = {
    "explore": Stage(
        Spending(Counter(candidate=100, judge=100), {Paid("candidate", 2.0, 10.0): (100_000, 5_000)}),
        "candidate_calls 300",
        "20 of 120 questions",
    ),
    "harvest": Stage(Spending(Counter(candidate=150), {Paid("candidate", 2.0, 10.0): (150_000, 7_500)})),
    "verify": Stage(Spending(Counter(judge=150))),
}


def test_calls_tokens_and_price_of_all_stages_add_up_by_role() -> None:
    found = spent_in(STAGES, {})
    assert [tuple(row) for row in found.rows] == [
        ("candidate", (100, 150, 0), "250,000", "12,500", "0.62"),
        ("judge", (100, 0, 150), "–", "–", "–"),
    ]
    assert found.stages == ("explore", "harvest", "verify") and found.has_tokens
    assert (found.calls("candidate"), found.calls("judge"), found.usd) == (250, 250, 0.625)
    assert found.limits == ()


def test_limits_show_what_is_left_and_where_they_ended_a_stage() -> None:
    found = spent_in(STAGES, {"candidate_calls": 300, "usd": 0.5})
    assert [tuple(limit) for limit in found.limits] == [
        ("candidate_calls", "250 of 300 candidate calls", "50 candidate calls"),
        ("usd", "0.62 of 0.50 USD", "0.00 USD"),
    ]
    assert [tuple(cut) for cut in found.cuts] == [("explore", "budget.candidate_calls 300", "20 of 120 questions")]
