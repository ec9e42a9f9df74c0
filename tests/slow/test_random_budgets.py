"""The pipeline with served models under a few random budgets; tests.slow.random_budgets runs twenty."""

from pathlib import Path

import pytest

from tests.slow.random_budgets import attempt

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", range(4))
def test_no_limit_is_exceeded_by_what_the_servers_counted(seed: int, tmp_path: Path) -> None:
    attempt(seed, tmp_path)
