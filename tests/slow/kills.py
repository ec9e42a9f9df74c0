"""Kills stages at random moments and resumes them: `python -m tests.slow.kills --kills 30 --seed 0`.

A third of the kills hits the first seconds of a fresh work folder. The others hit every stage of one pipeline in turn.
Each killed stage is started again. In the end the outputs have the bytes of an unbroken run, and MLflow shows no run
as running.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from tests.project import REPOSITORY, environment, experiment_id, files, make_project

STAGES = ("prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report")
LAUNCHED = ("train", "harvest")
OUTPUTS = ("data", "metrics", "models/questioner", "reports")
SMALL = {
    "prepare": {"splits": {"train": 8, "validation": 4, "test": 8}},
    "explore": {"calls": 20, "at_least": 10},
    "train": {"steps": 4, "checkpoint_every": 2, "images_per_step": 2, "num_generations": 4},
    "harvest": {"calls": 16, "batch_size": 8},
    "launch": {"threads": 1},  # outputs depend on the number of threads; all stages have one
}
FIRST_SECONDS = 12.0  # of a fresh work folder: imports, then the creation of MLflow's database


def make_small(folder: Path, **changes: dict[str, Any]) -> Path:
    """Creates a project in which all stages run, with small parameters. `changes`: other or further sections."""
    project = make_project(folder, **SMALL | changes)
    (project / "models").mkdir()
    for path in (REPOSITORY / "models").glob("scenes-*"):
        (project / "models" / path.name).symlink_to(path)
    for name in ("dvc.yaml", "stages", "blindspot", "configs"):
        (project / name).symlink_to(REPOSITORY / name)
    return project


def command(stage: str) -> list[str]:
    launch = ["blindspot.launch", "-m"] if stage in LAUNCHED else []
    return [sys.executable, "-m", *launch, f"stages.{stage}"]


def complete(project: Path, stage: str) -> float:
    """Runs a stage to its end. Returns its seconds; fails if it does."""
    began = time.monotonic()
    done = subprocess.run(
        command(stage), cwd=project, env=environment(project), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{stage}: {done.stderr[-2000:]}"
    return time.monotonic() - began


def kill(project: Path, stage: str, after: float) -> bool:
    """Starts a stage, and kills it with its descendants after some seconds. Returns whether it was still running."""
    with (project / "killed.log").open("ab") as log:
        process = subprocess.Popen(
            command(stage), cwd=project, env=environment(project), stdout=log, stderr=log, start_new_session=True
        )
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        for one in tree:
            one.kill()
        process.wait()
        return True
    return False


def outputs(project: Path) -> dict[str, bytes]:
    """Returns the files that the stages wrote."""
    return {f"{top}/{name}": data for top in OUTPUTS for name, data in files(project / top).items()}


def differing(found: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    return sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))


def statuses(project: Path) -> dict[str, int]:
    """Returns the number of MLflow runs by status."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{project}/.work/mlflow/mlflow.db")
    runs = client.search_runs([experiment_id(client)])
    found = [run.info.status for run in runs]
    return {status: found.count(status) for status in sorted({*found})}


def kill_fresh(folder: Path, kills: int, chance: random.Random, expected: dict[str, bytes]) -> None:
    """Kills `prepare` in the first seconds of fresh work folders, and completes it in the same folder."""
    for number in range(kills):
        project, after = make_small(folder / f"fresh{number}" / "project"), chance.uniform(0.5, FIRST_SECONDS)
        hit = kill(project, "prepare", after)
        complete(project, "prepare")
        found = {f"data/{name}": data for name, data in files(project / "data").items()}
        images = {name: data for name, data in expected.items() if name.startswith("data/images/")}
        assert differing(found, images) == []
        assert "RUNNING" not in statuses(project)
        print(f"fresh work folder: prepare killed after {after:.1f} s ({hit}): resumed, same bytes", flush=True)
        shutil.rmtree(project)


def kill_all(folder: Path, kills: int, chance: random.Random, seconds: dict[str, float]) -> Path:
    """Kills every stage in turn at random moments, until `kills` are used up, and completes each."""
    project = make_small(folder / "broken" / "project")
    for number, stage in enumerate(STAGES):
        for _ in range(kills // len(STAGES) + (number < kills % len(STAGES))):
            after = chance.uniform(0.3, seconds[stage])
            hit = kill(project, stage, after)
            print(f"{stage} killed after {after:.1f} s ({hit})", flush=True)
        complete(project, stage)
    return project


def attack(folder: Path, kills: int, seed: int) -> None:
    """Runs the pipeline unbroken and with kills. Fails if the outputs differ or a run is shown as running."""
    chance = random.Random(seed)
    unbroken = make_small(folder / "unbroken" / "project")
    seconds = {stage: complete(unbroken, stage) for stage in STAGES}
    expected = outputs(unbroken)
    kill_fresh(folder, kills // 3, chance, expected)
    broken = kill_all(folder, kills - kills // 3, chance, seconds)
    assert differing(outputs(broken), expected) == []
    found = statuses(broken)
    assert "RUNNING" not in found and found["FINISHED"] >= len(STAGES)
    print(f"{kills} kills: same bytes as the unbroken run; MLflow: {found}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.slow.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:
        attack(Path(folder), given.kills, given.seed)


if __name__ == "__main__":
    main()
