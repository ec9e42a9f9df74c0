"""The pages call the questioner trained only if it was."""

import re
from pathlib import Path

import pandas as pd
import pytest

from blindspot.records.asker import How, askers
from tests.report.site import COUNTS, make, mode_of, taxonomy_of


@pytest.mark.parametrize("how", How)
def test_the_pages_name_what_happened_to_the_questioner(
    how: How, rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    rows = rows.assign(outcome=rows["outcome"].where(rows["method"] != "trained", "failure"))
    quota = rows.head(9).assign(method="quota", rollout_id=[f"quota-{number}" for number in range(9)])
    sought = mode_of(rows, "counting", status="not_confirmed", error_rate=0.2, low=0.1, high=0.2)
    taxonomy = taxonomy_of(rows) | {"failure_modes": [sought], "metrics": COUNTS | {"threshold": 0.25}}
    pages = make(pd.concat([rows, quota]), pictures, tmp_path / "r", taxonomy, how=how)
    name, base = askers(how)["trained"].name, askers(how)["base"].name
    for page in ("index.html", "methods.html", "skills.html", "examples.html", "provenance.html"):
        assert name.lower() in pages[page].lower(), page
    assert f"only as the {name.lower()} asks it" in pages["index.html"]
    assert f"<dd>{name}</dd>" in pages["questions/000.html"]
    for other in {*How} - {how}:
        for wrong in {askers(other)[method].name for method in ("trained", "base")} - {name, base, "Base"}:
            assert not [page for page, text in pages.items() if re.search(rf"\b{wrong}", text, re.IGNORECASE)], wrong


def test_a_questioner_that_was_neither_trained_nor_steered_seeks_nothing(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    steered, unsteered = (make(rows, pictures, tmp_path / how, how=how) for how in (How.STEERED, How.UNSTEERED))
    mode = next(page for page in steered if page.startswith("modes/"))
    for page in (mode, "methods.html"):
        assert "seeks failures" in steered[page] and "seeks failures" not in unsteered[page]
