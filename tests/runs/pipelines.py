"""Pipeline runs without models: a stand-in for dvc that starts stages, and folders with outputs and dvc.lock."""

import subprocess
import sys
from pathlib import Path

from blindspot.runs.joining import Place
from tests.project import environment

#: Runs its arguments as shell commands side by side, as a process whose command is dvc. Ends with them.
DVC = """
import subprocess, sys
started = [subprocess.Popen(command, shell=True) for command in sys.argv[1:]]
sys.exit(max(process.wait() for process in started))
"""
#: Joins as a stage does, and prints the id of the pipeline run.
JOIN = """
import sys, time
from pathlib import Path
from blindspot.runs import joining
work = Path(sys.argv[1])
run_id = joining.join(joining.Place(work, Path.cwd(), "sqlite:///x", None))
joining.stage_started(work, run_id, sys.argv[2])
print(run_id, flush=True)
time.sleep(float(sys.argv[4]))
if sys.argv[3] != "DIES":
    joining.stage_ended(work, run_id, sys.argv[2], sys.argv[3])
"""


def place(folder: Path) -> Place:
    return Place(folder / ".work", folder, "sqlite:///x", None)


def stage(folder: Path, name: str, state: str = "FINISHED", seconds: float = 0) -> str:
    """Returns a shell command that joins as a stage, waits, and ends with this state; it DIES without an end."""
    (folder / "join.py").write_text(JOIN, "utf-8")
    return f"exec {sys.executable} join.py .work {name} {state} {seconds}"


def dvc(folder: Path, *commands: str) -> subprocess.Popen[str]:
    """Starts shell commands side by side under a process whose command is dvc."""
    (folder / "dvc").write_text(DVC, "utf-8")
    return subprocess.Popen(
        [sys.executable, "dvc", *commands], cwd=folder, env=environment(folder), stdout=subprocess.PIPE, text=True
    )


def run(folder: Path, *commands: str) -> list[str]:
    """Runs shell commands side by side under a process whose command is dvc. Returns the lines that they print."""
    with dvc(folder, *commands) as process:
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return output.split()


def write_output(folder: Path, stage: str, text: str, md5: str) -> None:
    """Writes an output of a stage, and its entry in dvc.lock as DVC does after the stage."""
    path = folder / "data" / stage
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    out = f"data/{stage}"
    pipeline = f"stages:\n  {stage}:\n    cmd: x\n    outs: [{out}]\n"
    (folder / "dvc.yaml").write_text(pipeline, "utf-8")
    entry = f"  {stage}:\n    outs:\n    - {{path: {out}, hash: md5, md5: {md5}, size: {len(text)}}}\n"
    (folder / "dvc.lock").write_text(f"schema: '2.0'\nstages:\n{entry}", "utf-8")
