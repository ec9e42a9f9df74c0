"""The taxonomy of real questions about scenes, which is fitted once for the tests of the stage taxonomy."""

import pandas as pd
import pytest

from blindspot.params import MODES
from blindspot.records.rollout import Asked
from blindspot.search.explorer import modes_in
from blindspot.taxonomy.discovery import Discovered, Found
from stages.taxonomy import taxonomy
from tests.stages.defaults import KNOWN, PARAMS
from tests.taxonomy.rows import make_rows


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return make_rows(300)


@pytest.fixture(scope="session")
def discovered() -> list[Discovered]:
    """What a search discovers in other questions of the same candidate."""
    valid = make_rows(300, seed=1).query("outcome in ('failure', 'correct')").reset_index(drop=True)
    asked = [
        Asked(row["image_id"], row["question"], row["answer"], row["reference"], row["outcome"], None)
        for row in valid.to_dict("records")
    ]
    return [Discovered(modes_in(asked, MODES.threshold, MODES.min_asked), valid, MODES.min_asked)]


@pytest.fixture(scope="session")
def found(rows: pd.DataFrame, discovered: list[Discovered]) -> Found:
    return taxonomy(rows, PARAMS, seed=0, documented=KNOWN, discovered=discovered)
