"""A whole pipeline under a budget: unbroken, killed and resumed, and on two ranks."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.project import copy, files
from tests.slow.kills import STAGES, complete, differing, kill, make_small, outputs

pytestmark = pytest.mark.slow

LIMITS = {"candidate_calls": 130, "judge_calls": 140}


def change(project: Path, section: str, **changes: Any) -> None:
    values = yaml.safe_load((project / "params.yaml").read_text("utf-8"))
    values[section] |= changes
    (project / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


def spent(project: Path, role: str) -> int:
    rows = json.loads((project / "data/taxonomy/spent.json").read_text("utf-8"))
    return sum(int(row["calls"].get(role, 0)) for row in rows)


def without(project: Path, stages: tuple[str, ...]) -> Path:
    """Deletes what these stages wrote."""
    made = {"train": ("data/discovered", "models/questioner"), "harvest": ("data/rollouts",)}
    for stage in stages:
        for path in made[stage]:
            shutil.rmtree(project / path)
    return project


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run whose budget is too small for all that it would ask."""
    planted = {"model": "configs/models/planted.yaml"}
    project = make_small(tmp_path_factory.mktemp("budget") / "run", budget=LIMITS, candidate=planted)
    change(project, "harvest", calls=40)
    change(project, "verify", repeats=1)
    for stage in ("budget", *STAGES):
        complete(project, stage)
    return project


def test_the_run_ends_with_a_report_that_says_what_the_budget_left_out(limited: Path) -> None:
    assert 100 < spent(limited, "candidate") <= LIMITS["candidate_calls"]
    assert spent(limited, "judge") <= LIMITS["judge_calls"]
    rollouts = pd.read_parquet(limited / "data/rollouts/rollouts.parquet")
    asked = rollouts["method"].value_counts()
    assert asked["trained"] == asked["base"] == asked["templates"] < 40
    page = (limited / "reports/provenance.html").read_text("utf-8")
    for stage in ("train", "harvest"):
        assert f"<b>budget.candidate_calls 130</b> ended the stage {stage}:" in page
    assert f"{spent(limited, 'candidate')} of 130 candidate calls" in page


def test_stages_that_were_killed_and_resumed_count_once(limited: Path) -> None:
    again = without(copy(limited, "killed"), ("train", "harvest"))
    for stage, after in (("train", 14.0), ("train", 20.0), ("harvest", 10.0)):
        kill(again, stage, after)
        complete(again, stage)
    assert differing(outputs(again), outputs(limited)) == []


def test_two_ranks_ask_the_same_as_one(limited: Path) -> None:
    two = without(copy(limited, "two"), ("harvest",))
    change(two, "launch", config="configs/accelerate/cpu_two.yaml")
    complete(two, "harvest")
    assert files(two / "data/rollouts") == files(limited / "data/rollouts")
