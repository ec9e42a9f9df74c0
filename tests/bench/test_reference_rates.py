"""Reference rates are compared with the error rates on uniformly drawn questions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.reference_rates import measure, uniform_sample
from bench.scoring.uniform import Uniform
from blindspot.records.failure_mode import FailureMode
from blindspot.scenes.planted import PlantedCandidate

MODE = FailureMode("a", "a", ("a",), 50, 40, 0.8, 0.7, 0.9, 9.0, 0.0, (), status="confirmed")


def truth(*kinds: tuple[str, int, int]) -> Uniform:
    """Questions of each kind: feature, asked, failures."""
    rows = [(frozenset([name]), place < failures) for name, asked, failures in kinds for place in range(asked)]
    failed = np.array([failed for _, failed in rows], dtype=bool)
    return Uniform([has for has, _ in rows], failed, np.ones(len(rows), dtype=bool))


def test_measures_by_hand() -> None:
    seen = truth(("a", 100, 75), ("b", 100, 10), ("c", 200, 15))
    wide = replace(MODE, mode_id="b", features=("b",), error_rate=0.2, low=0.15, high=0.3, status="not_confirmed")
    found = measure([MODE, wide], seen, 0.25)
    assert [row["uniform"] for row in found["modes"]] == [0.75, 0.1]
    assert found["bias"] == pytest.approx((0.05 + 0.1) / 2) and found["coverage"] == 0.5
    assert (found["confirmed"], found["true_modes"]) == (1, 1.0)
    assert (found["mass"], found["purity"], found["explained_mass"]) == (0.25, 0.75, 0.75)
    assert found["excess"] == pytest.approx(100 * (75 - 25) / 400)


def test_without_a_confirmed_mode_shares_are_0_or_unknown() -> None:
    found = measure([replace(MODE, asked=0, status="too_few")], truth(("a", 10, 5)), 0.25)
    assert found["modes"] == [] and found["bias"] is None and found["mass"] == 0.0
    assert measure([], truth(("a", 10, 0)), 0.25)["explained_mass"] is None


def test_the_uniform_rate_of_a_planted_gap_is_that_of_its_questions(tmp_path: Path) -> None:
    seen = uniform_sample(PlantedCandidate(["family == counting"], 0.0, 0), 400, 1, tmp_path / "images")
    inside = seen.inside(replace(MODE, features=("counting",)))
    # The share fails for correct code with probability 2e-4 over seeds (binomial: a tenth of 400 is about counting).
    assert 0.05 < inside.mean() < 0.2 and seen.failed[inside].all() and not seen.failed[~inside].any()
