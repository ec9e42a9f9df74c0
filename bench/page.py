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
    "failure_rate": ("Failure rate", percent),
    "failure_rate_to_ideal": ("÷ ideal", "{:.2f}".format),
    "valid_rate": ("Valid rate", percent),
    "mode_recall": ("Mode recall", percent),
    "mode_precision": ("Mode precision", percent),
    "calls_to_90_recall": ("Calls to 90 % recall", "{:.0f}".format),
    "largest_family_ratio": ("Largest family ÷ expected", "{:.2f}".format),
    "distinct_failures_per_1000_calls": ("Distinct failures per 1,000 calls", "{:.0f}".format),
    "discovery_distinct_failures_per_1000_calls": ("The same during the search", "{:.0f}".format),
    "vendi": ("Vendi score", "{:.1f}".format),
    "primitives_per_question": ("Primitives per question", "{:.1f}".format),
    "inconspicuous": ("About small or few things", percent),
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
    """The recall of a method over calls, as the points of an SVG polyline."""

    name: str
    key: str
    points: str


@dataclass(frozen=True)
class CandidateSection:
    """The content of a candidate's section. `rows`: the name of a method, and its (value, interval) in each column."""

    name: str
    rows: list[tuple[str, list[tuple[str, str]]]]
    bars: Mapping[str, Mapping[str, Any]]
    lines: list[Line]
    calls: int


def render_search(
    figures: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float | None]]]],
    bars: Mapping[str, Mapping[str, Mapping[str, Any]]],
    recalls: Mapping[str, pd.DataFrame],
) -> str:
    """Returns the page. `figures`: by candidate, method and measure. `recalls`: by candidate, calls × methods."""
    environment = templates(FileSystemLoader(Path(__file__).parent / "templates"))
    sections = [
        CandidateSection(name, _rows(of_methods), bars[name], _lines(recalls[name]), int(recalls[name].index.max()))
        for name, of_methods in figures.items()
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
    """Returns the median and its interval as text; a dash if there is no median."""
    shown, figure = COLUMNS[measure][1], measures[measure]
    median, low, high = figure["median"], figure["low"], figure["high"]
    if median is None:
        return "–", ""
    return shown(median), f"{'?' if low is None else shown(low)} to {'?' if high is None else shown(high)}"


def _lines(recall: pd.DataFrame) -> list[Line]:
    """Returns a line for each method that has a recall; none if the candidate has no mode to find."""
    most, found = recall.index.max(), []

    def x(share: float) -> float:
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(share: float) -> float:
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    for method in [name for name in NAMES if name in recall]:
        known = recall[method].dropna()
        points = [f"{x(calls / most):.1f},{y(value):.1f}" for calls, value in known.items()]
        if points:
            found.append(Line(NAMES[method], method, " ".join(points)))
    return found
