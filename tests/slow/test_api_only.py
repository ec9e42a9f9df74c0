"""A search without a GPU against served models that reply as instruct models do: one seed of bench.api_only."""

from pathlib import Path

import pytest

from bench.api_only import measure
from bench.stand_in.models import WEAKNESSES

pytestmark = pytest.mark.slow
SEED = 103


def test_a_search_with_served_models_confirms_the_planted_weaknesses_and_no_other_mode(tmp_path: Path) -> None:
    """Seed fixed; no rate is known, because the search trains on what it asks."""
    found = measure(SEED, tmp_path)
    assert found["found"] == len(WEAKNESSES) and found["other"] == [], found
    assert all(found[role] > 400 for role in ("questioner", "candidate", "judge")), found
    assert found["rates"]["trained"]["failure_rate"] > 2 * found["rates"]["base"]["failure_rate"], found
