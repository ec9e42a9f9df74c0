import numpy as np
import pytest

from bench import simulated
from bench.simulated import BASE, RATES, Pool, draw_pool, graded, simulate, slight


@pytest.fixture(scope="module")
def pool() -> Pool:
    return draw_pool(8000, 1)


def test_the_error_probabilities_of_slight_and_graded_candidates(pool: Pool) -> None:
    """Fails for correct code with probability below 1e-2 over seeds: none of 400 other seeds does (limit at 95 %)."""
    chances = slight(pool, np.random.default_rng(0))
    assert {*chances.round(2).tolist()} <= {BASE, *RATES} and 0.02 < (chances > BASE).mean() < 0.5
    shifted = graded(pool, np.random.default_rng(0))
    assert shifted.mean() == pytest.approx(BASE, abs=0.001) and shifted.std() > 0.05


def test_the_rates_of_confirmed_modes_are_those_of_the_candidate(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails for correct code with probability below 8e-3 over seeds: none of 400 other seeds does (limit at 95 %)."""
    monkeypatch.setattr(simulated, "TRUTH", 2500)
    monkeypatch.setattr(simulated, "DISCOVERY", 2500)
    monkeypatch.setattr(simulated, "ASKED", 1500)
    place = pool.names.index("counting")
    rates = simulate(pool, np.where(pool.has[:, place], 0.8, 0.05), np.random.default_rng(1))
    [rate] = [rate for rate in rates if rate.name == "counting"]
    assert rate.status == "confirmed" and rate.uniform == pytest.approx(0.8)
    assert rate.low - 0.1 <= 0.8 <= rate.high + 0.1


def test_a_candidate_without_a_weakness_has_no_mode(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "TRUTH", 2500)
    monkeypatch.setattr(simulated, "DISCOVERY", 2500)
    monkeypatch.setattr(simulated, "ASKED", 1500)
    # Fails for correct code with probability below 8e-3 over seeds: none of 400 other seeds does (limit at 95 %).
    assert simulate(pool, np.full(len(pool.rows), 0.1), np.random.default_rng(1)) == []
