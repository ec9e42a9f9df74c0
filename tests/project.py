"""A project folder of its own, in which stages run as a user runs them: as processes."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from blindspot.budget import Meter
from blindspot.params import BudgetParams

REPOSITORY = Path(__file__).resolve().parents[1]


def make_project(folder: Path, **sections: Any) -> Path:
    """A folder with the repository's params.yaml, in which keys of the sections given are replaced."""
    values = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    for section, given in sections.items():
        values[section] = values[section] | given if isinstance(given, dict) else given
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return folder


def meter(**limits: float) -> Meter:
    """Of a budget with these limits."""
    return Meter(BudgetParams.model_validate(limits))


def environment(project: Path) -> dict[str, str]:
    """The environment of a stage: its own MLflow store, nothing sent anywhere."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "BLINDSPOT_"))}
    return kept | {
        "PYTHONPATH": str(REPOSITORY),
        "BLINDSPOT_WORK": str(project / ".work"),
        "HF_HUB_OFFLINE": "1",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def run_stage(project: Path, stage: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """`python -m stages.<stage>` in the project, with a command in front of it where `before` gives one."""
    command = [*before, sys.executable, "-m", f"stages.{stage}"]
    return subprocess.run(
        command, cwd=project, env=environment(project), capture_output=True, text=True, timeout=300, check=False
    )


def error_line(result: subprocess.CompletedProcess[str], among_others: bool = False) -> str:
    """The one line on stderr of a stage that failed as it should: exit code not 0, no traceback.

    `among_others`: the stage was at work, so that bars and libraries' warnings stand before it.
    """
    assert result.returncode != 0, result.stdout
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert "error: " in lines[-1], result.stderr
    assert among_others or (len(lines) == 1 and lines[0].startswith("error: ")), result.stderr
    return lines[-1]


def files(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
