"""Writes an analysis into a folder: data and reports of each model, and a page that compares models."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from shlex import quote

import pandas as pd

from blindspot.analysis.analyze import Analysis, ModelAnalysis
from blindspot.analysis.next_steps import SELF
from blindspot.analysis.pages import render_comparison, render_model
from blindspot.analysis.pictures import write_shown
from blindspot.analysis.view import model_page
from blindspot.errors import BlindspotError
from blindspot.paths import FAILURE_MODES, VERDICTS
from blindspot.store import replacing, write_frame, write_json

INDEX = Path("reports/index.html")
#: The files of an analysis, in a folder for each model if there are several.
OWN = re.compile(
    rf"(?:[^/]+/)?(?:{VERDICTS}|{FAILURE_MODES}|{INDEX}|{INDEX.parent}/images/[0-9a-f]{{16}}\.(?:png|jpeg))"
)
LONGEST_NAME = 80  # bytes of a folder's name; file systems allow 255
COLUMNS = [
    *("rollout_id", "image_id", "question", "options", "reference", "references", "answer", "raw", "outcome"),
    *("reason", "score", "by_reference", "disputed", "part", "mode_id", "modes"),
]


def write_analysis(analysis: Analysis, folder: Path) -> Path:
    """Writes the analysis completely or not at all. Returns the path of the first page.

    One model: data/verdicts/verdicts.parquet, data/taxonomy/failure_modes.json, reports/index.html. Several models:
    the same in a folder for each of them, and reports/index.html, which compares them. Raises BlindspotError if the
    folder holds something else.
    """
    check_folder(folder)
    with replacing(folder.resolve()) as new:
        if len(analysis.models) == 1:
            _write_model(analysis.models[0], new, analysis.notes, None, SELF)
        else:
            _write_models(analysis, new)
    return folder / INDEX


def check_folder(folder: Path) -> None:
    """Raises BlindspotError if an analysis cannot be written into the folder without a loss."""
    place, fix = folder.resolve(), "name a new folder with --out"
    if place.exists() and not place.is_dir():
        raise BlindspotError(f"{folder} is a file", fix)
    if Path.cwd().resolve().is_relative_to(place) or place.is_mount():
        what = "a mount point" if place.is_mount() else "the folder in which the command runs, or contains it"
        raise BlindspotError(f"{folder} is {what}, and cannot be replaced", fix)
    if place.is_dir() and (other := _other_file(place)):
        raise BlindspotError(f"{folder} holds other files, which would be lost, such as {other}", fix)
    above = next(one for one in place.parents if one.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise BlindspotError(f"{above} is {'not writable' if above.is_dir() else 'a file'}", fix)


def _other_file(folder: Path) -> str | None:
    """Returns the first file that no analysis wrote, None if there is none."""
    files = (one.relative_to(folder).as_posix() for one in sorted(folder.rglob("*")) if _is_file(one))
    return next((name for name in files if not OWN.fullmatch(name)), None)


def _is_file(path: Path) -> bool:
    """Returns whether a path is anything but a folder with files: an empty folder or a link to a folder counts."""
    return path.is_symlink() or not path.is_dir() or not any(path.iterdir())


def _write_models(analysis: Analysis, folder: Path) -> None:
    names = folder_names(model.model for model in analysis.models)
    for model in analysis.models:
        name = names[model.model]
        home = os.path.relpath(INDEX, Path(name) / INDEX.parent)
        _write_model(model, folder / name, analysis.notes, home, f"{SELF}/{quote(name)}")
    pages = {model: f"../{name}/{INDEX}" for model, name in names.items()}
    folders = [f"{SELF}/{quote(name)}" for name in names.values()]
    _write_text(folder / INDEX, render_comparison(analysis, pages, folders))


def _write_model(model: ModelAnalysis, folder: Path, notes: Iterable[str], home: str | None, named: str) -> None:
    write_frame(folder / VERDICTS, _verdicts(model))
    write_json(folder / FAILURE_MODES, [mode.to_json() for mode in model.modes])
    page = model_page(model, (*notes,))
    images = (example.image for mode in page.modes for example in mode.examples)
    pictures = write_shown(images, folder / INDEX.parent / "images")
    _write_text(folder / INDEX, render_model(page, pictures.addresses, pictures.unread, home, named))


def _verdicts(model: ModelAnalysis) -> pd.DataFrame:
    """Returns the rows as they are stored: options as a list of texts, because Parquet has no free keys.

    Rows about no image have no image_id.
    """
    options = [[f"{letter}. {text}" for letter, text in one.items()] for one in model.rows["options"]]
    units = model.rows["unit"]
    rows = model.rows.assign(
        image_id=units.str.removeprefix("image ").where(units.str.startswith("image "), None),
        options=pd.Series(options, model.rows.index, object),
        by_reference=model.rows["by_reference"].astype("boolean"),
    )
    return rows[COLUMNS]


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="replace")


def folder_names(models: Iterable[str]) -> dict[str, str]:
    """Returns a different folder name for each model, made of the letters of its name."""
    names: dict[str, str] = {}
    taken = {"data", "reports"}
    for model in models:
        plain = re.sub(r"[^\w.-]+", "-", model).encode()[:LONGEST_NAME].decode(errors="ignore").strip("-.") or "model"
        name = next(one for one in (plain, *(f"{plain}-{n}" for n in range(2, 10_000))) if one.lower() not in taken)
        taken.add(name.lower())
        names[model] = name
    return names
