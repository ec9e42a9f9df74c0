import time

import pytest

from tests.project import meter


def test_a_budget_without_limits_never_ends() -> None:
    unlimited = meter()
    unlimited.spend(10**9, 10**9)
    assert unlimited.ended_by(10**6) is None and unlimited.room(64) == 64


def test_the_limit_that_more_questions_would_exceed_is_named() -> None:
    spent = meter(candidate_calls=2000, judge_calls=1990)
    spent.spend(1900, 1880)
    assert spent.ended_by(100) is None
    assert spent.ended_by(110) == "candidate_calls 2,000"
    assert spent.ended_by(101) == "candidate_calls 2,000"
    assert spent.room(64) == 64 and spent.room(500) == 100
    spent.spend(90, 110)
    assert spent.ended_by() == "judge_calls 1,990" and spent.room(64) == 0


def test_a_resumed_search_continues_the_time() -> None:
    first = meter(seconds=100.0)
    assert first.ended_by() is None
    first.restore({"candidate_calls": 7, "judge_calls": 6, "seconds": 99.99})
    time.sleep(0.02)
    assert first.ended_by() == "seconds 100.0"
    assert first.calls == {"candidate_calls": 7, "judge_calls": 6}
    assert first.spent["seconds"] == pytest.approx(100.0, abs=1.0)
