"""The lines of the estimate about the budget, by hand."""

import pytest

from blindspot.records.spending import Reserve
from flows.estimate.budget import line, needed_by


def test_the_confirmation_needs_the_tokens_and_the_price_of_its_calls() -> None:
    reserve = Reserve({"candidate": 100, "judge": 50}, {"judge": (3000, 100)}, {"judge": (2.0, 10.0)})
    found = needed_by(reserve)
    assert (found["candidate_calls"], found["judge_calls"], found["questioner_calls"]) == (100, 50, 0)
    assert found["tokens"] == 50 * 3100
    assert found["usd"] == pytest.approx(50 * (3000 * 2 + 100 * 10) / 1e6)


def test_a_line_names_what_fits_and_what_gets_less() -> None:
    assert line("usd", 5.0, 1.0, 2.5) == "  5.00 USD: enough, the run needs 3.50 at most"
    assert line("candidate_calls", 3000, 2000, 1500) == (
        "  3,000 candidate calls: too little for all, at most 1,500 of 2,000 for explore and train, "
        "1,500 of 1,500 for the stages after them"
    )
    assert "at most 300 of 2,000 for explore and train, 600 of 1,500" in line("judge_calls", 900, 2000, 1500)
    assert line("seconds", 60.0, None, None) == "  60 s: what the run needs is unknown; --trial measures it"
