"""The page about the judge, and the page on which a person labels."""

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable
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
from tests.report.site import NOTHING, draw_pictures, make
from tests.taxonomy.rows import make_rows

ROWS = make_rows(100)


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
        "kappa",
        "Precision, failures",
        "Recall, invalid questions",
        "100 of 100 audited",
    ):
        assert shown in text
    assert text.count("Corrected for errors of the judge: ") == 3


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
