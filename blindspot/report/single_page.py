"""Reads a page of a finished report, and rewrites it as a part of a document that has all pages."""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from blindspot.errors import BlindspotError

MAIN = re.compile(r'<main id="main" tabindex="-1">(.*)</main>\s*<footer>(.*)</footer>(.*)', re.DOTALL)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
NAMES = ("id", "for", "aria-labelledby", "aria-describedby", "aria-controls")  # attributes with ids of the page
OUTSIDE = "only in the folder of the report"


@dataclass(frozen=True)
class Page:
    """A page: HTML of its title, main part and footer; its script, empty if it has none; the data of its script."""

    title: str
    main: str
    footer: str
    script: str
    data: dict[str, Any] = field(default_factory=dict)


def read_page(folder: Path, name: str) -> Page:
    """Returns a page of the report in `folder`. `name`: its path without the ending.

    Raises BlindspotError if it cannot be read or is no page of a report.
    """
    path = folder / f"{name}.html"
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise BlindspotError(f"{path} cannot be read ({error.strerror})", "`dvc repro report` makes it") from None
    title, found = TITLE.search(text), MAIN.search(text)
    if not title or not found:
        raise BlindspotError(f"{path} is no page of a report", "`dvc repro report` makes it")
    data, script = DATA.search(found[3]), SCRIPT.search(found[3])
    return Page(title[1], found[1], found[2], script[1] if script else "", json.loads(data[1]) if data else {})


def rewritten(text: str, page: str, known: Mapping[str, str]) -> str:
    """Returns HTML of a page for the document that has all pages.

    Ids begin with the name of the page. Links to `known` pages and questions lead to their parts of the document, and
    other links of the report lead nowhere. Pictures are named by their address and have no source. `known`: names of
    pages, and addresses of questions such as questions/000#trained-000003 with the name of their part.
    """
    parser = _Rewriter(page, known)
    parser.feed(text)
    parser.close()
    return "".join(parser.parts)


class _Rewriter(HTMLParser):
    """Copies HTML and changes ids, links and pictures."""

    def __init__(self, page: str, known: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self._page, self._known, self.parts = page, known, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw, changed = self.get_starttag_text() or "", [one for pair in attrs for one in self._changed(tag, *pair)]
        made = "".join(f" {name}" if text is None else f' {name}="{escape(text)}"' for name, text in changed)
        self.parts.append(raw if changed == attrs else f"<{tag}{made}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def _changed(self, tag: str, name: str, text: str | None) -> list[tuple[str, str | None]]:
        """Returns what replaces an attribute."""
        if text is None:
            return [(name, text)]
        if name in NAMES:
            return [(name, " ".join(f"{self._page}/{one}" for one in text.split()))]
        if tag == "img" and name == "src":
            return [("data-picture", self._resolved(text))]
        if tag == "a" and name == "href" and not urlsplit(text).scheme:
            place = self._place(text)
            return [("title", OUTSIDE)] if place is None else [("href", f"#{place}")]
        return [(name, text)]

    def _resolved(self, address: str) -> str:
        """Returns an address relative to the report."""
        where = "questions/0" if self._page == "questions" else self._page
        return posixpath.normpath(posixpath.join(posixpath.dirname(where), address))

    def _place(self, address: str) -> str | None:
        """Returns where a link leads in the document; None if the document does not have it."""
        path, _, fragment = address.partition("#")
        page = self._resolved(path).removesuffix(".html") if path else self._page
        question = f"{page}#{unquote(fragment)}"
        if question in self._known:
            return f"{self._known[question]}/{fragment}"
        if page not in self._known and page != self._page:
            return None
        if not fragment:
            return page
        return f"{page}?{fragment}" if "=" in fragment else f"{page}/{fragment}"
