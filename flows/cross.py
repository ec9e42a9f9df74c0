"""Crossing: a questioner that was trained on one candidate asks another candidate, without further training."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.confirmation import methods_of
from blindspot.errors import BlindspotError
from blindspot.models.description import describe
from blindspot.paths import QUESTIONER
from flows.candidates import short

Values = Mapping[str, Any]  # as params.yaml
SHOWN = ("trained", "base")
RATES = ("failure_rate", "valid_rate", "error_rate")


@dataclass(frozen=True)
class Crossing:
    """The questioner of the run `trained_on` asks the candidate of the run `asked_of`."""

    trained_on: str
    asked_of: str


def crossings(runs: Mapping[str, Values]) -> list[Crossing]:
    """Returns each run's questioner with each other candidate, named by the first run that has that candidate."""
    first: dict[str, str] = {}
    for name, values in runs.items():
        first.setdefault(values["candidate"]["model"], name)
    return [
        Crossing(name, other)
        for name, values in runs.items()
        for model, other in first.items()
        if model != values["candidate"]["model"]
    ]


def crossing_params(trained_on: Values, asked_of: Values, root: Path) -> dict[str, Any]:
    """Returns the parameters of a crossing: those of the run that trained, in `root`, with the other candidate.

    A crossing does not explore, train or repeat questions; no rate depends on repeats. It uses the trained questioner
    unchanged, with the targets that are stored beside its weights.
    """
    start = QUESTIONER if root.resolve() == Path.cwd() else root / QUESTIONER
    return {
        **trained_on,
        "candidate": asked_of["candidate"],
        "explore": {**trained_on["explore"], "calls": 0},
        "train": {**trained_on["train"], "steps": 0, "base_model": str(start)},
        "verify": {**trained_on["verify"], "repeats": 0, "injections": 0},
    }


def cost(runs: Mapping[str, Values]) -> str:
    """Returns a sentence with the calls that crossing adds. Raises BlindspotError where all runs share a candidate."""
    planned, calls = crossings(runs), 0
    if not planned:
        raise BlindspotError("--cross requires several candidates", "set candidate.model in each recipe")
    for one in planned:
        values = runs[one.trained_on]
        base = describe(values["harvest"]["base"]).kind
        calls += methods_of(values["prepare"]["source"], base) * values["harvest"]["calls"]
    return (
        f"crossing: {len(planned)} more harvests, without training, after the {len(runs)} runs: {calls:,} more calls "
        "to the candidates, plus one per validation image in each crossing; as many rollouts are judged"
    )


def rates(measured: Mapping[str, Any]) -> dict[str, dict[str, float | int | None]]:
    """Returns the rates of the trained questioner and of the base, with the interval of failure_rate.

    `measured`: the content of metrics/verify.json. `low` and `high` are the 95 % Wilson interval, which treats
    questions about the same image as independent; None where nothing was judged.
    """
    found = {}
    for method in SHOWN:
        if rows := measured.get(method):
            judged = sum(rows[name] for name in ("failures", "correct", "invalid"))
            low, high = _interval(rows["failures"], judged)
            found[method] = {"asked": rows["asked"], **{name: rows[name] for name in RATES}, "low": low, "high": high}
    return found


def table(found: list[dict[str, Any]]) -> list[str]:
    """Returns a table as lines of text: each questioner with each candidate, its rates and those of the base."""
    if not found:
        return []
    names, models = ([*dict.fromkeys(one[key] for one in found)] for key in ("trained_on", "candidate"))
    short_names = dict(zip(models, short(models), strict=True))
    cells = [("trained in", "candidate", "failure_rate", "error_rate", "base failure_rate", "base error_rate")]
    for one in sorted(found, key=lambda one: names.index(one["trained_on"])):
        row = [one["trained_on"], short_names[one["candidate"]] + (" (its own)" if one["own"] else "")]
        cells.append((*row, *(text for method in SHOWN for text in _rates_text(one.get(method)))))
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _rates_text(row: Mapping[str, Any] | None) -> Iterator[str]:
    if row is None or row["failure_rate"] is None:
        yield from ("", "")
        return
    yield f"{row['failure_rate']:.3f} ({row['low']:.3f} to {row['high']:.3f})"
    yield "" if row["error_rate"] is None else f"{row['error_rate']:.3f}"


def _interval(part: int, whole: int) -> tuple[float | None, float | None]:
    from scipy.stats import binomtest

    if not whole:
        return None, None
    bounds = binomtest(part, whole).proportion_ci(method="wilson")
    return float(bounds.low), float(bounds.high)
