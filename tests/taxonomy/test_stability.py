"""Which images a resample contains."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy import stability
from blindspot.taxonomy.stability import half, of_modes
from tests.taxonomy.modes.groups import questions


@pytest.mark.parametrize(
    ("images", "share", "drawn"), [(1, 0.3, 1), (2, 0.9, 1), (4, 0.9, 3), (10, 0.3, 3), (3, 0.1, 1)]
)
def test_some_of_several_images_are_not_drawn(images: int, share: float, drawn: int) -> None:
    named = pd.Series([f"{number}" for number in range(images)])
    assert half(named, 0, share).sum() == drawn


def test_a_resample_of_very_many_questions_has_fewer_images(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = questions((("judging left",), 300, 0), (("telling colour",), 300, 0))
    frame["image_id"] = [f"image-{number % 300}" for number in range(600)]
    seen = list[pd.DataFrame]()
    monkeypatch.setattr(stability, "MOST", 200)

    def find(rows: pd.DataFrame, *_: Any, **__: Any) -> list[FailureMode]:
        seen.append(rows)
        return []

    monkeypatch.setattr(stability, "find_modes", find)
    of_modes([], frame, 0.25, 20, range(3))
    assert len(seen) == 3
    for rows in seen:
        assert len(rows) == 200 and rows["image_id"].nunique() == 100
        assert np.unique(rows["abilities"].map(str)).tolist() == ["['judging left']", "['telling colour']"]
