"""The page Metrics names everything that a run records."""

import csv
import json
import re
from pathlib import Path
from typing import Any

from blindspot.tracking import flatten
from tests.project import REPOSITORY
from tests.slow.kills import STAGES, complete, make_small

MEASURED: dict[str, dict[str, Any]] = {
    "verify": {"repeats": 1, "injections": 2},
    "audit": {"auditor": "oracle", "size": 5, "per_mode": 2},
}
#: Keys of files in metrics/ that are no metrics: notes, names, and counts by outcome or reason.
NO_METRICS = re.compile(r".*\b(note|model|auditor|confusion\..*|drawn|in_mode|sentence|modes\..*|unscored\..*)$")


def documented() -> re.Pattern[str]:
    """Returns a pattern of the names that the page has; <…> stands for any text."""
    page = (REPOSITORY / "docs/reference/metrics.md").read_text("utf-8")
    names = {name for row in re.findall(r"^\|(.*)\|[^|]*\|$", page, re.M) for name in re.findall(r"`([^`]+)`", row)}
    return re.compile("|".join(re.sub(r"<\w+>", r"[^/]+", re.escape(name)) for name in names))


def is_documented(name: str, pattern: re.Pattern[str]) -> bool:
    """Returns whether the page has the name of a metric; those of checkpoints are named without their method."""
    own = re.sub(r"^validation[./]", "", name)
    return any(pattern.fullmatch(one) for one in (own, f"trained.{own}"))


def recorded(project: Path) -> set[str]:
    """Returns the names of the metrics in MLflow and in metrics/."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{project}/.work/mlflow/mlflow.db")
    found = {name for run in client.search_runs(["1"]) for name in run.data.metrics}
    for path in (project / "metrics").glob("*.json"):
        values: dict[str, Any] = flatten(json.loads(path.read_text("utf-8")))
        found |= {name for name in values if not NO_METRICS.fullmatch(name)}
    with (project / "metrics/rewards.csv").open(encoding="utf-8", newline="") as file:
        return (found | {*next(csv.reader(file))}) - {"step", "validation.step"}


def test_the_page_names_every_metric_of_a_run(tmp_path: Path) -> None:
    project = make_small(tmp_path / "project", **MEASURED)
    for stage in STAGES:
        complete(project, stage)
    names, pattern = recorded(project), documented()
    assert len(names) > 100
    assert sorted(name for name in names if not is_documented(name, pattern)) == []
