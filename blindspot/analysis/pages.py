"""Renders the pages of an analysis, with the style of the report."""

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import PackageLoader
from markupsafe import Markup

from blindspot.analysis.analyze import Analysis, ModelAnalysis
from blindspot.analysis.next_steps import compare_models, next_steps
from blindspot.analysis.view import STATUSES, ModelPage, compared
from blindspot.report.page import templates


def render_model(page: ModelPage, addresses: Mapping[Any, str], unread: int, home: str | None, folder: str) -> str:
    """Renders the page of one model.

    `addresses`, `unread`: of pictures. `home`: the page that compares models. `folder`: of the analysis of this model.
    """
    shown = {"addresses": addresses, "unread": unread, "home": home, "statuses": STATUSES}
    return _render("model.html", page=page, steps=next_steps(page.analysis, folder, home is not None), **shown)


def render_comparison(analysis: Analysis, pages: Mapping[str, str], folders: Sequence[str]) -> str:
    """Renders the page that compares models.

    `pages`: of each model, relative to this page. `folders`: of the analysis of each model.
    """
    steps = compare_models(folders)
    return _render("models.html", analysis=analysis, rows=compared(analysis), folders=pages, rate=_rate, steps=steps)


def _rate(model: ModelAnalysis) -> float:
    return float((model.scored["outcome"] == "failure").mean()) if len(model.scored) else 0.0


def _render(name: str, **values: Any) -> str:
    environment = templates(PackageLoader("blindspot.analysis"))
    style = Markup("".join(environment.get_template(name).render() for name in ("report.css", "analysis.css")))
    return environment.get_template(name).render(pages={}, root="", style=style, script_hash=None, **values) + "\n"
