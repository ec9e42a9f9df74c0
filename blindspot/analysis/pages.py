"""Renders the pages of an analysis, with the style of the report."""

from collections.abc import Mapping
from typing import Any

from jinja2 import PackageLoader
from markupsafe import Markup

from blindspot.analysis.analyze import Analysis, ModelAnalysis
from blindspot.analysis.view import STATUSES, ModelPage, compared
from blindspot.report.page import templates


def render_model(page: ModelPage, addresses: Mapping[Any, str], unread: int, home: str | None) -> str:
    """Renders the page of one model. `addresses`, `unread`: of pictures. `home`: the page that compares models."""
    return _render("model.html", page=page, addresses=addresses, unread=unread, home=home, statuses=STATUSES)


def render_comparison(analysis: Analysis, folders: Mapping[str, str]) -> str:
    """Renders the page that compares models. `folders`: of each model, relative to the page."""
    return _render("models.html", analysis=analysis, rows=compared(analysis), folders=folders, rate=_rate)


def _rate(model: ModelAnalysis) -> float:
    return float((model.scored["outcome"] == "failure").mean()) if len(model.scored) else 0.0


def _render(name: str, **values: Any) -> str:
    environment = templates(PackageLoader("blindspot.analysis"))
    style = Markup("".join(environment.get_template(name).render() for name in ("report.css", "analysis.css")))
    return environment.get_template(name).render(pages={}, root="", style=style, script_hash=None, **values) + "\n"
