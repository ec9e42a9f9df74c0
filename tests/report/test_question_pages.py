"""The pages that show each question."""

import html
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.judges.prompts import ask_validity
from blindspot.report.asking import Asking
from tests.report.large import NASTY
from tests.report.site import EVERY_PARAM, PROMPTS, Outline, make, mode_of


def article(pages: dict[str, str], rollout_id: str) -> str:
    """The part of the pages that shows a question; it is on one page."""
    found: list[str] = [
        text
        for path, page in pages.items()
        if path.startswith("questions/")
        for text in re.findall(rf'<article class="asked" id="{re.escape(rollout_id)}".*?</article>', page, re.S)
    ]
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def made(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return make(rows, pictures, tmp_path_factory.mktemp("made"))


def test_every_question_is_on_one_page_in_order(rows: pd.DataFrame, made: dict[str, str]) -> None:
    pages = [text for path, text in made.items() if path.startswith("questions/")]
    shown = [name for text in pages for name in re.findall(r'<article class="asked" id="([^"]+)"', text)]
    assert shown == rows["rollout_id"].tolist() and len(pages) == 4
    assert "Questions 1 to 50 of 180" in pages[0] and "Questions 151 to 180 of 180" in pages[3]


def test_a_question_has_its_facts_and_the_command(rows: pd.DataFrame, made: dict[str, str]) -> None:
    failure = rows.set_index("rollout_id").loc[mode_of(rows, "counting").examples[0]]
    text = article(made, str(failure.name))
    for shown in (*map(str, failure[["question", "answer", "reference"]]), f"images/{failure['image_id']}.png"):
        assert shown in text
    assert f'<code class="command">blindspot ask {failure.name}</code>' in text
    assert '<a href="../modes/counting.html">Counting questions</a>' in text
    assert '<a href="../skills.html#skill=counting">' in text and ">failure</span>" in text
    assert "Templates" not in text and "The raw replies are not kept" in text


def test_modes_and_skills_lead_to_the_question(rows: pd.DataFrame, made: dict[str, str]) -> None:
    first = mode_of(rows, "counting").examples[0]
    place = next(path for path, text in made.items() if path.startswith("questions/") and f'id="{first}"' in text)
    assert f'href="../{place}#{first}"' in made["modes/counting.html"]
    assert re.search(r'href="questions/00\d\.html#', made["skills.html"])


def test_prompts_are_shown_as_they_were_sent(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    params = EVERY_PARAM | {"verifier": EVERY_PARAM["verifier"] | {"kind": "vlm"}}
    pages = make(rows, pictures, tmp_path / "r", asking=Asking(PROMPTS, params))
    row = rows[rows["outcome"] == "failure"].iloc[0]
    prompts = [
        html.unescape(one) for one in re.findall(r"<pre[^>]*>(.*?)</pre>", article(pages, row["rollout_id"]), re.S)
    ]
    assert PROMPTS["candidate"].render("answer", question=row["question"]) in prompts
    assert ask_validity(row["question"], PROMPTS["judge"]) in prompts and len(prompts) == 4


def test_raw_replies_are_shown_if_they_are_kept(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    first, second = rows["rollout_id"][:2]
    replies: list[Any] = ["<b>two</b>", *[None] * (len(rows) - 1)]
    pages = make(rows.assign(candidate_reply=replies), pictures, tmp_path / "r", asking=None)
    assert "&lt;b&gt;two&lt;/b&gt;</pre>" in article(pages, first) and "not kept" not in article(pages, first)
    assert "<pre" not in article(pages, second) and "not kept" in article(pages, second)


def test_a_missing_question_cannot_be_asked_again(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    messages: list[Any] = ["<i>no</i>", *[None] * (len(rows) - 1)]
    rows = rows.assign(question=["", *rows["question"][1:]], message=messages)
    text = article(make(rows, pictures, tmp_path / "r"), rows["rollout_id"][0])
    assert "There is no question to ask again" in text and "blindspot ask" not in text
    assert "&lt;i&gt;no&lt;/i&gt;" in text


@pytest.mark.parametrize("text", NASTY)
def test_texts_of_models_stay_text(text: str, rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    some = rows.head(3).assign(question=text, answer=text)
    [page] = [found for path, found in make(some, pictures, tmp_path / "r").items() if path.startswith("questions/")]
    outline = Outline(page)
    assert outline.tags.count("article") == 3 and outline.tags.count("img") == 3
    assert "script" not in outline.tags and not outline.handlers
