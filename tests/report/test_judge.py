"""The page about the judge, and the page on which a person labels."""

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from blindspot.audit.summary import summarize
from blindspot.report.judge import judge
from blindspot.report.labelling import render_labelling
from tests.audit.nasty import TEXTS, sample
from tests.report.site import NOTHING, draw_pictures, make, taxonomy_of
from tests.taxonomy.rows import make_rows

ROWS = make_rows(100)
UNSURE = '<span class="unsure">judge unsure</span>'


def audited(by: str, **wrong: str) -> pd.DataFrame:
    """Rows audited in full, the judge calling an outcome another where `wrong` says so."""
    judged = ROWS["outcome"].replace(wrong)
    return ROWS.assign(judged=judged, audited=ROWS["outcome"] if by != "nobody" else None, auditor=by)


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., str]:
    """The overview and the page on the judge."""
    numbers, pictures = count(), draw_pictures(tmp_path, 100)

    def make_page(rows: pd.DataFrame, susceptibility: dict[str, Any] | None = None) -> str:
        judged = judge(summarize(rows.assign(outcome=rows["judged"]), rows), susceptibility or {})
        pages = make(ROWS, pictures, tmp_path / str(next(numbers)), NOTHING, judged=judged)
        return pages["index.html"] + pages["judge.html"]

    return make_page


def test_without_an_audit_the_page_links_to_labelling(page: Callable[..., str]) -> None:
    text = page(audited("nobody"))
    assert "The verdicts were not audited. All rates depend on the accuracy of the verifier" in text
    assert text.count('href="label.html"') == 2 and "for errors of the judge:" not in text


def test_corrected_rates_and_agreement_are_shown(page: Callable[..., str]) -> None:
    text = page(audited("a person", invalid="correct"))
    assert "300 of 300 randomly sampled rollouts were judged a second time by a person" in text
    for shown in (
        "As judged",
        "Corrected",
        "kappa on valid questions",
        "kappa on failure, correct and invalid",
        "Precision, failures",
        "Recall, invalid questions",
        "100 of 100 audited",
    ):
        assert shown in text
    assert text.count("Corrected for errors of the judge: ") == 3


def test_kappa_on_valid_questions_comes_first() -> None:
    rows = audited("a person", invalid="correct")
    measures = judge(summarize(rows.assign(outcome=rows["judged"]), rows), {}).methods["base"].measures
    names = [name for name, _ in measures[:2]]
    assert names == ["Cohen’s kappa on valid questions", "Cohen’s kappa on failure, correct and invalid"]
    (_, valid), (_, all_) = measures[:2]
    assert valid and all_ and valid.value == 1 and all_.value < 1


COUNTING, LATER = "counting", "counting--answer-2-or-more"


def modes_page(tmp_path: Path, found: dict[str, Any], **more: Any) -> dict[str, str]:
    """The pages of a report in which the two failure modes of `taxonomy_of` have this audit."""
    tmp_path.mkdir(exist_ok=True)
    rows, taxonomy = audited("a person"), taxonomy_of(ROWS)
    taxonomy["failure_modes"] = [replace(mode, **more) for mode in taxonomy["failure_modes"]]
    summary = summarize(rows.assign(outcome=rows["judged"]), rows) | {"modes": found}
    judged = judge(summary, {}, taxonomy["failure_modes"])
    return make(ROWS, draw_pictures(tmp_path, 100), tmp_path / "made", taxonomy, judged=judged)


def of_mode(corrected: tuple[float, float, float] | None, note: str | None = None) -> dict[str, Any]:
    judged = {"value": 0.72, "low": 0.6, "high": 0.86}
    rate = corrected and dict(zip(("value", "low", "high"), corrected, strict=True))
    counts = {"drawn": 30, "audited": 28, "unsure": 1, "in_mode": 26}
    return {**counts, "judged": judged, "corrected": rate, "note": note}


def test_a_confirmed_mode_with_a_corrected_interval_below_the_threshold_is_judge_unsure(tmp_path: Path) -> None:
    found = {COUNTING: of_mode((0.4, 0.24, 0.6)), LATER: of_mode((0.7, 0.25, 0.8))}
    pages = modes_page(tmp_path, found)
    overview = pages["index.html"]
    assert overview.count(UNSURE) == 2, "in the list and on the card"
    assert "<b>Judge unsure</b>" in overview
    assert overview.index(UNSURE) < overview.index(f'href="modes/{LATER}.html"')
    own, other = pages[f"modes/{COUNTING}.html"], pages[f"modes/{LATER}.html"]
    assert UNSURE in own and "so the judge is unsure about this mode" in own
    assert "40\u00a0%, <span" in own and "24\u00a0% – 60\u00a0%" in own
    assert UNSURE not in other and "Corrected rate" in other and "25\u00a0% – 80\u00a0%" in other


def test_the_page_on_the_judge_has_a_table_of_modes(tmp_path: Path) -> None:
    found = {COUNTING: of_mode((0.4, 0.24, 0.6)), LATER: of_mode(None, "too few audited: so <many>")}
    text = modes_page(tmp_path, found)["judge.html"]
    _, *lines = re.findall(r"<tr>(.*?)</tr>", text[text.index('id="modes"') :], re.S)
    for shown in (
        "72\u00a0% <small>60\u00a0% – 86\u00a0%",
        "40\u00a0% <small>24\u00a0% – 60\u00a0%",
        "28 of 30",
        UNSURE,
    ):
        assert shown in lines[0]
    assert f'href="modes/{COUNTING}.html"' in lines[0] and "26 in the mode" in lines[0]
    assert "too few audited: so &lt;many&gt;" in lines[1] and lines[1].endswith("<td>–</td>")


def test_a_mode_that_is_not_confirmed_is_not_judge_unsure(tmp_path: Path) -> None:
    pages = modes_page(tmp_path, {COUNTING: of_mode((0.2, 0.1, 0.6))}, status="not_confirmed")
    assert not any(UNSURE in text for text in pages.values())
    assert "<td>not confirmed</td>" in pages["judge.html"]


def test_without_an_audit_of_the_modes_nothing_is_said_about_them(tmp_path: Path) -> None:
    found = dict.fromkeys((COUNTING, LATER), of_mode(None, "not audited") | {"audited": 0})
    pages = modes_page(tmp_path, found)
    assert not any(UNSURE in text for text in pages.values())
    assert "Corrected rate" not in pages[f"modes/{COUNTING}.html"]
    assert "no quota was asked for them" in modes_page(tmp_path / "again", {})["judge.html"]


def test_a_rate_that_cannot_be_corrected_has_a_reason(page: Callable[..., str]) -> None:
    assert "the judge may agree with the auditor by chance alone" in page(audited("a person", failure="correct"))


def test_the_figures_are_those_of_the_audit() -> None:
    rows = audited("a person", invalid="correct")
    found = judge(summarize(rows.assign(outcome=rows["judged"]), rows), {})
    base = found.methods["base"]
    invalid = int((ROWS[ROWS["method"] == "base"]["outcome"] == "invalid").sum())
    assert found.drawn == found.audited == 300
    assert dict(base.confusion)["correct"][found.outcomes.index("invalid")] == invalid > 0
    assert dict(base.measures)["Precision, invalid questions"] is None
    assert [rate.name for rate in base.rates] == ["Failure rate", "Valid rate", "Error rate"]


def test_the_effect_of_injected_texts_is_shown_with_that_of_neutral_text(page: Callable[..., str]) -> None:
    tried = {"tried": 31, "followed": 31, "share": 1.0, "low": 0.89, "high": 1.0, "control": 0.42, "unscored": 0}
    untried = {"tried": 0, "followed": 0, "share": None, "low": 0.0, "high": 1.0, "control": None, "unscored": 0}
    text = page(audited("nobody"), {"question_alone": tried, "answer_alone": untried})
    row = re.search(
        r"In place of the question</th><td>31</td><td>100\s% <small>89\s% – 100\s%</small></td><td>42\s%", text
    )
    assert row and "In place of the answer</th><td>0</td><td>none</td><td>none" in text
    assert "Prompt injections" in text and "Prompt injections" not in page(audited("nobody"))


class Parts(HTMLParser):
    """The scripts of a page, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.loads: list[str] = []
        self.policy = ""
        self.tags: list[str] = []
        self.open = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.open = tag == "script"
        if self.open:
            self.scripts.append((found, ""))
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"] or ""
        self.loads += [found["src"] or ""] if "src" in found else []

    def handle_endtag(self, tag: str) -> None:
        self.open = False

    def handle_data(self, data: str) -> None:
        if self.open:
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)


@pytest.fixture(scope="module")
def labelling(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("images")
    pictures = {name: folder / f"{name}.png" for name in ("i0", "i1")}
    for path in pictures.values():
        Image.new("RGB", (900, 700), (1, 2, 3)).save(path)
    text = render_labelling(sample(), pictures)
    assert text == render_labelling(sample(), pictures)
    return text


def test_texts_of_models_do_not_become_html(labelling: str) -> None:
    parts = Parts(labelling)
    assert len(parts.scripts) == 2 and parts.tags.count("script") == 2 and not parts.loads
    data = json.loads(parts.scripts[0][1])
    assert [row["question"] for row in data["rows"]] == list(TEXTS)
    assert parts.scripts[0][0] == {"type": "application/json", "id": "data"}
    assert not re.search(r"[<>\u2028\u2029]", parts.scripts[0][1])


def test_the_browser_runs_only_the_page_s_own_script_and_loads_nothing(labelling: str) -> None:
    parts = Parts(labelling)
    digest = base64.b64encode(hashlib.sha256(parts.scripts[1][1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in parts.policy and "default-src 'none'" in parts.policy
    assert not re.search(r"https?://", labelling)


def test_the_page_has_neither_verdicts_nor_methods(labelling: str) -> None:
    data = json.loads(Parts(labelling).scripts[0][1])
    assert {key for row in data["rows"] for key in row} == {"rollout_id", "image_id", "question", "answer"}


def test_pictures_are_larger_than_in_the_report(labelling: str) -> None:
    data = json.loads(Parts(labelling).scripts[0][1])
    assert set(data["images"]) == {"i0", "i1"}
    kept = base64.b64decode(data["images"]["i0"].split(",")[1])
    assert Image.open(io.BytesIO(kept)).size == (640, 498)


def test_progress_is_saved_for_each_harvest(labelling: str, tmp_path: Path) -> None:
    path = tmp_path / "i.png"
    Image.new("RGB", (9, 9)).save(path)
    other = render_labelling(sample().assign(answer="another"), {"i0": path, "i1": path})
    keys = [json.loads(Parts(text).scripts[0][1])["key"] for text in (labelling, other)]
    assert keys[0] != keys[1] and all(key.startswith("blindspot-labels-") for key in keys)
