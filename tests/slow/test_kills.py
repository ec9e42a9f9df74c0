from pathlib import Path

import pytest

from tests.slow.kills import attack

pytestmark = pytest.mark.slow


def test_killed_stages_resume_with_the_bytes_of_an_unbroken_run(tmp_path: Path) -> None:
    attack(tmp_path, kills=6, seed=3)
