"""Logs the report to MLflow."""

from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.paths import SINGLE_FILE

LOGGED = 50  # failures with images in MLflow's table


def log_pages(mlflow: Any, folder: Path) -> None:
    """Logs the report as one file, and every page with its pictures and lists, but not the failures as a data set.

    `folder`: of the report.
    """
    mlflow.log_artifact(str(folder / SINGLE_FILE.name))
    for page in sorted({*folder.glob("*.html")} - {folder / SINGLE_FILE.name}):
        mlflow.log_artifact(str(page), "report")
    for name in ("modes", "questions", "images", "lists"):
        mlflow.log_artifacts(str(folder / name), f"report/{name}")


def log_failures(mlflow: Any, rows: pd.DataFrame, pictures: dict[str, Path]) -> None:
    """Logs a table of failures with their images."""
    failures = rows[(rows["method"] == "trained") & (rows["outcome"] == "failure")].head(LOGGED)
    if failures.empty:
        return
    table = failures[["rollout_id", "question", "answer", "reference"]].astype(str)
    images = [mlflow.Image(str(pictures[image_id])) for image_id in failures["image_id"]]
    mlflow.log_table({"image": images, **table.to_dict("list")}, "failures.json")
