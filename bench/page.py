"""Renders the results of the search bench as one HTML file with its style and charts, and without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import FileSystemLoader
from markupsafe import Markup

from blindspot.metrics import percent
from blindspot.report.page import templates

COLUMNS = {
    "explained_mass": ("Explained mass", percent),
    "explained_mass_discovered": ("The same before confirmation", percent),
    "excess": ("Excess per 100", "{:.1f}".format),
    "mass": ("Mass", percent),
    "purity": ("Purity", percent),
    "discovered": ("Modes discovered", "{:.1f}".format),
    "confirmed": ("Modes confirmed", "{:.1f}".format),
    "true_modes": ("True modes", percent),
    "calls_to_explained": ("Calls to 84 % explained", "{:.0f}".format),
    "failure_rate": ("Failure rate", percent),
    "valid_rate": ("Valid rate", percent),
    "largest_family_ratio": ("Largest family ÷ expected", "{:.2f}".format),
    "mode_recall": ("Slice recall", percent),
    "mode_precision": ("Slice precision", percent),
    "seconds": ("Seconds", "{:.0f}".format),
}
NAMES = {
    "ours": "Ours",
    "templates": "Uniform templates",
    "zero_shot": "Base, zero-shot",
    "few_shot": "Base, few-shot",
    "best_of_n": "Base, best of n",
    "bandit": "Bandit over families",
    "paper": "Ours, no exploration",
    "failure_only": "Failure-only GRPO",
    "no_diversity": "Ours, no diversity",
    "no_validity": "Ours, no validity",
    "no_archive": "Ours, no archive",
    "visplay": "VisPlay's reward",
}
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 240, 44, 26, 12, 12  # size and margins of a chart, in SVG user units


@dataclass(frozen=True)
class Line:
    """The explained mass of a method over calls, as the points of an SVG polyline."""

    name: str
    key: str
    points: str


@dataclass(frozen=True)
class CandidateSection:
    """The content of a candidate's section. `rows`: the name of a method, and its (mean, spread) in each column."""

    name: str
    rows: list[tuple[str, list[tuple[str, str]]]]
    bars: Mapping[str, Mapping[str, Any]]
    lines: list[Line]
    calls: int


def render_search(
    summaries: Mapping[str, Mapping[str, Any]],
    bars: Mapping[str, Mapping[str, Mapping[str, Any]]],
    curves: Mapping[str, pd.DataFrame],
) -> str:
    """Returns the page. `summaries`: by candidate. `curves`: the explained mass by candidate, calls × methods."""
    environment = templates(FileSystemLoader(Path(__file__).parent / "templates"))
    sections = [
        CandidateSection(name, _rows(one["figures"]), bars[name], _lines(curves[name]), int(curves[name].index.max()))
        for name, one in summaries.items()
    ]
    style = Markup(environment.get_template("style.css").render())
    heads = [head for head, _ in COLUMNS.values()]
    size = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT, "top": TOP, "low": HEIGHT - BOTTOM}
    return (
        environment.get_template("search.html").render(sections=sections, heads=heads, style=style, size=size) + "\n"
    )


def _rows(
    of_methods: Mapping[str, Mapping[str, Mapping[str, float | None]]],
) -> list[tuple[str, list[tuple[str, str]]]]:
    ordered = sorted(of_methods, key=lambda method: [*NAMES].index(method) if method in NAMES else len(NAMES))
    rows = ((method, [_cell(of_methods[method], measure) for measure in COLUMNS]) for method in ordered)
    return [(NAMES.get(method, method), cells) for method, cells in rows]


def _cell(measures: Mapping[str, Mapping[str, float | None]], measure: str) -> tuple[str, str]:
    """Returns the mean and its standard deviation as text; a dash if no seed has a value."""
    shown, figure = COLUMNS[measure][1], measures[measure]
    if figure["mean"] is None:
        return "–", ""
    return shown(figure["mean"]), "" if figure["sd"] is None else f"± {shown(figure['sd'])}"


def _lines(explained: pd.DataFrame) -> list[Line]:
    """Returns a line for each method that explains any mass; none if the candidate has no mode to find."""
    most, found = explained.index.max(), []

    def x(share: float) -> float:
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(share: float) -> float:
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    for method in [name for name in NAMES if name in explained]:
        known = explained[method].dropna()
        points = [f"{x(calls / most):.1f},{y(value):.1f}" for calls, value in known.items()]
        if points:
            found.append(Line(NAMES[method], method, " ".join(points)))
    return found
