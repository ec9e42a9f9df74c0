"""Renders the pages of the report, which contain their style, charts and scripts."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from blindspot.metrics import percent
from blindspot.records.failure_mode import RARELY_FOUND
from blindspot.report import charts
from blindspot.report.content import Content

PAGES = {
    "index": "Overview",
    "skills": "Skills",
    "examples": "Questions",
    "methods": "Methods",
    "judge": "Judge",
    "provenance": "Provenance",
}
IN_FOLDERS = ("mode", "questions")  # templates of pages in folders
STYLES = {"questions": ("style.css", "modes.css", "questions.css", "print.css")}  # of pages that there are many of


def render(content: Content, name: str, addresses: Mapping[str, str], script: str | None = None, **more: Any) -> str:
    """Renders the page of the template `name`. Every text is escaped; the same content gives the same bytes.

    `addresses`: of each picture, relative to the report. `script`: the template of the page's script, if it has one;
    browsers run no other.
    """
    code = script_of(script) if script else ""
    return (
        _environment()
        .get_template(f"{name}.html")
        .render(
            content=content,
            addresses=addresses,
            pages=PAGES,
            page=name,
            root="../" if name in IN_FOLDERS else "",
            style=Markup("".join(map(_style, STYLES.get(name, ("report.css",))))),
            script=Markup(code),
            script_hash=digest(code) if code else None,
            chart=charts,
            **more,
        )
        + "\n"
    )


def script_of(name: str) -> str:
    """Returns the script of a page, in a scope of its own. `name`: of its template."""
    parts = [_environment().get_template(one).render() for one in ("page.js", name)]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();"])


def digest(code: str) -> str:
    """Returns the hash of a script, as a content security policy names it."""
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    return templates()


@cache
def _style(name: str) -> str:
    return _environment().get_template(name).render()


def templates(*more: BaseLoader) -> Environment:
    """Returns an environment with the report's templates and those of other loaders. Every value is escaped."""
    environment = Environment(
        loader=ChoiceLoader([*more, PackageLoader("blindspot.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    environment.filters["place"] = place
    environment.filters["sentence"] = sentence
    environment.filters["code"] = code
    environment.globals["rarely_found"] = RARELY_FOUND
    return environment


def code(text: str) -> Markup:
    """Returns the text escaped, with the parts in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def sentence(text: str) -> str:
    """Returns the text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def place(box: tuple[float, float, float, float]) -> str:
    """Returns the style properties that place a box of the map."""
    return ";".join(f"--{name}:{value:g}%" for name, value in zip("xywh", box, strict=True))
