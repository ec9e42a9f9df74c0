"""Logs the report to MLflow."""

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.report.site import copy_pages

LOGGED = 50  # failures with images in MLflow's table


def log_pages(mlflow: Any, report: Path) -> None:
    """Logs every page with its pictures and lists, and the report as one file, but not the failures as a data set.

    `report`: the folder of the report.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy_pages(report, Path(folder) / "report")
        mlflow.log_artifacts(str(Path(folder) / "report"), "report")


def log_failures(mlflow: Any, rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    """Logs a table of failures with their images."""
    failures = rows[(rows["method"] == "trained") & (rows["outcome"] == "failure")].head(LOGGED)
    if failures.empty:
        return
    table = failures[["rollout_id", "question", "answer", "reference"]].astype(str)
    images = [mlflow.Image(str(pictures[image_id])) for image_id in failures["image_id"]]
    mlflow.log_table({"image": images, **table.to_dict("list")}, "failures.json")
