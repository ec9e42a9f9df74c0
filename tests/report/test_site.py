"""All pages of a report open offline, their links work, and texts of models stay text."""

import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest

from blindspot.report.labelling import render_labelling
from blindspot.report.logged import log_pages
from blindspot.report.single_file import write_single_file
from blindspot.report.single_page import OUTSIDE
from blindspot.report.totals import Saved
from blindspot.runs.kept import copy_report
from tests.report.large import NASTY, multiply, spoil
from tests.report.site import NOTHING, Outline, make, mode_of, questions_of, rows_of, taxonomy_of

PAGES = {"index", "skills", "examples", "methods", "judge", "provenance"}
QUESTIONS = {f"questions/{number:03d}.html" for number in range(4)}  # of 180 questions
MODES = {"modes/counting.html", "modes/counting--answer-2-or-more.html"}


@pytest.fixture(scope="module")
def folder(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make(rows, pictures, folder)
    return folder


def texts(folder: Path) -> dict[str, str]:
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 5
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in pages}


def listed(text: str) -> dict[str, list[Any]]:
    """What the page of questions searches."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert found and not re.search(r"[<>\u2028\u2029]", found[1])
    data: dict[str, list[Any]] = json.loads(found[1])
    return data


def test_there_is_a_page_for_each_topic_and_each_failure_mode(folder: Path) -> None:
    assert set(texts(folder)) == {f"{name}.html" for name in PAGES} | MODES | QUESTIONS


def test_every_page_opens_offline(folder: Path) -> None:
    loaded = 0
    for path, text in texts(folder).items():
        outline = Outline(text)
        loaded += len(outline.loads)
        for address in outline.loads:
            where = (folder / path).parent / address
            inside = where.resolve().is_relative_to(folder.resolve()) and where.is_file()
            assert address.startswith("data:") or inside, address
        assert "default-src 'none'" in text and not re.search(r"(?:src|href)=\"(?:https?:)?//", text)
        assert "fetch(" not in text
    assert loaded > 5


def test_every_link_leads_to_an_existing_place(folder: Path) -> None:
    outlines = {path: Outline(text) for path, text in texts(folder).items()}
    assert sum(len(outline.links) for outline in outlines.values()) > 20
    for path, outline in outlines.items():
        assert len(outline.ids) == len(set(outline.ids))
        for link in outline.links:
            parts = urlsplit(link)
            target = ((folder / path).parent / parts.path).resolve() if parts.path else (folder / path).resolve()
            name = target.relative_to(folder.resolve()).as_posix()
            place = unquote(parts.fragment)
            assert name in {*outlines, "label.html", "report.html"} or (
                target.is_file() and name.startswith("lists/")
            ), link
            assert not place or "=" in place or place in outlines[name].ids, f"{path}: {link}"


def test_headings_are_in_order_and_pictures_have_alternative_texts(folder: Path) -> None:
    for path, text in texts(folder).items():
        outline = Outline(text)
        assert outline.levels[0] == 1 and outline.levels.count(1) == 1, path
        steps = zip(outline.levels, outline.levels[1:], strict=False)
        assert all(later - former <= 1 for former, later in steps), path
        assert {"main", "header", "nav", "footer"} <= set(outline.tags) and not outline.bare


def test_each_picture_is_stored_once(rows: pd.DataFrame, folder: Path) -> None:
    assert len([*(folder / "images").iterdir()]) == rows["image_id"].nunique()


def test_the_same_rows_give_the_same_bytes(
    rows: pd.DataFrame, pictures: dict[str, Path], folder: Path, tmp_path: Path
) -> None:
    make(rows.copy(), pictures, tmp_path / "again")
    first = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
    again = {path.relative_to(tmp_path / "again"): path.read_bytes() for path in (tmp_path / "again").rglob("*.*")}
    assert first == again


def test_every_link_of_the_copy_in_mlflow_and_of_the_kept_file_leads_to_a_place(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    class Recorder:
        def log_artifacts(self, path: str, to: str) -> None:
            shutil.copytree(path, tmp_path / to)

    made = tmp_path / "made"
    make(rows, pictures, made, saved=Saved(3, 0, 0))
    (made / "failures" / "data").mkdir(parents=True)
    (made / "failures" / "README.md").touch()
    (made / "label.html").write_text(render_labelling(rows.assign(judged=rows["outcome"]), pictures), "utf-8")
    write_single_file(made, made / "report.html")
    log_pages(Recorder(), made)
    copy = tmp_path / "report"
    assert paths_in(copy) == paths_in(made) - {"failures", "failures/data", "failures/README.md"}
    dead = [one for folder in (made, copy) for one in dead_links(folder)]
    assert dead == [] and not any("failures/README.md" in text for text in texts(copy).values())
    assert any(f'title="{OUTSIDE}"' in text for text in texts(copy).values())
    (tmp_path / "kept").mkdir()
    copy_report(made / "report.html", tmp_path / "kept" / "report.html", {"Date": "1 May 2026"})
    assert dead_links(tmp_path / "kept") == []


def paths_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def dead_links(folder: Path) -> list[str]:
    """Returns the relative addresses in pages of a folder, also those in the data of scripts, that have no file."""
    found, checked = list[str](), 0
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text("utf-8")
        outline = Outline(text)
        known = [*outline.links, *outline.loads]
        known += [address for _, address in listed(text)["images"]] if path.name == "examples.html" else []
        parts = [urlsplit(one) for one in known]
        files = [unquote(one.path) for one in parts if one.path and not one.scheme]
        found += [f"{path.name}: {one}" for one in files if not (path.parent / one).is_file()]
        checked += len(known)
    assert checked > 20
    return found


def test_colours_are_defined_in_the_style_only(folder: Path) -> None:
    for text in texts(folder).values():
        assert not re.search(r"(?:fill|stroke|color)=\"#", text.split("</style>", 1)[1])


def test_texts_from_models_stay_text(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    nasty = rows.assign(question=evil, answer="<img src=x onerror=y>", candidate="<b>&", questioner=evil)
    taxonomy = taxonomy_of(rows)
    for skill in taxonomy["skills"]:
        skill["primitives"], skill["definition"] = [evil], evil
        skill["title"] = evil
    taxonomy["meta_skills"][0]["title"] = evil
    mode = mode_of(rows, "counting", name=evil, mode_id="../../x'\"><script>", documented=(evil,))
    taxonomy["failure_modes"] = [mode, *taxonomy["failure_modes"][1:]]
    for path, text in make(nasty, pictures, tmp_path / "r", taxonomy).items():
        outline = Outline(text)
        scripts = {"index.html": 1, "skills.html": 1, "examples.html": 2}
        assert outline.tags.count("script") == scripts.get(path, 0), path
        assert not outline.handlers and "<img src=x" not in text and "<b>&" not in text
    assert [path.name for path in (tmp_path / "r" / "modes").iterdir() if "x" in path.name]


@pytest.mark.parametrize("text", NASTY)
def test_every_text_is_in_the_list(text: str, rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    pages = make(rows.assign(question=text, answer=text), pictures, tmp_path / "r")
    found = listed(pages["examples.html"])["rows"]
    assert len(found) == len(rows)
    assert all(isinstance(row, list) and row[2] == row[3] == text for row in found)
    assert text.strip() or "(nothing)" in pages["index.html"]


def test_the_list_names_the_modes_and_skills_of_a_question(rows: pd.DataFrame, folder: Path) -> None:
    data = listed((folder / "examples.html").read_text("utf-8"))
    assert data["modes"][0] == ["counting", "Counting questions", "counting"]
    of_mode = [row for row in data["rows"] if isinstance(row, list) and 0 in row[7]]
    assert len(of_mode) == mode_of(rows, "counting").asked
    assert [data["skills"][place] for place in {row[8][0] for row in of_mode}] == [["counting", "Counting objects"]]


@pytest.mark.parametrize("outcome", ["invalid", "unscored", "correct"])
def test_every_page_exists_without_failures(
    outcome: str, rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    pages = make(rows.assign(outcome=outcome), pictures, tmp_path / "r", {**NOTHING, "questions": None})
    assert set(pages) == {f"{name}.html" for name in PAGES} | QUESTIONS
    text = "made no mistake" if outcome == "correct" else "No valid question was asked"
    assert text in pages["index.html"]
    assert "There is no taxonomy: so." in pages["skills.html"] and "<script>" not in pages["skills.html"]


def test_three_questions_make_a_report(pictures: dict[str, Path], tmp_path: Path) -> None:
    few = rows_of(1)
    nothing = {**NOTHING, "questions": questions_of(few)}
    pages = make(few, pictures, tmp_path / "r", nothing, rewards=pd.DataFrame(columns=["step"]))
    assert "was not trained in this run" in pages["methods.html"]
    assert len(listed(pages["examples.html"])["rows"]) == 3


def test_the_pages_of_ten_thousand_questions_are_small(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    many, placed = multiply(rows, questions_of(rows), 10_000)
    taxonomy = taxonomy_of(rows) | {"questions": placed}
    pages = make(many, pictures, tmp_path / "r", taxonomy)
    data = listed(pages["examples.html"])
    assert len(data["rows"]) == 10_000 == many["rollout_id"].nunique()
    assert len(pages["examples.html"]) < 3_000_000
    assert all(len(text) < 300_000 for path, text in pages.items() if path != "examples.html")


def test_spoiling_changes_texts_but_not_verdicts(rows: pd.DataFrame) -> None:
    spoilt = spoil(rows)
    assert spoilt["outcome"].equals(rows["outcome"]) and not spoilt["question"].equals(rows["question"])
