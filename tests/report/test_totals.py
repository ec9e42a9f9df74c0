"""The totals of a run, which the overview states once."""

import re
from pathlib import Path

import pandas as pd

from blindspot.records.asker import How, askers
from blindspot.report.totals import ALL, COMPARED, Saved, totals
from tests.report.site import make

NAMES = askers(How.TRAINED)


def test_each_question_counts_once_and_the_totals_add_up(rows: pd.DataFrame) -> None:
    quota = rows.head(7).assign(method="quota", outcome="failure")
    broken = rows.head(2).assign(method="base", outcome="unscored")
    found = {one.name: one for one in totals(pd.concat([rows, quota, broken]), NAMES)}
    assert [*found] == ["Trained questioner", "Untrained base", "Uniform templates", COMPARED, "Quota", ALL]
    assert found[ALL].asked == len(rows) + 9 == found[COMPARED].asked + found["Quota"].asked
    assert found["Quota"].failures == found["Quota"].asked == 7 and found["Untrained base"].unscored == 2
    for one in found.values():
        assert one.asked == one.valid + one.invalid + one.unscored and one.failures <= one.valid
    assert found[ALL].images == rows["image_id"].nunique()


def test_methods_are_not_added_up_without_a_quota(rows: pd.DataFrame) -> None:
    assert [one.name for one in totals(rows[rows["method"] == "base"], NAMES)] == ["Untrained base", ALL]


def test_the_overview_states_the_totals_once(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    text = make(rows, pictures, tmp_path / "r")["index.html"]
    tiles, rest = text.split('<dl class="totals"', 1)[1].split("</details>", 1)
    valid = int(rows["outcome"].isin(("failure", "correct")).sum())
    assert f"<dd>{valid}</dd>" in tiles and f"<td>{len(rows)}</td>" in tiles
    assert "7,780 answers" in tiles and "7,659 rollouts judged" in tiles
    assert not re.search(rf">{len(rows)}<|\b{valid} valid", rest)


def test_the_overview_leads_to_the_failure_set_and_says_what_it_leaves_out(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    pages = make(rows, pictures, tmp_path / "a", saved=Saved(1001, 30, 4))
    for page in ("index.html", "provenance.html"):
        assert 'href="failures/README.md"' in pages[page]
    assert "has 1,001 failures" in pages["index.html"] and "30 that repeat" in pages["index.html"]
    assert "4 that the auditor judged otherwise" in pages["index.html"]
    assert "failures/README.md" not in "".join(make(rows, pictures, tmp_path / "b").values())
