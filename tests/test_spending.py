"""Whole searches under random budgets, against served models that count their calls and tokens."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.search.journal import Journal
from tests.spending import CONCURRENCY, PRICES, Search

MOST_TOKENS = 465  # of one call
MOST_USD = 400 * 3.0 / 1e6 + 65 * 12.0 / 1e6  # of a call of the judge, whose tokens cost most
NEEDS = {"candidate_calls": 61, "judge_calls": 61, "questioner_calls": 110, "tokens": 90_000, "usd": 0.25}


def random_limits(seed: int) -> dict[str, float]:
    """One to three limits, from a tenth of what the search needs to more than that."""
    dice = random.Random(seed)
    names = dice.sample(sorted(NEEDS), dice.randint(1, 3))
    limits = {name: NEEDS[name] * dice.uniform(0.1, 1.2) for name in names}
    return {name: round(limit, 3) if name == "usd" else int(limit) for name, limit in limits.items()}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Ends the servers of a test."""
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("seed", range(20))
def test_no_limit_is_exceeded_by_more_than_the_calls_in_flight(
    seed: int, stack: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    limits, unlimited = random_limits(seed), float("inf")
    search = Search(tmp_path / "run", limits, stack)
    found = search.run()
    for name, limit in limits.items():
        over = {"tokens": CONCURRENCY * MOST_TOKENS, "usd": CONCURRENCY * MOST_USD}.get(name, 0)
        assert found.spent[name] <= limit + over, (name, limits, found.spent)
    # What the servers have counted, with the test questions, which do not count:
    servers, besides = search.servers.values(), CONCURRENCY + search.probes
    assert sum(sum(one.tokens()) for one in servers) <= limits.get("tokens", unlimited) + besides * MOST_TOKENS
    assert sum(one.usd() for one in servers) <= limits.get("usd", unlimited) + besides * MOST_USD
    for role in ("candidate", "questioner"):
        assert search.asked(role) <= limits.get(f"{role}_calls", unlimited)
    assert len(found.rollouts) == len(found.verdicts) > 0
    assert {one.method for one in found.rollouts} >= {"trained", "base"}, "all methods are cut by the same share"


def test_without_a_limit_everything_is_asked_and_its_price_is_that_of_the_servers(
    stack: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    search = Search(tmp_path / "run", {}, stack)
    found = search.run()
    assert found.explored == 25 and len(found.rollouts) == 36
    assert all(end.ended_by is None for end in found.ends.values())
    assert found.spent["candidate_calls"] == found.spent["judge_calls"] == 61
    assert PRICES["judge"][1] > PRICES["candidate"][1]
    probes = search.probes * MOST_TOKENS
    for name, counted, over in (
        ("tokens", sum(sum(one.tokens()) for one in search.servers.values()), probes),
        ("usd", sum(one.usd() for one in search.servers.values()), search.probes * MOST_USD),
    ):
        assert found.spent[name] < counted <= found.spent[name] + over


@pytest.mark.parametrize("limits", [{}, {"candidate_calls": 40}, {"tokens": 50_000}, {"usd": 0.15}], ids=str)
def test_a_search_that_is_interrupted_and_resumed_counts_once(
    limits: dict[str, float], stack: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    unbroken = Search(tmp_path / "unbroken", limits, stack)
    expected = unbroken.run()
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "again"))
    broken, rounds, ask = Search(tmp_path / "broken", limits, stack), 0, Journal.ask

    def interrupted(self: Journal, images: list[Image], questions: list[str]) -> list[Asked]:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            ask(self, images, questions)
            raise KeyboardInterrupt
        return ask(self, images, questions)

    monkeypatch.setattr(Journal, "ask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        broken.run()
    found = broken.run()
    assert {name: end.spending.to_json() for name, end in found.ends.items()} == {
        name: end.spending.to_json() for name, end in expected.ends.items()
    }
    assert [row.question for row in found.rollouts] == [row.question for row in expected.rollouts]
    for role, server in broken.servers.items():
        assert len(server.bodies) - broken.asked(role) <= 6, "only test questions are asked twice"
