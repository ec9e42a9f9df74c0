"""Writes a comparison as text, Markdown, JSON or JUnit XML."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any
from xml.etree import ElementTree as Xml

from blindspot.diff.compare import CHANGES, Compared
from blindspot.diff.diff import Diff
from blindspot.diff.page import html
from blindspot.diff.side import Side
from blindspot.metrics import percent
from blindspot.replies import clean
from blindspot.report.rates import Rate

UNKNOWN = "–"


def text(diff: Diff, failing: Sequence[str]) -> str:
    """Returns lines for a terminal: both sides, notes, a row for each mode, the verdict."""
    lines = [*_sides(diff), *(f"note: {note}" for note in diff.notes), ""]
    for change in CHANGES:
        if rows := diff.matching([change]):
            lines += [f"{change.replace('_', ' ')}:", *(f"  {row.name}: {_figures(row)}" for row in rows)]
    return clean("\n".join([*lines, "", verdict(diff, failing)]))


def markdown(diff: Diff, failing: Sequence[str]) -> str:
    """Returns a Markdown table, for a comment on a pull request or the summary of a CI job."""
    head = "| change | failure mode | OLD | NEW | common questions | only NEW wrong | only OLD wrong | difference |"
    lines = [f"**{verdict(diff, failing)}**", "", *(f"- {line}" for line in [*_sides(diff), *diff.notes]), ""]
    lines += [head, "|---|---|---|---|---|---|---|---|"]
    for row in diff.rows:
        cells = [row.change.replace("_", " "), row.name, rate(row.old), rate(row.new), f"{row.common:,}"]
        cells += [f"{row.only_new:,}", f"{row.only_old:,}", difference(row)]
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join(lines)


def as_json(diff: Diff, failing: Sequence[str]) -> str:
    """Returns all figures as JSON."""
    rows = [{name: value for name, value in asdict(row).items() if name != "places"} for row in diff.rows]
    found = {
        "old": _side(diff.old),
        "new": _side(diff.new),
        "common_questions": len(diff.pairs),
        "false_alarms": diff.level,
        "notes": diff.notes,
        "failed": bool(diff.matching(failing)),
        "modes": rows,
    }
    return json.dumps(_finite(found), indent=2, ensure_ascii=False)


def junit(diff: Diff, failing: Sequence[str]) -> str:
    """Returns JUnit XML: a test case for each row; it fails if its change is in `failing`, else it may be skipped."""
    failed, skipped = len(diff.matching(failing)), len(diff.matching(["not_compared"]))
    counts = {"tests": len(diff.rows), "failures": failed, "errors": 0, "skipped": skipped}
    suite = Xml.Element("testsuite", {"name": "blindspot diff"} | {key: str(count) for key, count in counts.items()})
    for row in diff.rows:
        case = Xml.SubElement(suite, "testcase", classname="blindspot.diff", name=clean(row.name))
        message = f"{row.change.replace('_', ' ')}: {_figures(row)}"
        if row.change in failing:
            Xml.SubElement(case, "failure", message=message, type=row.change)
        elif row.change == "not_compared":
            Xml.SubElement(case, "skipped", message=message)
    Xml.indent(suite)
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True)


def verdict(diff: Diff, failing: Sequence[str]) -> str:
    """Returns the result in one sentence."""
    found = diff.matching(failing)
    if not diff.is_compared:
        return "nothing could be compared on common questions"
    if found:
        return f"failed: {len(found)} of {len(diff.rows)} rows are {' or '.join(failing)}"
    return f"passed: no row is {' or '.join(failing)}" if failing else f"{len(diff.rows)} rows are compared"


def rate(one: Rate | None) -> str:
    """Returns a rate with its interval as text."""
    return f"{percent(one.value)} ({percent(one.low)} – {percent(one.high)})" if one else UNKNOWN


def difference(row: Compared) -> str:
    """Returns the difference on the common questions in percentage points, with its 95 % interval."""
    if row.difference is None:
        return UNKNOWN
    value, low, high = (f"{100 * one:+.1f}" for one in row.difference)
    return f"{value} points ({low} to {high})"


FORMATS: dict[str, Callable[[Diff, Sequence[str]], str]] = {
    "text": text,
    "json": as_json,
    "junit": junit,
    "markdown": markdown,
    "html": html,
}


def _sides(diff: Diff) -> list[str]:
    lines = [
        f"{name}: {side.name} ({side.candidate}, {_asked(side)})"
        for name, side in (("OLD", diff.old), ("NEW", diff.new))
    ]
    return [*lines, f"common questions: {len(diff.pairs):,}"]


def _cell(text: str) -> str:
    """Returns a text as a cell of a Markdown table, in which it is no markup."""
    return " ".join(clean(text).split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _asked(side: Side) -> str:
    number = len(side.modes)
    return f"{len(side.rows):,} valid questions, {number} failure mode{'s' * (number != 1)}"


def _figures(row: Compared) -> str:
    parts = [f"{row.common:,} common questions"]
    if row.difference is not None:
        parts.append(f"{difference(row)}, wrong only in NEW {row.only_new:,}, only in OLD {row.only_old:,}")
    if row.features:
        parts.append(f"reference rates {rate(row.old)} → {rate(row.new)}")
    return "; ".join(parts)


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "candidate": side.candidate,
        "verifiers": side.verifiers,
        "valid_questions": len(side.rows),
        "failure_modes": len(side.modes),
    }


def _finite(value: Any) -> Any:
    """Returns the value with None in place of numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
