"""Measures a search without a GPU: questioner, candidate and judge are served, and three weaknesses are planted.

The models are those of bench.stand_in, which reply as instruct models do about pictures of scenes. A run sees only a
folder of pictures. For each seed, the bench runs the stages of recipes/api_only.yaml and then `blindspot analyze` on
the verdicts, and compares the confirmed failure modes with the planted weaknesses.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from bench.stand_in.models import WEAKNESSES
from bench.stand_in.pictures import Gallery
from bench.stand_in.score import score
from bench.stand_in.server import ROLES, StandIn, serving
from blindspot.errors import BlindspotError, run
from blindspot.params import PARAMS
from blindspot.params_schema import defaults
from blindspot.paths import EXPLORE_METRICS, EXPLORED, IMAGES, UNSCORED, VERDICTS, VERIFY_METRICS
from blindspot.records.image import Image
from blindspot.scenes.scene import Scene, random_scene
from blindspot.store import read_images, read_json

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "recipes/api_only.yaml"
STAGES = ("budget", "prepare", "explore", "train", "harvest", "verify")
SIZE = 448  # px, of a picture
FEWEST_THINGS = 4  # in a picture; in emptier ones few things can be counted or compared
SPLITS = {"train": 100, "validation": 10, "test": 100}  # those of the recipe are for more pictures


def measure(seed: int, folder: Path) -> dict[str, Any]:
    """Runs one search in an empty folder, and returns its figures."""
    (folder / "photographs").mkdir()
    gallery = Gallery(draw_photographs(sum(SPLITS.values()), seed), folder / "photographs", SIZE)
    with serving(StandIn(gallery, seed=seed)) as server:
        make_project(folder, server.url, seed)
        start = time.monotonic()
        for stage in STAGES:
            _call(folder, "-m", f"stages.{stage}")
        _call(folder, "-m", "blindspot.cli", "analyze", str(VERDICTS), "--out", "analysis")
        calls = {role: server.calls[role] for role in ROLES} | {"seconds": round(time.monotonic() - start)}
    scenes = scenes_of(read_images("test", folder / IMAGES), gallery)
    return {"seed": seed} | calls | _figures(folder) | score(folder / "analysis", scenes)


def draw_photographs(count: int, seed: int) -> dict[str, Scene]:
    """Returns the scenes of `count` pictures by the name of the picture."""
    rng, drawn = random.Random(f"photographs {seed}"), dict[str, Scene]()
    while len(drawn) < count:
        scene = random_scene(rng)
        if len(scene.things) >= FEWEST_THINGS and scene not in drawn.values():
            drawn[f"{len(drawn):04d}"] = scene
    return drawn


def make_project(folder: Path, url: str, seed: int) -> None:
    """Writes params.yaml and the descriptions of the models into the folder, and links the code."""
    for role in ROLES:
        described = {"kind": "endpoint", "base_url": url, "model": role, "json_schema": False}
        (folder / f"{role}.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
    recipe = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    models = {
        "prepare": {"folder": "photographs", "splits": SPLITS},
        "candidate": {"model": "candidate.yaml"},
        "verifier": {"model": "judge.yaml"},
        "train": {"base_model": "questioner.yaml"},
        "harvest": {"base": "questioner.yaml"},
    }
    values = yaml.safe_load((ROOT / PARAMS).read_text(encoding="utf-8")) | {"seed": seed}
    started = {name: section for name, section in defaults().items() if not name.startswith(("bootstrap", "budget"))}
    for changes in (started, recipe, models):
        values = _merged(values, changes)
    (folder / PARAMS).write_text(yaml.safe_dump(values), encoding="utf-8")
    for name in ("dvc.yaml", "stages", "blindspot", "configs", "extensions", "recipes"):
        (folder / name).symlink_to(ROOT / name)


def _merged(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _merged(values[key], new) for key, new in changes.items() if _are_sections(values.get(key), new)}
    return {**values, **changes, **both}


def _are_sections(*values: object) -> bool:
    return all(isinstance(value, dict) for value in values)


def _call(folder: Path, *arguments: str) -> None:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("MLFLOW_", "BLINDSPOT_"))}
    own = {
        "PYTHONPATH": str(ROOT),
        "BLINDSPOT_WORK": str(folder / ".work"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "HF_HUB_OFFLINE": "1",
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=kept | own, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BlindspotError(f"{' '.join(arguments)} failed: {done.stderr[-2000:]}", "see the error above")


def _figures(folder: Path) -> dict[str, Any]:
    """Returns what the run itself reports."""
    verify, explore = read_json(folder / VERIFY_METRICS), read_json(folder / EXPLORE_METRICS)
    return {
        "explored": {"calls": len(pd.read_parquet(folder / EXPLORED)), "modes": explore["modes"]},
        "rates": {
            method: {name: verify[method][name] for name in ("failure_rate", "valid_rate")}
            for method in ("trained", "base")
            if method in verify
        },
        "unscored": read_json(folder / UNSCORED),
    }


def scenes_of(images: Iterable[Image], gallery: Gallery) -> dict[str, Scene]:
    """Returns the scenes that the run's own pictures show, by image_id."""
    known = ((image.image_id, gallery.scene_in(image.path.read_bytes())) for image in images)
    return {name: scene for name, scene in known if scene is not None}


def main() -> None:
    """Prints the figures of each seed as a line of JSON, and then a summary."""
    parser = argparse.ArgumentParser(prog="python -m bench.api_only", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="number of seeds (default: 10)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--keep", type=Path, help="folder in which the folders of the runs are kept")
    given = parser.parse_args()
    results = list[dict[str, Any]]()
    for seed in range(given.first, given.first + given.seeds):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(given.keep or temporary).resolve() / f"seed-{seed}"
            folder.mkdir(parents=True)
            results.append(measure(seed, folder))
        print(json.dumps(results[-1]), flush=True)
    succeeded = [one["seed"] for one in results if one["found"] == len(WEAKNESSES) and not one["other"]]
    print(f"{len(succeeded)} of {len(results)} seeds: all weaknesses confirmed and no other mode")


if __name__ == "__main__":
    run(main, takes_arguments=True)
