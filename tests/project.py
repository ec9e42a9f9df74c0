"""Creates project folders and runs stages in them as processes, as a user does."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from blindspot.budget import Meter
from blindspot.images.image_set import write_image_set
from blindspot.images.sources import SourceParams, Splits, choose_source
from blindspot.params import BudgetParams
from blindspot.paths import BUDGET, DISCOVERED, DISCOVERED_MODES, DISCOVERED_SPENT, ROLLOUTS_SPENT
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Rollout
from blindspot.records.spending import EMPTY_RESERVE
from blindspot.search.discovered import questions_of
from blindspot.store import to_frame, write_frame, write_json
from tests.messages import is_documented

if TYPE_CHECKING:  # slow to import
    from mlflow import MlflowClient

REPOSITORY = Path(__file__).resolve().parents[1]
SMALL_SPLITS = {"train": 3, "validation": 2, "test": 2}


def make_project(folder: Path, **sections: Any) -> Path:
    """Creates a folder with the repository's params.yaml, with the values of `sections` replaced.

    It has the file that the stage budget writes for a run without limits.
    """
    values = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    for section in ("candidate", "verifier", "train", "taxonomy"):
        values[section]["prompts"] = str(REPOSITORY / values[section]["prompts"])
    values["explore"]["targets"] = str(REPOSITORY / values["explore"]["targets"])
    for section, changes in sections.items():
        values[section] = values[section] | changes if isinstance(changes, dict) else changes
    (folder / "extensions").mkdir(parents=True, exist_ok=True)
    (folder / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    write_json(folder / BUDGET, {"limits": {}, "confirmation": EMPTY_RESERVE._asdict()})
    return folder


def embedded_project(folder: Path, **sections: Any) -> Path:
    """Creates a project with the embedded models, in which every stage can run."""
    project = make_project(folder, **sections)
    (project / "models").mkdir()
    for name in ("scenes-candidate", "scenes-questioner", "scenes-judge"):
        shutil.copytree(REPOSITORY / "models" / name, project / "models" / name)
    for name in ("dvc.yaml", "stages", "blindspot", "configs"):
        (project / name).symlink_to(REPOSITORY / name)
    return project


def copy(project: Path, name: str) -> Path:
    """Copies a project into the folder `name` of the same parent folder."""
    return Path(shutil.copytree(project, project.parent / name, symlinks=True))


def make_rollouts(project: Path, question: str = "how many things are there ?", answer: str = "7") -> None:
    """Writes images and rollouts as prepare and harvest do."""
    rows, _ = write_image_set(
        *choose_source(SourceParams(source="scenes", image_size=48, splits=Splits(**SMALL_SPLITS)), 0),
        project / "data" / "images",
    )
    image = rows[rows["split"] == "test"]["image_id"].iloc[0]
    rollouts = [
        Rollout(f"{method}-0", method, image, question, answer, "q/1", "c/1") for method in ("trained", "base")
    ]
    write_frame(project / "data/rollouts/rollouts.parquet", to_frame(rollouts))
    write_json(project / ROLLOUTS_SPENT, [])


def write_discovered(project: Path, *features: str) -> None:
    """Writes data/discovered as train does: a failure mode for each of the features, and no questions."""
    modes = [FailureMode(name, name, (name,), 30, 30, 1.0, 0.9, 1.0, 9.0, 0.0, ()) for name in features]
    write_json(project / DISCOVERED_MODES, [asdict(mode) for mode in modes])
    write_frame(project / DISCOVERED, questions_of([], []))
    write_json(project / DISCOVERED_SPENT, [])


def meter(**limits: float) -> Meter:
    """Returns a meter of a budget with these limits."""
    return Meter(BudgetParams.model_validate(limits))


def environment(project: Path) -> dict[str, str]:
    """Returns the environment of a stage: its own MLflow store, no telemetry, and no access to the Hub."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "BLINDSPOT_"))}
    return kept | {
        "PYTHONPATH": str(REPOSITORY),
        "BLINDSPOT_WORK": str(project / ".work"),
        "HF_HUB_OFFLINE": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def run_stage(project: Path, stage: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Runs `python -m stages.<stage>` in the project. `before`: a command to put in front of it."""
    command = [*before, sys.executable, "-m", f"stages.{stage}"]
    return subprocess.run(
        command, cwd=project, env=environment(project), capture_output=True, text=True, timeout=300, check=False
    )


def on_small_disk(folder: Path, kilobytes: int, script: str) -> list[str]:
    """Returns a command that runs the script in `folder`, a tmpfs of that size that only the script sees."""
    mount = f"mount -t tmpfs -o size={kilobytes}k tmpfs {folder} && cd {folder} && {script}"
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", "--mount", *user, "sh", "-c", mount]


def error_line(result: subprocess.CompletedProcess[str], among_others: bool = False) -> str:
    """Returns the single error line of a stage that failed as expected: exit code not 0, no traceback.

    The page Troubleshooting lists the message.

    `among_others`: whether progress bars and warnings may precede it.
    """
    assert result.returncode != 0, result.stdout
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert "error: " in lines[-1], result.stderr
    assert among_others or (len(lines) == 1 and lines[0].startswith("error: ")), result.stderr
    assert is_documented(lines[-1]), lines[-1]
    return lines[-1]


def experiment_id(client: "MlflowClient") -> str:
    """Returns the id of the pipeline's experiment in MLflow."""
    experiment = client.get_experiment_by_name("blindspot")
    assert experiment is not None
    return str(experiment.experiment_id)


def files(folder: Path) -> dict[str, bytes]:
    """Returns the contents of every file in the folder, hidden files included."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
