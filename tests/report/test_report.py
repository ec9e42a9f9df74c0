"""The page, made from real scenes rows with a small, hand-written taxonomy."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.calibration.summary import summarize
from blindspot.errors import BlindspotError
from blindspot.report import content
from blindspot.report.charts import line_chart
from blindspot.report.judge import judge
from blindspot.report.page import percent, render
from blindspot.report.pictures import data_uri
from blindspot.scenes.draw import draw
from stages.report import SECTIONS, Params, report
from tests.skills.rows import make_rows, scenes

CALLS = 60
EVERY_PARAM: dict[str, Any] = {
    "seed": 0,
    **{name: {} for name in SECTIONS},
    "taxonomy": {"threshold": 0.25},
}
REWARDS = pd.DataFrame({"step": [1, 2, 3], "reward": [0.1, 0.2, 0.4], "valid_rate": [None, None, 0.9]})
NOT_AUDITED = judge(
    summarize(
        pd.DataFrame({"method": ["trained"], "outcome": ["failure"]}),
        pd.DataFrame({"method": ["trained"], "judged": ["failure"], "audited": [None], "auditor": ["nobody"]}),
    ),
    {},
)
COUNTS = {"primitives": 9, "topics": 4, "skills": 2, "meta_skills": 1, "skills_per_question": 1.5, "note": None}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return make_rows(CALLS)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("images")
    found = {}
    for name, scene in scenes(CALLS // 2).items():
        found[name] = folder / f"{name}.png"
        draw(scene, 48).save(found[name])
    return found


def taxonomy_of(rows: pd.DataFrame) -> dict[str, Any]:
    failures = rows.loc[(rows["method"] == "trained") & (rows["outcome"] == "failure"), "rollout_id"].tolist()
    numbers = {"asked": 40, "failures": 30, "wrong_rate": 0.75, "low": 0.6, "high": 0.86}
    mode = {"mode_id": "counting", "name": "counting", "traits": ["counting"], **numbers, "examples": failures}
    skill = {
        "name": "counting",
        "primitives": ["counting stars"],
        "methods": {"trained": {"asked": 40, "failures": 30}},
    }
    unasked = {"name": "reading", "primitives": ["reading text"], "methods": {}}
    groups = [{"name": "all", "skills": ["counting", "reading"]}]
    return {"failure_modes": [mode], "skills": [skill, unasked], "meta_skills": groups, "metrics": COUNTS}


def page(rows: pd.DataFrame, pictures: dict[str, Path], taxonomy: dict[str, Any] | None = None) -> str:
    params = Params.model_validate({})
    return render(report(rows, NOT_AUDITED, taxonomy or taxonomy_of(rows), REWARDS, pictures, params, EVERY_PARAM))


class Outline(HTMLParser):
    """What a browser would load, and the ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "src" or (name == "href" and tag == "link"):
                self.loads.append(value or "")
            if name == "href" and tag == "a":
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")


def test_the_page_opens_offline(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    outline = Outline(page(rows, pictures))
    assert outline.loads and all(address.startswith("data:") for address in outline.loads)
    assert "script" not in outline.tags


def test_every_link_leads_to_a_place_on_the_page(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    outline = Outline(page(rows, pictures))
    assert len(outline.ids) == len(set(outline.ids))
    assert {link.removeprefix("#") for link in outline.links} <= {*outline.ids, "label.html"}


def test_it_shows_modes_with_rate_interval_and_examples(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    text = page(rows, pictures)
    first = rows.set_index("rollout_id").loc[taxonomy_of(rows)["failure_modes"][0]["examples"][0]]
    for shown in (
        "30 of 40 valid questions answered wrong",
        "60\u00a0% – 86\u00a0%",
        first["question"],
        data_uri(pictures[first["image_id"]]),
    ):
        assert shown in text


def test_text_from_models_is_escaped(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    nasty = rows.assign(question="<script>alert(1)</script>", answer="<img src=x onerror=y>", candidate="<b>&")
    text = page(nasty, pictures)
    assert "script" not in Outline(text).tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<img src=x" not in text and "<b>&" not in text


def test_the_same_rows_give_the_same_bytes(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    assert page(rows, pictures) == page(rows.copy(), pictures)


def test_a_candidate_without_mistakes_gets_a_sentence(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    perfect = rows.assign(outcome="correct")
    text = page(perfect, pictures, {**taxonomy_of(rows), "failure_modes": []})
    assert "made no mistake" in text
    assert "None: no kind of question" in text


def test_no_taxonomy_and_no_training_are_said(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    nothing = {
        "failure_modes": [],
        "skills": [],
        "meta_skills": [],
        "metrics": {**COUNTS, "note": "There is no taxonomy: so."},
    }
    made = report(
        rows, NOT_AUDITED, nothing, pd.DataFrame(columns=["step"]), pictures, Params.model_validate({}), EVERY_PARAM
    )
    text = render(made)
    assert text.count("There is no taxonomy: so.") == 2
    assert "was not trained in this run" in text


def test_no_valid_question_is_said(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    text = page(rows.assign(outcome="error"), pictures, {**taxonomy_of(rows), "failure_modes": []})
    assert "No valid question was asked" in text


def test_rates_keep_errors_apart() -> None:
    outcomes = ["failure"] * 3 + ["correct"] * 5 + ["invalid"] * 2 + ["error"] * 10
    (method,) = content.methods(pd.DataFrame({"method": "trained", "outcome": outcomes, "persists": None}))
    assert (method.failure.value, method.valid.value, method.wrong.value) == (0.3, 0.8, 0.375)
    assert (method.errors.part, method.errors.whole) == (10, 20)


def test_failures_that_persist_are_shown_where_they_were_asked_about_again(
    rows: pd.DataFrame, pictures: dict[str, Path]
) -> None:
    assert "Failures that persist" not in page(rows, pictures)
    shares = iter([1.0, 0.6, 0.5, 0.0])
    failed = (rows["method"] == "trained") & (rows["outcome"] == "failure")
    asked = rows.assign(persists=[next(shares, None) if one else None for one in failed])
    text = page(asked, pictures)
    assert "2 of 4 asked about again" in text


def test_a_curve_is_drawn_from_left_to_right() -> None:
    chart = line_chart("reward", list(range(100)), [step / 100 for step in range(100)])
    xs = [float(point.split(",")[0]) for point in chart.smooth.split()]
    assert xs == sorted(xs) and len(xs) == 100
    assert chart.raw and not chart.marks
    assert line_chart("one", [5], [0.5]).marks


def test_percents() -> None:
    shown = [percent(share).replace("\u00a0", " ") for share in (0, 0.014, 0.0996, 0.5, 1)]
    assert shown == ["0 %", "1.4 %", "10 %", "50 %", "100 %"]


def test_a_corrupt_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(BlindspotError, match=r"bad\.png"):
        data_uri(tmp_path / "bad.png")


def test_no_colour_is_written_into_the_page_but_by_its_style(rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    body = page(rows, pictures).split("</style>", 1)[1]
    assert not re.search(r"(?:fill|stroke|color)=\"#", body)
