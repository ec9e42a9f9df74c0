"""What a search left unasked of a pool."""

import pandas as pd
import pytest

from blindspot.pool.questions import Pool, PoolQuestion
from blindspot.report.pool import unasked
from tests.failure_modes import mode

COUNTING = [PoolQuestion(f"c{n}", f"im{n}", "how many dogs are there ?", ("2",)) for n in range(100)]
OTHERS = [PoolQuestion(f"o{n}", f"im{n}", "is the dog black ?", ("yes",)) for n in range(300)]
POOL = Pool([*COUNTING, *OTHERS])


def rows(*asked: tuple[str, PoolQuestion, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [(method, one.image_id, one.question, outcome) for method, one, outcome in asked],
        columns=["method", "image_id", "question", "outcome"],
    )


def test_failures_are_expected_by_the_rates_of_the_modes_and_of_random_questions() -> None:
    base = [("base", one, "failure" if n < 4 else "correct") for n, one in enumerate(OTHERS[:40])]
    sought = [("trained", one, "failure") for one in (*COUNTING[:10], *OTHERS[:10])]
    counting = mode("counting", failures=30)  # reference rate 1
    found = unasked(POOL, rows(*base, *sought, ("explore", COUNTING[0], "failure")), [counting])
    assert (found.questions, found.asked) == (400, 50)
    assert found.expected == pytest.approx(100 + 300 * 0.1) and found.covered == pytest.approx(100 / 130)
    assert found.sentence() == (
        "350 of the pool's 400 questions were not asked. About 130 failures are expected in the whole pool, "
        "77\u00a0% of them in the confirmed failure modes."
    )


def test_without_random_questions_nothing_is_expected() -> None:
    found = unasked(POOL, rows(("trained", COUNTING[0], "failure")), [])
    assert found.expected is None and found.sentence() == "399 of the pool's 400 questions were not asked."
