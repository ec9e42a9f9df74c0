"""Lays the report out: one HTML file with its style, charts and pictures inside, and no script."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from blindspot.report import charts
from blindspot.report.content import Content


def render(content: Content) -> str:
    """The page. Every text is escaped; the same content gives the same bytes."""
    environment = templates()
    environment.filters["percent"] = percent
    style = Markup(environment.get_template("style.css").render())
    return environment.get_template("report.html").render(content=content, style=style, chart=charts) + "\n"


def templates() -> Environment:
    """The report's templates; what they show is escaped."""
    return Environment(
        loader=PackageLoader("blindspot.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def percent(share: float) -> str:
    """0.0123 → "1.2 %"; whole percents from ten up. Number and sign stay on one line."""
    return f"{share * 100:.1f}\u00a0%" if 0 < share < 0.0995 else f"{share * 100:.0f}\u00a0%"
