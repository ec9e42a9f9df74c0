import time

import pytest

from blindspot.budget import DISCOVERY, ENOUGH, Meter
from blindspot.params import BudgetParams
from blindspot.records.spending import Paid, Reserve, Spending
from tests.project import meter

CANDIDATE = Paid("candidate", 2.0, 10.0)


def test_a_budget_without_limits_never_ends() -> None:
    unlimited = meter()
    unlimited.spend(10**9, 10**9)
    assert unlimited.ended_by(10**6) is None and unlimited.room(64) == 64
    assert not unlimited.is_over() and unlimited.share({"candidate": 10**9}, {}) == (1.0, None)


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
    first.restore({"calls": {"candidate": 7, "judge": 6}, "paid": {}, "seconds": 99.99})
    time.sleep(0.02)
    assert first.ended_by() == first.hard_limit() == "seconds 100.0"
    assert first.calls == {"candidate_calls": 7, "judge_calls": 6, "questioner_calls": 0}
    assert first.spent["seconds"] == pytest.approx(100.0, abs=1.0)


def test_a_reply_is_paid_once_and_its_price_is_that_of_its_tokens() -> None:
    spent = meter(tokens=1000, usd=0.02)
    for key in ("a", "b", "a"):
        spent.pay(key, CANDIDATE._replace(input=100, output=50))
    assert spent.spent["tokens"] == 300 and spent.spent["usd"] == pytest.approx((200 * 2 + 100 * 10) / 1e6)
    assert not spent.is_over()
    spent.pay("c", CANDIDATE._replace(input=0, output=1900))
    assert spent.is_over() and spent.hard_limit() == "tokens 1,000"


def test_a_restored_meter_counts_a_repeated_reply_once() -> None:
    first, second = meter(tokens=1000), meter(tokens=1000)
    first.spend(2, 1)
    first.pay("a", CANDIDATE._replace(input=100, output=50))
    second.restore(first.state())
    second.pay("a", CANDIDATE._replace(input=100, output=50))
    assert second.stage().spending.to_json() == first.stage().spending.to_json()


def test_a_stage_leaves_what_the_confirmation_needs() -> None:
    reserve = Reserve({"candidate": 600, "judge": 600}, {}, {})
    searching = Meter(BudgetParams(candidate_calls=1000), reserve=reserve)
    assert searching.room(1000) == 400
    assert Meter(BudgetParams(candidate_calls=900), reserve=reserve).room(1000) == 300
    assert Meter(BudgetParams(candidate_calls=300), reserve=reserve).room(1000) == 300 * DISCOVERY


def test_earlier_stages_count() -> None:
    before = Spending()
    before.calls["candidate"] = 70
    later = Meter(BudgetParams(candidate_calls=100), before)
    assert later.room(50) == 30 and later.share({"candidate": 60}, {}) == (0.5, "candidate_calls 100")
    assert later.share({"candidate": 20}, {"candidate": 20}) == (0.5, "candidate_calls 100")


def test_the_tokens_of_further_calls_are_assumed_first_and_then_measured() -> None:
    reserve = Reserve({}, {"candidate": (1000, 500)}, {"candidate": (2.0, 10.0)})
    spent = Meter(BudgetParams(tokens=30_000), reserve=reserve)
    assert spent.room(1000) == 30_000 // 1500
    for number in range(ENOUGH):
        spent.pay(str(number), CANDIDATE._replace(input=90, output=10))
    spent.spend(ENOUGH, ENOUGH)
    assert spent.room(1000) == (30_000 - ENOUGH * 100) // 100


def test_ranks_share_what_is_left_for_their_calls() -> None:
    one_of_two = Meter(BudgetParams(tokens=1000, questioner_calls=10), ranks=2)
    assert one_of_two.admit("questioner", 8) == 5
    one_of_two.pay("a", CANDIDATE._replace(input=500))
    assert one_of_two.is_over()
    one_of_two.sync()
    assert not one_of_two.is_over()
    one_of_two.take_part(9, 10)  # it asks nine tenths of the questions until the next sync
    one_of_two.pay("b", CANDIDATE._replace(input=449))
    assert not one_of_two.is_over()
    one_of_two.pay("c", CANDIDATE._replace(input=1))
    assert one_of_two.is_over()


def test_the_spending_is_shown_at_each_tenth_of_a_limit() -> None:
    spent, lines = meter(candidate_calls=1000, usd=2.0), list[str]()
    spent.pay("a", CANDIDATE._replace(output=20_000))
    for _ in range(100):
        spent.spend(8, 8)
        spent.show(lines.append)
    assert lines[0] == "budget: 8 of 1,000 candidate calls, 0.20 of 2.00 USD"
    assert lines[1] == "budget: 112 of 1,000 candidate calls, 0.20 of 2.00 USD"
    assert len(lines) == 8
