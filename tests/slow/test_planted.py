"""The stages with a planted candidate: exactly the planted questions fail."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene
from blindspot.store import read_images
from tests.project import REPOSITORY, make_project, run_stage

pytestmark = pytest.mark.slow

GAP = "family in (counting, existence) and answer in (no, 1, 2)"


def test_the_failures_of_a_harvest_are_the_planted_questions(tmp_path: Path) -> None:
    project = make_project(
        tmp_path / "project",
        candidate={"model": "planted.yaml"},
        verifier={"model": "configs/models/none.yaml"},
        prepare={"splits": {"train": 4, "validation": 8, "test": 16}},
        explore={"calls": 20},
        train={"steps": 2, "checkpoint_every": 1, "images_per_step": 2, "num_generations": 4},
        harvest={"calls": 100},
    )
    (project / "planted.yaml").write_text(f"{{kind: planted, gaps: ['{GAP}']}}")
    shutil.copytree(REPOSITORY / "models/scenes-questioner", project / "models/scenes-questioner")
    for name in ("dvc.yaml", "stages", "blindspot", "configs"):
        (project / name).symlink_to(REPOSITORY / name)
    for stage in ("prepare", "explore", "train", "harvest", "verify"):
        done = run_stage(project, stage)
        assert done.returncode == 0, done.stderr
    images = {image.image_id: image for image in read_images("test", project / "data/images")}
    rollouts = pd.read_parquet(project / "data/rollouts/rollouts.parquet")
    verdicts = pd.read_parquet(project / "data/verdicts/verdicts.parquet")
    rows = rollouts.merge(verdicts[["rollout_id", "outcome"]], on="rollout_id")
    assert {name.split("@")[0] for name in rows["candidate"]} == {"planted"}
    failed = rows["outcome"] == "failure"
    for (_, row), failure in zip(rows.iterrows(), failed, strict=True):
        scene = Scene.from_json(images[row["image_id"]].scene or "")
        ruling = rule(row["question"], scene)
        assert failure == (ruling.valid and Gap(GAP).holds(facts_of(ruling, scene)))
    assert 0 < failed.mean() < 1
