"""Makes a page that compares the checkpoints of a questioner side by side: a row for each image, a column for each."""

import base64
import io
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

LONGEST_SIDE = 160  # px of a picture
FIGURES = ("failure_rate", "valid_rate")  # of a checkpoint, below its name
HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Checkpoints</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 0; color: #222; background: #fff }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { border-bottom: 1px solid #ddd; padding: 6px 10px; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere }
thead th { position: sticky; top: 0; background: #f6f6f6 }
th:first-child { width: 110px }
small { display: block; font-weight: normal; color: #555 }
img { width: 110px; display: block; image-rendering: pixelated }
b { font-size: 12px } .failure { color: #b3261e } .correct { color: #1b6e3c } .invalid, .unscored { color: #666 }
</style></head><body>
"""

Samples = Mapping[str, list[Any]]  # a list for each column


def checkpoints_page(samples: Mapping[int, Samples], rates: Mapping[int, Mapping[str, float | int | None]]) -> str:
    """Returns the page as HTML; texts of models stay text.

    `samples`: by step, the columns image (a path), question, answer, reference and outcome, about the same images.
    `rates`: of the checkpoints, by step.
    """
    head = "".join(f"<th>step {step}{_figures(rates[step])}</th>" for step in samples)
    rows = ""
    for place, picture in enumerate(next(iter(samples.values()))["image"]):
        cells = "".join(_cell({name: values[place] for name, values in one.items()}) for one in samples.values())
        rows += f'<tr><td><img src="{_picture(Path(picture))}" alt="Image {place + 1}"></td>{cells}</tr>\n'
    return f"{HEAD}<table><thead><tr><th>image</th>{head}</tr></thead><tbody>\n{rows}</tbody></table></body></html>\n"


def _figures(rates: Mapping[str, float | int | None]) -> str:
    return "".join(f"<small>{name} {rates[name]:.2f}</small>" for name in FIGURES if rates.get(name) is not None)


def _cell(one: Mapping[str, Any]) -> str:
    """Returns the cell of a question: what became of it, the candidate's answer and the true answer."""
    outcome, question, answer = (escape(str(one[name])) for name in ("outcome", "question", "answer"))
    known = "" if one["reference"] is None else f"<small>true answer: {escape(str(one['reference']))}</small>"
    said = f"<small>answer: {answer or '(nothing)'}</small>"
    return f'<td><b class="{outcome}">{outcome}</b><div dir="auto">{question or "(nothing)"}</div>{said}{known}</td>'


def _picture(path: Path) -> str:
    """Returns a small copy of a picture as a data URI."""
    from PIL import Image

    with Image.open(path) as picture:
        small, into = picture.convert("RGB"), io.BytesIO()
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    form = "PNG" if max(picture.size) <= LONGEST_SIDE else "JPEG"
    small.save(into, form)
    return f"data:image/{form.lower()};base64,{base64.b64encode(into.getvalue()).decode()}"
