"""A run without a search: no exploration and no training, so that failure modes are discovered in the harvest."""

from pathlib import Path

import pandas as pd
import pytest

from tests.project import embedded_project, run_stage

pytestmark = pytest.mark.slow

SMALL = {
    "prepare": {"splits": {"train": 4, "validation": 8, "test": 40}},
    "explore": {"calls": 0},
    "train": {"steps": 0},
    "harvest": {"calls": 200},
    "taxonomy": {"resamples": 2},
}


def test_every_stage_runs_and_modes_are_discovered_in_a_part_of_the_harvest(tmp_path: Path) -> None:
    project = embedded_project(tmp_path / "project", **SMALL)
    for stage in ("prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report"):
        done = run_stage(project, stage)
        assert done.returncode == 0, (stage, done.stderr)
    assert pd.read_parquet(project / "data/discovered/asked.parquet").empty
    rollouts = pd.read_parquet(project / "data/rollouts/rollouts.parquet")
    assert set(rollouts["method"]) == {"trained", "base", "templates"} and rollouts["mode_id"].isna().all()
    questions = pd.read_parquet(project / "data/taxonomy/questions.parquet")
    assert set(questions["part"]) == {"discovery", "held_out"}
    page = (project / "reports/index.html").read_text("utf-8")
    assert "tested on the others" in page or "No kind of question has an error rate" in page
