"""Renders a comparison as one HTML file with the style of the report; pictures are inside the file."""

import base64
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import PackageLoader
from markupsafe import Markup

from blindspot.analysis.pictures import write_shown
from blindspot.analysis.shown import QUESTION, shortened
from blindspot.diff.compare import CHANGES, Compared
from blindspot.diff.diff import Diff
from blindspot.paths import IMAGES
from blindspot.replies import clean
from blindspot.report.page import templates

EXAMPLES = 6  # of a row, of questions that only one side answers wrong
SHOWN = ("new", "worse", "better", "gone")  # changes that have examples
MEANINGS = {
    "new": "NEW answers significantly more of the same questions wrong, and the mode is confirmed in NEW only.",
    "worse": "NEW answers significantly more of the same questions wrong.",
    "better": "NEW answers significantly fewer of the same questions wrong.",
    "gone": "NEW answers significantly fewer of the same questions wrong, and the mode is confirmed in OLD only.",
    "unchanged": "The same questions show no significant difference.",
    "not_compared": "There are too few common questions. The rates of the two sides are weaker evidence.",
}


@dataclass(frozen=True)
class Example:
    """A common question that only one side answers wrong. `image`: an address, or None. `old`, `new`: the answers."""

    image_id: str
    image: str | None
    question: str
    reference: str | None
    old: str
    new: str


def html(diff: Diff, failing: Sequence[str]) -> str:
    """Returns the page. The same comparison gives the same bytes."""
    chosen = {place: _chosen(row, diff) for place, row in enumerate(diff.rows) if row.change in SHOWN}
    pictures = _pictures(diff, {image for rows in chosen.values() for image in _images(rows, diff)})
    environment = templates(PackageLoader("blindspot.diff"), PackageLoader("blindspot.analysis"))
    style = "".join(environment.get_template(name).render() for name in ("report.css", "analysis.css", "diff.css"))
    return clean(environment.get_template("diff.html").render(
        pages={}, root="", script_hash=None, style=Markup(style), diff=diff, failing=failing, changes=CHANGES,
        meanings=MEANINGS, failed=diff.matching(failing),
        examples={place: [_example(one, diff, pictures) for one in rows] for place, rows in chosen.items()},
    )) + "\n"  # fmt: skip


def _chosen(row: Compared, diff: Diff) -> list[int]:
    """Returns places of common questions that show the change, about different images first."""
    pairs, wrong = diff.pairs, ("new_failed", "old_failed")[row.change in ("better", "gone")]
    right = "old_failed" if wrong == "new_failed" else "new_failed"
    inside = pairs.iloc[[*row.places]]
    found = inside[inside[wrong].astype(bool) & ~inside[right].astype(bool)]
    again = found["image_id"].duplicated()
    return [*found.index[~again], *found.index[again]][:EXAMPLES]


def _images(places: Sequence[int], diff: Diff) -> list[str]:
    return [str(image) for image in diff.pairs["image_id"].iloc[[*places]].dropna()]


def _pictures(diff: Diff, images: set[str]) -> dict[str, str]:
    """Returns a data URI of each picture that one of the two runs has."""
    folders = [side.folder / IMAGES / "test" for side in (diff.old, diff.new)]
    paths = {image: [folder / f"{image}.png" for folder in folders] for image in sorted(images)}
    files = {image: next((path for path in tried if path.is_file()), None) for image, tried in paths.items()}
    with tempfile.TemporaryDirectory() as folder:
        shown = write_shown([str(path) for path in files.values() if path], Path(folder) / "images").addresses
        written = {image: shown.get(str(path)) for image, path in files.items()}
        return {image: _data_uri(Path(folder) / address) for image, address in written.items() if address}


def _data_uri(file: Path) -> str:
    return f"data:image/{file.suffix[1:]};base64,{base64.b64encode(file.read_bytes()).decode()}"


def _example(place: int, diff: Diff, pictures: dict[str, str]) -> Example:
    row = diff.pairs.iloc[place]
    image = str(row["image_id"]) if isinstance(row["image_id"], str) else ""
    reference = row["reference"] if isinstance(row["reference"], str) else None
    answers = [shortened(str(row[name]), *QUESTION) for name in ("old_answer", "new_answer")]
    return Example(image, pictures.get(image), shortened(row["question"], *QUESTION), reference, *answers)
