"""The report as one file."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest

from blindspot.errors import BlindspotError
from blindspot.report import single_file
from blindspot.report.single_file import write_single_file
from blindspot.report.single_page import OUTSIDE, rewritten
from blindspot.runs.kept import copy_report
from tests.report.large import NASTY
from tests.report.site import NOTHING, Outline, make, mode_of, taxonomy_of

SCRIPT = re.compile(r"<script( type=\"application/json\" id=\"([^\"]+)\")?>(.*?)</script>", re.DOTALL)


@pytest.fixture(scope="module")
def folder(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make(rows, pictures, folder)
    return folder


@pytest.fixture(scope="module")
def text(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return single(folder, tmp_path_factory.mktemp("single"))


def single(folder: Path, to: Path) -> str:
    write_single_file(folder, to / "report.html")
    return (to / "report.html").read_text("utf-8")


def data(text: str, name: str) -> Any:
    return next(json.loads(found[3]) for found in SCRIPT.finditer(text) if found[2] == name)


def test_it_has_every_page_and_loads_no_file(folder: Path, text: str) -> None:
    outline = Outline(text)
    pages = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.html")}
    pages = {page for page in pages if not page.startswith("questions/")} | {"questions"}
    assert pages <= set(outline.ids) and outline.tags.count("main") == len(pages) == 9
    assert outline.loads == ["data:,"] and "default-src 'none'; img-src data:" in text


def test_every_link_leads_to_a_place_in_it(text: str) -> None:
    outline = Outline(text)
    assert len(outline.ids) == len(set(outline.ids)) > 100
    links = [link for link in outline.links if link]
    assert len(links) > 100 and all(link.startswith("#") for link in links)
    for link in links:
        target = unquote(link[1:].split("?")[0])
        assert target in outline.ids, link
    assert text.count(f'title="{OUTSIDE}"') == outline.links.count("")


def test_names_in_attributes_are_ids_of_the_document(text: str) -> None:
    ids = set(Outline(text).ids)
    named = re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', text)
    assert len(named) > 20 and all(one in ids for names in named for one in html.unescape(names).split())


def test_the_policy_allows_its_own_scripts_only(text: str) -> None:
    policy = re.search(r"script-src ([^;]+);", text)
    codes = [found[3] for found in SCRIPT.finditer(text) if not found[1]]
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'" for code in codes}
    assert policy and set(policy[1].split()) == hashes and len(codes) == len(hashes) == 4
    assert "fetch(" not in text and "localStorage" not in text


def test_each_picture_is_in_it_once_and_all_that_are_shown(rows: pd.DataFrame, text: str) -> None:
    pictures, shown = data(text, "pictures"), set(re.findall(r'data-picture="([^"]+)"', text))
    assert len(pictures) == rows["image_id"].nunique() and shown <= pictures.keys() and len(shown) > 5
    assert text.count("data:image/") == len(pictures)


def test_the_same_report_gives_the_same_bytes(folder: Path, text: str, tmp_path: Path) -> None:
    assert single(folder, tmp_path) == text


def test_the_copy_of_a_run_states_its_date_after_the_header(folder: Path, text: str, tmp_path: Path) -> None:
    single(folder, tmp_path)
    copy_report(tmp_path / "report.html", tmp_path / "kept.html", {"Date": "1 May 2026", "Candidate": "<b>mine</b>"})
    kept = (tmp_path / "kept.html").read_text("utf-8")
    strip = "<dt>Date</dt><dd>1 May 2026</dd></div><div><dt>Candidate</dt><dd>&lt;b&gt;mine&lt;/b&gt;</dd>"
    assert strip in kept and kept.index(strip) < kept.index("<main")
    assert 'class="run"' not in text


def test_a_large_report_is_shortened_and_says_what_is_left_out(
    rows: pd.DataFrame, folder: Path, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "It contains all 180 questions in the list;" in text and "all 30 pictures" in text
    failures = int((rows["outcome"] == "failure").sum())
    monkeypatch.setattr(single_file, "ROWS", failures + 2)
    monkeypatch.setattr(single_file, "ARTICLES", 3)
    monkeypatch.setattr(single_file, "PICTURES", 2000)
    short = single(folder, tmp_path)
    kept, pictures = data(short, "examples/data")["rows"], data(short, "pictures")
    assert [row[5] for row in kept].count(0) == failures and len(kept) == failures + 2
    order = {name: place for place, name in enumerate(rows["rollout_id"])}
    assert [order[row[0]] for row in kept] == sorted(order[row[0]] for row in kept)
    assert 0 < len(pictures) < 30 and sum(map(len, pictures.values())) <= 2000
    assert short.count('<article class="asked"') == 3
    assert f"{failures + 2} of the 180 questions in the list, the failures first; 3 of them" in short
    assert f"{len(pictures)} of the 30 pictures" in short
    for link in filter(None, Outline(short).links):
        assert unquote(link[1:].split("?")[0]) in Outline(short).ids


def test_the_failures_of_the_modes_have_their_prompts(rows: pd.DataFrame, text: str) -> None:
    for name in mode_of(rows, "counting").examples[:5]:
        assert f'<article class="asked" id="questions/{name}"' in text and f'href="#questions/{name}"' in text


@pytest.mark.parametrize("evil", NASTY)
def test_texts_of_models_stay_text(evil: str, rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    taxonomy = taxonomy_of(rows)
    taxonomy["failure_modes"][0] = mode_of(rows, "counting", name=evil or "-")
    make(rows.assign(question=evil, answer=evil), pictures, tmp_path / "r", taxonomy)
    outline = Outline(found := single(tmp_path / "r", tmp_path))
    assert outline.tags.count("script") == 6 and not outline.handlers and "<img src=x" not in found
    assert {row[2] for row in data(found, "examples/data")["rows"]} == {evil}


def test_a_report_without_failure_modes_has_a_file(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    make(rows.assign(outcome="correct"), pictures, tmp_path / "r", {**NOTHING, "questions": None})
    assert Outline(single(tmp_path / "r", tmp_path)).tags.count("main") == 7


def test_a_folder_without_a_report_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="has no report"):
        single(tmp_path, tmp_path)
    (tmp_path / "index.html").write_text("<p>", "utf-8")
    with pytest.raises(BlindspotError, match="is no page of a report"):
        single(tmp_path, tmp_path)


def test_only_attributes_with_names_and_addresses_are_changed() -> None:
    known = {"index": "", "modes/a": "", "questions/000#x 1": "questions"}
    same = '<svg viewBox="0 0 1 1"><rect width="1"/></svg>&amp;&#34; id="x" <br><a href="https://a.b/#c">d</a>'
    assert rewritten(same, "index", known) == same
    for link, place in {
        "#list": "modes/a/list",
        "../index.html": "index",
        "../index.html#sort=share&amp;status=x": "index?sort=share&amp;status=x",
        "../questions/000.html#x%201": "questions/x%201",
        "": "modes/a",
    }.items():
        assert rewritten(f'<a href="{link}">', "modes/a", known) == f'<a href="#{place}">'
    assert rewritten('<a class="b" href="../label.html">', "modes/a", known) == f'<a class="b" title="{OUTSIDE}">'
    assert rewritten('<img src="../images/a.png" alt="&lt;">', "questions", known) == (
        '<img data-picture="images/a.png" alt="&lt;">'
    )
