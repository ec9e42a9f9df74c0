"""Rows and pictures that the report's tests share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.report.site import draw_pictures, make, rows_of


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return rows_of()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return draw_pictures(tmp_path_factory.mktemp("images"))


@pytest.fixture
def pages(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> Callable[..., dict[str, str]]:
    def make_pages(taxonomy: dict[str, Any] | None = None, asked: pd.DataFrame | None = None) -> dict[str, str]:
        return make(rows if asked is None else asked, pictures, tmp_path / "made", taxonomy)

    return make_pages
