"""A pool of questions from the file to the report, with the embedded candidate."""

import json
import random
from pathlib import Path

import pandas as pd
import pytest

from blindspot.pool.questions import read_pool
from blindspot.records.verdict import VALID
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene
from blindspot.scenes.templates import ask, draw_question
from blindspot.taxonomy.reading.question_features import has_all
from tests.logs.files import write_csv
from tests.project import embedded_project, run_stage

pytestmark = pytest.mark.slow
FAMILIES = ("relation", "existence", "colour", "counting")
POOL = {
    "prepare": {
        "source": "pool",
        "file": "pool.csv",
        "folder": "pictures",
        "splits": {"train": 50, "validation": 1, "test": 49},
        "duplicate_difference": 0,
    },
    "verifier": {"kind": "reference", "model": "configs/models/none.yaml"},
    "explore": {"calls": 300, "at_least": 300, "min_asked": 20},
    "train": {"base_model": "configs/models/pool.yaml", "steps": 0},
    "harvest": {"base": "configs/models/pool.yaml", "calls": 100, "quota": 60},
    "verify": {"max_unscored_rate": 0.2},
    "taxonomy": {"resamples": 2},
}


def write_pool(project: Path) -> None:
    """Writes a table with three questions about each of 400 pictures of scenes."""
    dice, rows = random.Random(1), list[dict[str, str]]()
    (project / "pictures").mkdir()
    for image in pictures_of(draw_scenes(400, 5), project / "pictures"):
        scene = Scene.from_json(image.scene or "")
        for family in dice.sample(FAMILIES, 3):
            question = draw_question(scene, family, dice)
            if question is not None:
                text = ask(question, dice)
                answer = str(rule(text, scene).answer)
                rows.append({"question": text, "reference": answer, "image": image.path.name})
    write_csv(project / "pool.csv", rows)


def test_a_pool_is_searched_from_the_file_to_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = embedded_project(tmp_path / "project", **POOL)
    write_pool(project)
    for stage in ("prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report"):
        done = run_stage(project, stage)
        assert done.returncode == 0, f"{stage}: {done.stderr}"
    pool = read_pool(project / "data/images")
    explored = pd.read_parquet(project / "data/explored/asked.parquet")
    rollouts = pd.read_parquet(project / "data/rollouts/rollouts.parquet")
    verdicts = pd.read_parquet(project / "data/verdicts/verdicts.parquet")
    assert len(explored) == 300 and not explored.duplicated(["image_id", "question"]).any()
    assert not {*explored["image_id"]} & {*rollouts["image_id"]}
    assert all(pool.find(*row) for row in zip(rollouts["image_id"], rollouts["question"], strict=True))
    assert verdicts["outcome"].isin(VALID).mean() > 0.95
    modes = json.loads((project / "data/taxonomy/failure_modes.json").read_text())
    [always] = [mode for mode in modes if {"judging positions", "answer yes"} <= {*mode["features"]}]
    assert always["status"] == "confirmed" and always["error_rate"] > 0.9  # the candidate always says no
    quota = verdicts[verdicts["mode_id"] == always["mode_id"]]
    assert len(quota) >= 40 and all(
        has_all({*always["features"]}, question, reference)
        for question, reference in zip(quota["question"], quota["reference"], strict=True)
    )
    assert (project / "reports/index.html").is_file()
