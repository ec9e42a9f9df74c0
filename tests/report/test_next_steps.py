"""Tests what the overview says to do next."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.report.page import code
from blindspot.report.totals import Saved
from tests.report.site import EVERY_PARAM, make, mode_of, taxonomy_of

TITLE, COMMAND = re.compile(r"<li><b>([^<]+)</b>"), re.compile(r'<code class="command">([^<]+)</code>')


def steps(page: str) -> dict[str, str]:
    """The titles of the steps of an overview, each with its command, empty if it has none."""
    [section] = re.findall(r'<section aria-labelledby="next">(.*?)</section>', page, re.DOTALL)
    items = re.findall(r"<li>.*?</li>", section, re.DOTALL)
    return {TITLE.findall(one)[0]: next(iter(COMMAND.findall(one)), "") for one in items}


def overview(rows: pd.DataFrame, pictures: dict[str, Path], folder: Path, **more: Any) -> str:
    return make(rows, pictures, folder, **more)["index.html"]


def with_params(**changed: Mapping[str, Any]) -> dict[str, Any]:
    return EVERY_PARAM | {name: EVERY_PARAM[name] | {**values} for name, values in changed.items()}


def test_only_what_applies_is_said(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    plain = steps(overview(rows, pictures, tmp_path / "a"))
    assert [*plain] == ["Look at the failures", "Compare with another model"]
    assert "<code>blindspot runs</code>" in overview(rows, pictures, tmp_path / "c")
    [asked] = re.findall(r"^blindspot ask (.+)$", plain["Look at the failures"])
    assert asked in set(rows.loc[rows["outcome"] == "failure", "rollout_id"])
    right = rows.assign(outcome="correct")
    nothing = {"failure_modes": [], "skills": [], "meta_skills": [], "metrics": taxonomy_of(rows)["metrics"]}
    assert [*steps(overview(right, pictures, tmp_path / "b", taxonomy=nothing))] == ["Compare with another model"]


def test_the_failure_set_is_named_if_it_has_failures(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    page = overview(rows, pictures, tmp_path / "a", saved=Saved(1001, 0, 0))
    assert "Use the failures" in steps(page) and "The failure set has 1,001 questions" in page
    assert "Use the failures" not in steps(overview(rows, pictures, tmp_path / "b", saved=Saved(0, 0, 0)))


def test_a_judge_is_to_be_measured_and_an_oracle_is_not(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    params = with_params(verifier={"kind": "vlm"})
    page = overview(rows, pictures, tmp_path / "a", every_param=params)
    assert steps(page)["Measure the judge"] == "-P audit.auditor=labels -P audit.labels=LABELS.csv"
    assert page.count('href="label.html"') == 2


def test_modes_that_more_questions_may_decide_are_counted(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    few = mode_of(rows, "others", status="too_few")
    open_ = mode_of(rows, "counting", status="not_confirmed", low=0.1, high=0.3)
    decided = mode_of(rows, "counting", "answer 2 or more", status="not_confirmed", low=0.1, high=0.2)
    taxonomy = taxonomy_of(rows) | {"failure_modes": [few, open_, decided, few]}
    params = with_params(explore={"calls": 1200})
    page = overview(rows, pictures, tmp_path / "a", taxonomy=taxonomy, every_param=params)
    assert steps(page)["Decide more modes"] == "-P seed=1 -P explore.calls=2400"
    assert "1 is undecided and 2 are tested with too few questions." in page
    taxonomy["failure_modes"] = [decided]
    assert "Decide more modes" not in steps(overview(rows, pictures, tmp_path / "b", taxonomy=taxonomy))


def test_backticks_are_code_and_everything_else_is_text() -> None:
    assert code("a `b <c>` <d>") == "a <code>b &lt;c&gt;</code> &lt;d&gt;"
