"""Every recipe from the photographs to the report, with small stand-ins in place of its models."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from bench.api_only import draw_photographs
from bench.stand_in.pictures import Gallery
from bench.stand_in.server import StandIn, serving
from bench.stand_in.wording import draw_any
from blindspot.model_parameters import MODEL_PARAMETERS
from blindspot.models.description import Local, Server, describe
from blindspot.params import PARAMS, read
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.scene import Scene
from blindspot.scenes.templates import ask
from flows.overrides import with_changes, with_recipe
from tests.logs.files import write_csv
from tests.project import REPOSITORY, embedded_project, environment

pytestmark = pytest.mark.slow
RECIPES = sorted([*REPOSITORY.glob("recipes/*.yaml"), *REPOSITORY.glob("recipes/judges/*.yaml")])
STAGES = ("prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report")
#: Runs stages in one process, which imports everything once.
ALL_STAGES = """
import runpy, sys
stages, sys.argv[1:] = sys.argv[1:], []
for stage in stages:
    runpy.run_module(f"stages.{stage}", run_name="__main__")
"""
PICTURES = 90
SMALL: dict[str, dict[str, Any]] = {
    "prepare": {"splits": {"train": 40, "validation": 4, "test": 46}, "duplicate_difference": 0, "max_skipped": 0.5},
    "explore": {"calls": 60, "at_least": 40, "proposals": 12},
    "train": {
        "images_per_step": 2,
        "num_generations": 4,
        "batch_size": 4,
        "checkpoint_every": 1,
        "max_new_tokens": 96,
    },
    "harvest": {"calls": 20, "quota": 40},
    "verify": {"injections": 0, "max_unscored_rate": 1.0},
    "audit": {"size": 30},
    "taxonomy": {"resamples": 2},
    "launch": {"config": "configs/accelerate/cpu.yaml"},
}
#: The embedded model, of the same role, in place of weights of the Hub; it reads the prompts of scenes.
EMBEDDED = {
    "candidate": "candidate",
    "verifier": "judge",
    "verify": "judge",
    "train": "questioner",
    "harvest": "questioner",
}
PHOTOGRAPHS = ("folder", "coco", "marks", "pool")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> tuple[Gallery, dict[str, Scene], Path]:
    """Pictures of scenes that stand for the user's photographs."""
    folder, scenes = tmp_path_factory.mktemp("photographs"), draw_photographs(PICTURES, 3)
    return Gallery(scenes, folder, 448), scenes, folder


@pytest.fixture(scope="module")
def server(gallery: tuple[Gallery, dict[str, Scene], Path]) -> Iterator[StandIn]:
    """A server that stands for every served model."""
    with serving(StandIn(gallery[0])) as running:
        yield running


def stand_ins(values: dict[str, Any], project: Path, url: str) -> list[str]:
    """Returns the changes that put a stand-in in place of each model that is not embedded."""
    changes = []
    for name in MODEL_PARAMETERS:
        section, _ = name.split(".")
        source = describe(values[section][name.split(".")[1]])
        role = EMBEDDED.get(section, "")
        if isinstance(source, Server) and values["prepare"]["source"] == "marks":
            changes.append(f"{name}=configs/models/planted.yaml")
        elif isinstance(source, Server):
            described = {"kind": "endpoint", "base_url": url, "model": role, "json_schema": False}
            (project / f"{role}.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
            changes.append(f"{name}={role}.yaml")
        elif isinstance(source, Local) and "/" in source.model and not source.model.startswith("models/"):
            changes += [f"{name}=models/scenes-{role}"]
            prompted = "train" if section == "harvest" else "verifier" if section == "verify" else section
            changes.append(f"{prompted}.prompts={REPOSITORY / 'configs/prompts/scenes.yaml'}")
    return changes


def write_images(values: dict[str, Any], project: Path, scenes: dict[str, Scene], folder: Path) -> list[str]:
    """Writes the file that the recipe's source reads, and returns the changes that name file and folder."""
    source = values["prepare"]["source"]
    if source == "coco":
        listed = [{"id": place, "file_name": f"{name}.png"} for place, name in enumerate(scenes)]
        file = project / "instances.json"
        file.write_text(json.dumps({"images": listed, "annotations": [], "categories": []}), encoding="utf-8")
        return [f"prepare.file={file}", f"prepare.folder={folder}"]
    if source == "pool":
        dice, rows = random.Random(0), list[dict[str, str]]()
        for name, scene in scenes.items():
            for question in draw_any(scene, 3, dice):
                reference = str(rule_question(question, scene).answer)
                rows.append({"question": ask(question, dice), "reference": reference, "image": f"{name}.png"})
        write_csv(project / "pool.csv", rows)
        return [f"prepare.file={project / 'pool.csv'}", f"prepare.folder={folder}"]
    return [f"prepare.folder={folder}"] if source in PHOTOGRAPHS else []


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_runs_to_the_report(
    recipe: Path,
    gallery: tuple[Gallery, dict[str, Scene], Path],
    server: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(REPOSITORY)
    _, scenes, folder = gallery
    project = embedded_project(tmp_path / "project")
    (project / "models/scenes-second-judge").symlink_to(REPOSITORY / "models/scenes-second-judge")
    values = with_recipe(read(REPOSITORY / PARAMS), recipe)
    steps = {"steps": 1} if values["train"]["steps"] else {}
    small = [f"{section}.{key}={json.dumps(value)}" for section, part in SMALL.items() for key, value in part.items()]
    small += [f"train.{key}={value}" for key, value in steps.items()]
    changes = [*stand_ins(values, project, server.url), *write_images(values, project, scenes, folder), *small]
    (project / PARAMS).write_text(yaml.safe_dump(with_changes(values, changes)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ALL_STAGES, *STAGES],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (project / "reports/index.html").is_file()
    verdicts = pd.read_parquet(project / "data/verdicts/verdicts.parquet")
    assert len(verdicts) >= 40 and (verdicts["outcome"] != "unscored").mean() > 0.5
