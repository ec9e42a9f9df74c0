"""Lays out small line charts, which templates draw as inline SVG in the colours of the page."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 150  # user units of a line chart
LEFT, RIGHT, TOP, BOTTOM = 38, 10, 10, 22  # its margins
SMOOTHING = 0.9  # of the exponential moving average that is drawn over the raw curve


@dataclass(frozen=True)
class LineChart:
    """One measure over training steps: points in user units, ticks as (place, label)."""

    title: str
    raw: str
    smooth: str
    marks: tuple[tuple[float, float], ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    last: str


def line_chart(title: str, steps: Sequence[float], values: Sequence[float], marked: bool = False) -> LineChart:
    """Returns a curve with its moving average or, if `marked`, dots that are joined by lines."""
    low, high = min(*values, 0.0, 0.0), max(*values, 0.0, 0.0)
    high = high if high > low else low + 1
    first, final = steps[0], max(steps[-1], steps[0] + 1)

    def x(step: float) -> float:
        return round(LEFT + (step - first) / (final - first) * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    points = [(x(step), y(value)) for step, value in zip(steps, values, strict=True)]
    averaged = list(zip(steps, values if marked else _average(values), strict=True))
    return LineChart(
        title=title,
        raw="" if marked else _path(points),
        smooth=_path([(x(step), y(value)) for step, value in averaged]),
        marks=tuple(points) if marked else (),
        x_ticks=tuple((x(step), f"{step:g}") for step in sorted({first, round((first + final) / 2), final})),
        y_ticks=tuple((y(value), _tick(value)) for value in (low, (low + high) / 2, high)),
        last=f"{averaged[-1][1]:.2f}" if abs(averaged[-1][1]) < 100 else _tick(averaged[-1][1]),
    )


def _tick(value: float) -> str:
    """Returns a number with two significant digits and without an exponent."""
    return f"{value:.2g}" if abs(value) < 99.5 else f"{value:,.0f}"


def _average(values: Sequence[float]) -> list[float]:
    averaged, total, weight = [], 0.0, 0.0
    for value in values:
        total, weight = SMOOTHING * total + value, SMOOTHING * weight + 1
        averaged.append(total / weight)
    return averaged


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
