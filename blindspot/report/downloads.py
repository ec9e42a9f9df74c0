"""Writes the lists of the report as files to load elsewhere: CSV, JSON and Parquet."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.report.content import Content
from blindspot.report.modes import Mode
from blindspot.report.questions import LISTED, modes_of
from blindspot.report.rates import Method, Rate
from blindspot.store import write_frame

FOLDER = "lists"
FORMULA = re.compile(r"[=+\-@\t\r\n'＝＋－＠]")  # how a text begins that spreadsheets read as a formula


def write_lists(content: Content, folder: Path) -> None:
    """Writes modes, questions, skills and methods to `folder`/lists, each as CSV, JSON and Parquet.

    In CSV files, lists are joined by "; ", and a quote stands before texts that a spreadsheet would read as a formula.
    """
    (folder / FOLDER).mkdir()
    for name, frame in _lists(content).items():
        path = folder / FOLDER / name
        path.with_suffix(".json").write_text(
            frame.to_json(orient="records", force_ascii=False, indent=1) + "\n", "utf-8"
        )
        write_frame(path.with_suffix(".parquet"), frame)
        frame.map(_cell).to_csv(path.with_suffix(".csv"), index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _lists(content: Content) -> dict[str, pd.DataFrame]:
    return {
        "modes": pd.DataFrame([_mode(mode) for mode in content.modes]),
        "questions": _questions(content),
        "skills": pd.DataFrame(_skills(content)),
        "methods": pd.DataFrame([_method(one) for one in content.methods]),
    }


def _mode(mode: Mode) -> dict[str, Any]:
    record = mode.record
    return {
        "mode_id": record.mode_id,
        "name": record.name,
        "features": [*record.features],
        "status": record.status,
        "evidence": record.strength,
        "p_value": record.p_value,
        "asked": record.asked,
        "failures": record.failures,
        **_rate("reference_rate", mode.rate),
        **_rate("trained_rate", mode.as_trained),
        **_rate("share_of_failures", mode.share),
        "recurrence": record.recurrence,
        "novel": record.is_novel,
        "documented": [one.name for one in mode.documented or ()],
        "mix_of": [one.name for one in mode.mix],
    }


def _questions(content: Content) -> pd.DataFrame:
    """Returns the questions with the ids of the modes that contain them."""
    rows = content.rows.reindex(columns=[*LISTED]).reset_index(drop=True)
    ids = [[content.modes[index].record.mode_id for index in own] for own in modes_of(content.rows, content.modes)]
    return rows.assign(skills=rows["skills"].map(list), modes=pd.Series(ids, dtype=object))


def _skills(content: Content) -> Iterator[dict[str, Any]]:
    for group in content.groups:
        for skill in group.skills:
            rate = _rate("error_rate", skill.rate)
            yield {"skill": skill.name, "title": skill.title, "meta_skill": group.name, **rate} | {
                "valid": skill.rate.whole,
                "failures": skill.rate.part,
                "primitives": [*skill.primitives],
            }


def _method(method: Method) -> dict[str, Any]:
    rates: Mapping[str, Rate] = {
        "failure_rate": method.failure,
        "valid_rate": method.valid,
        "error_rate": method.wrong,
        "unscored_rate": method.unscored,
    }
    figures = {key: value for name, rate in rates.items() for key, value in _rate(name, rate).items()}
    return {"method": method.key, "asked": method.unscored.whole, **figures}


def _rate(name: str, rate: Rate | None) -> dict[str, float | None]:
    """Returns a rate and its interval as columns."""
    values = (rate.value, rate.low, rate.high) if rate else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def _cell(value: Any) -> Any:
    """Returns a value as a cell of a CSV file."""
    text = "; ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and FORMULA.match(text) else text
