"""Rows and pictures that the report's tests share."""

from pathlib import Path

import pandas as pd
import pytest

from tests.report.site import draw_pictures, rows_of


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return rows_of()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return draw_pictures(tmp_path_factory.mktemp("images"))
