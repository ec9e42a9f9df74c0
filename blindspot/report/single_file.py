"""Makes one HTML file of a finished report: all pages as parts of one document, with its pictures inside."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup

from blindspot.errors import BlindspotError
from blindspot.report.page import PAGES, digest, templates
from blindspot.report.pictures import data_uri
from blindspot.report.single_page import Page, read_page, rewritten

LONGEST_SIDE = 320  # px of a picture; smaller than in the folder, so that a mail can carry the file
PICTURES = 8 * 2**20  # bytes of all pictures, as data URIs
ROWS = 10_000  # questions in the list
ARTICLES = 600  # questions with their prompts and replies
ARTICLE = re.compile(r'<article class="asked" id="([^"]+)".*?</article>', re.DOTALL)
LINK = re.compile(r'href="(?:\.\./)*questions/(\d+)\.html#([^"]+)"')


def write_single_file(folder: Path, path: Path) -> None:
    """Writes the report in `folder` as one file. The same report gives the same bytes.

    The file has all failure modes with their examples. Of a large report it leaves out questions and pictures, and
    says so. Raises BlindspotError if `folder` is no finished report.
    """
    names = [*PAGES, *(f"modes/{name}" for name in _modes(folder))]
    pages = {name: read_page(folder, name) for name in names}
    data, rows = _shortened(pages["examples"].data)
    articles = _articles(folder, [page.main for page in pages.values()])
    known = {**dict.fromkeys(pages, ""), **dict.fromkeys(articles, "questions")}
    mains = {name: rewritten(page.main, name, known) for name, page in pages.items()}
    shown = [rewritten(text, "questions", known) for text in articles.values()]
    addresses = [*_pictures_in([*mains.values(), *shown]), *(data["images"][row[1]][1] for row in data["rows"])]
    pictures = _pictures(folder, addresses)
    counts = {"rows": len(data["rows"]), "all": rows, "articles": len(articles), "pictures": len(pictures)}
    text = _render(
        pages,
        mains={name: Markup(main) for name, main in mains.items()},
        footer=Markup(rewritten(pages["index"].footer, "index", known)),
        data=data,
        pictures=pictures,
        articles=Markup("\n".join(shown)),
        counts=counts | {"images": len(data["images"])},
    )
    path.write_text(text, encoding="utf-8")


def _render(pages: Mapping[str, Page], **more: Any) -> str:
    environment = templates()
    code = environment.get_template("single.js").render()
    scripts = {name: page.script for name, page in pages.items() if page.script}
    styles = (environment.get_template(name).render() for name in ("report.css", "single.css"))
    text = environment.get_template("single.html").render(
        style=Markup("".join(styles)),
        hashes=list(dict.fromkeys(map(digest, [code, *scripts.values()]))),
        code=Markup(code),
        scripts={name: Markup(script) for name, script in scripts.items()},
        titles=PAGES,
        pages=pages,
        longest=LONGEST_SIDE,
        **more,
    )
    return text + "\n"


def _modes(folder: Path) -> list[str]:
    """Returns the names of the modes' pages in the order of the overview. Raises BlindspotError without a report."""
    try:
        text = (folder / "index.html").read_text("utf-8")
    except OSError as error:
        raise BlindspotError(f"{folder} has no report ({error.strerror})", "`dvc repro report` makes it") from None
    return list(dict.fromkeys(re.findall(r'href="modes/([a-z0-9-]+)\.html"', text)))


def _shortened(data: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Returns the data of the list with at most ROWS questions, failures first if some are left out, and all rows."""
    rows, failure = data["rows"], data["outcomes"].index("failure")
    kept = rows
    if len(rows) > ROWS:
        places = sorted(range(len(rows)), key=lambda place: (rows[place][5] != failure, place))[:ROWS]
        kept = [rows[place] for place in sorted(places)]
    return data | {"rows": kept}, len(rows)


def _articles(folder: Path, mains: Iterable[str]) -> dict[str, str]:
    """Returns the first ARTICLES questions that the pages link to, by address of the folder."""
    wanted = list(dict.fromkeys(found for main in mains for found in LINK.findall(main)))[:ARTICLES]
    pages: dict[str, dict[str, str]] = {}
    for number, _ in wanted:
        if number not in pages:
            text = (folder / "questions" / f"{number}.html").read_text("utf-8")
            pages[number] = {found[1]: found[0] for found in ARTICLE.finditer(text)}
    return {f"questions/{number}#{unquote(name)}": pages[number][unquote(name)] for number, name in wanted}


def _pictures_in(texts: Iterable[str]) -> list[str]:
    return [address for text in texts for address in re.findall(r'data-picture="([^"]+)"', text)]


def _pictures(folder: Path, addresses: Iterable[str]) -> dict[str, str]:
    """Returns the first pictures that fit into PICTURES as data URIs, by address."""
    found, size = dict[str, str](), 0
    for address in dict.fromkeys(addresses):
        made = data_uri(folder / address, LONGEST_SIDE)
        size += len(made)
        if size > PICTURES:
            break
        found[address] = made
    return found
