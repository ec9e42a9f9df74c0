"""Unscored questions and raw replies on the pages."""

from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.records.unscored import Unscored
from tests.report.site import make, mode_of

MODE = "modes/counting.html"


def test_reasons_are_listed_with_meaning_counts_and_a_message(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    rows = rows.assign(message=None)
    broken = rows.index[rows["method"] == "trained"][:3]
    rows.loc[broken, ["outcome", "reason"]] = ["unscored", "server error"]
    rows.loc[broken[1], "message"] = "HTTP 500: <b>overloaded</b>"
    text = make(rows, pictures, tmp_path / "made")["methods.html"]
    assert (
        f'<th scope="row">server error<small>{Unscored.SERVER_ERROR.__doc__}</small></th><td>3</td><td>0</td>' in text
    )
    assert "HTTP 500: &lt;b&gt;overloaded&lt;/b&gt;" in text


def test_there_is_no_section_if_every_question_is_scored(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    assert 'id="unscored"' not in make(rows, pictures, tmp_path / "made")["methods.html"]


def test_raw_replies_of_examples_are_shown_as_text(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    first = mode_of(rows, "counting").examples[0]
    own = rows["rollout_id"] == first
    replies: list[Any] = ["<think>one, two</think> 2" if one else None for one in own]
    judged: list[Any] = [['{"same": false}', "x" * 3000] if one else None for one in own]
    rows = rows.assign(candidate_reply=replies, judge_replies=judged)
    text = make(rows, pictures, tmp_path / "made")[MODE]
    assert text.count("<summary>Raw replies</summary>") == 1
    assert '<pre dir="auto" tabindex="0">&lt;think&gt;one, two&lt;/think&gt; 2</pre>' in text
    assert "{&#34;same&#34;: false}" in text and f"{'x' * 2000}…" in text and "x" * 2001 not in text
