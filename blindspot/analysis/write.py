"""Writes an analysis into a folder: data and reports of each model, and a page that compares models."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from blindspot.analysis.analyze import Analysis, ModelAnalysis
from blindspot.analysis.pages import render_comparison, render_model
from blindspot.analysis.pictures import write_shown
from blindspot.analysis.view import model_page
from blindspot.errors import BlindspotError
from blindspot.paths import FAILURE_MODES, VERDICTS
from blindspot.store import replacing, write_frame, write_json

INDEX = Path("reports/index.html")
COLUMNS = [
    *("rollout_id", "image_id", "question", "options", "reference", "references", "answer", "raw", "outcome"),
    *("reason", "score", "by_reference", "disputed", "part", "modes"),
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
            _write_model(analysis.models[0], new, analysis.notes, None)
        else:
            _write_models(analysis, new)
    return folder / INDEX


def check_folder(folder: Path) -> None:
    """Raises BlindspotError if an analysis cannot be written into the folder without a loss."""
    if folder.exists() and not folder.is_dir():
        raise BlindspotError(f"{folder} is a file", "name a new folder with --out")
    if folder.is_dir() and any(folder.iterdir()) and not _is_analysis(folder):
        raise BlindspotError(f"{folder} holds other files, which would be lost", "name a new folder with --out")


def _is_analysis(folder: Path) -> bool:
    """Returns whether everything in the folder was written by an analysis."""
    parts = [*folder.iterdir()]
    of_models = [one for one in parts if (one / FAILURE_MODES).is_file()]
    own = all(one in of_models or (one.is_dir() and one.name in ("data", "reports")) for one in parts)
    return own and ((folder / FAILURE_MODES).is_file() or bool(of_models))


def _write_models(analysis: Analysis, folder: Path) -> None:
    names = folder_names(model.model for model in analysis.models)
    for model in analysis.models:
        name = names[model.model]
        _write_model(model, folder / name, analysis.notes, os.path.relpath(INDEX, Path(name) / INDEX.parent))
    pages = {model: f"../{name}/{INDEX}" for model, name in names.items()}
    _write_text(folder / INDEX, render_comparison(analysis, pages))


def _write_model(model: ModelAnalysis, folder: Path, notes: Iterable[str], home: str | None) -> None:
    write_frame(folder / VERDICTS, _verdicts(model))
    write_json(folder / FAILURE_MODES, [mode.to_json() for mode in model.modes])
    page = model_page(model, (*notes,))
    images = (example.image for mode in page.modes for example in mode.examples)
    pictures = write_shown(images, folder / INDEX.parent / "images")
    _write_text(folder / INDEX, render_model(page, pictures.addresses, pictures.unread, home))


def _verdicts(model: ModelAnalysis) -> pd.DataFrame:
    """Returns the rows as they are stored: options as a list of texts, because Parquet has no free keys."""
    options = [[f"{letter}. {text}" for letter, text in one.items()] for one in model.rows["options"]]
    rows = model.rows.assign(
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
        plain = re.sub(r"[^\w.-]+", "-", model).strip("-.")[:80] or "model"
        name = next(one for one in (plain, *(f"{plain}-{n}" for n in range(2, 10_000))) if one.lower() not in taken)
        taken.add(name.lower())
        names[model] = name
    return names
