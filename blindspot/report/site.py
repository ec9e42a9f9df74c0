"""Writes the report: all pages and their pictures, in one folder that opens offline."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from blindspot.paths import FAILURE_SET
from blindspot.report.content import Content
from blindspot.report.downloads import write_lists
from blindspot.report.next_steps import next_steps
from blindspot.report.page import render
from blindspot.report.pictures import write_pictures
from blindspot.report.question_pages import question_pages
from blindspot.report.questions import listing
from blindspot.report.single_page import OUTSIDE

FAILURES = FAILURE_SET.name  # folder of the report


def write_site(content: Content, pictures: Mapping[str, Path], folder: Path) -> None:
    """Writes every page except the labelling page, and the lists to download. `pictures`: the file of each image id.

    Raises BlindspotError on a picture that cannot be read.
    """
    shown = {example.image_id for example in content.examples()} | set(content.rows["image_id"])
    addresses = write_pictures(pictures, shown, folder / "images")

    def write(name: str, text: str) -> None:
        (folder / name).write_text(text, encoding="utf-8")

    for name in ("methods", "judge", "provenance"):
        write(f"{name}.html", render(content, name, addresses))
    write("index.html", render(content, "index", addresses, "modes.js", steps=next_steps(content)))
    write("skills.html", render(content, "skills", addresses, "skills.js"))
    data = listing(content.rows, content.modes, content.titles, addresses, content.askers)
    write("examples.html", render(content, "examples", addresses, "examples.js", data=data))
    (folder / "modes").mkdir()
    for rank, mode in enumerate(content.modes, 1):
        write(f"modes/{mode.page}.html", render(content, "mode", addresses, mode=mode, rank=rank))
    _write_questions(content, addresses, folder / "questions")
    write_lists(content, folder)


def copy_pages(report: Path, target: Path) -> None:
    """Copies a finished report without the failure set, which is large, and without the links to it.

    `target`: must not exist.
    """
    shutil.copytree(report, target, ignore=lambda folder, _: [FAILURES] if Path(folder) == report else [])
    for page in target.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(f'href="{FAILURES}/README.md"', f'title="{OUTSIDE}"'), encoding="utf-8")


def _write_questions(content: Content, addresses: Mapping[str, str], folder: Path) -> None:
    """Writes the pages of questions."""
    folder.mkdir()
    pages = question_pages(content.rows, content.modes, content.asking)
    for before, part, after in zip([None, *pages[:-1]], pages, [*pages[1:], None], strict=True):
        text = render(content, "questions", addresses, part=part, before=before, after=after)
        (folder / f"{part.name}.html").write_text(text, encoding="utf-8")
