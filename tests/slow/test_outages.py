import random
from pathlib import Path

import pytest

from tests.slow.kills import STAGES
from tests.slow.outages import refer, take_away

pytestmark = pytest.mark.slow

#: The moment at which the server goes away, for each stage.
MOMENTS = ("created", "started", "during", "last", "ended", "before", "during", "missed")


def test_every_stage_ends_well_and_is_complete_in_mlflow_after_an_outage(tmp_path: Path) -> None:
    expected = refer(tmp_path / "reference")
    moments = dict(zip(STAGES, MOMENTS, strict=True))
    take_away(tmp_path / "away", moments, expected, random.Random(0), kills=False)  # restarts would take a minute
