"""Runs the pipeline many times in one project, as a user does: `python -m tests.slow.gc_runs --runs 20`.

Each run has parameters of its own and happens in a clone, in which the stages that depend on them make new outputs.
Some runs train a questioner. Then the work folder is measured before and after `blindspot gc`.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import yaml

from blindspot.models.calls import Calls
from blindspot.models.endpoint import CALLS
from blindspot.results import open_run
from blindspot.runs.kept import REPORT
from blindspot.runs.record import all_runs
from flows.garbage import MODELS, REPORTS
from tests.flows.toy import environment, run
from tests.project import REPOSITORY
from tests.slow.kills import SMALL

#: What a run needs of the repository, all of it in git.
PARTS = ("blindspot", "stages", "lab", "configs", "data", "extensions", "models", "metrics", ".dvc")
FILES = ("dvc.yaml", "dvc.lock", ".gitignore")
IDENTITY = ("-c", "user.name=x", "-c", "user.email=x@localhost")
MLFLOW = "mlflow"  # the part of the work folder that is MLflow's store
MOST = 1.5  # size of the work folder after gc, relative to that after one run


def make_project(folder: Path) -> Path:
    """Creates a Git repository in which every stage runs in seconds."""
    for name in run(REPOSITORY, "git", "ls-files", *PARTS, *FILES).stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, folder / name, follow_symlinks=False)
    values = yaml.safe_load((REPOSITORY / "params.yaml").read_text("utf-8"))
    for section, changes in SMALL.items():
        values[section] |= changes
    (folder / "params.yaml").write_text(yaml.safe_dump(values), "utf-8")
    run(folder, "git", "init", "--quiet")
    run(folder, "git", "add", ".")
    run(folder, "git", *IDENTITY, "commit", "--quiet", "--message", "project")
    return folder


def change(number: int) -> str:
    """Returns the changed parameter of a run: of ten runs, one trains and one asks other questions."""
    if number % 10 == 0:
        return f"train.learning_rate={1.01e-4 * (1 + number / 100):.6f}"
    return f"harvest.calls={17 + number}" if number % 10 == 5 else f"report.modes={20 + number}"


def discover(project: Path, *options: str) -> str:
    """Runs the flow to its end. Returns what it printed."""
    return run(project, sys.executable, "-m", "flows.discover", *options).stdout


def gc(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs `blindspot gc`."""
    return run(project, sys.executable, "-m", "flows.gc", *options, check=False)


def sizes(work: Path) -> dict[str, int]:
    """Returns the disk space of each part of the work folder, in bytes; a file with several names counts once."""
    seen, found = set[int](), dict[str, int]()
    for part in sorted(work.iterdir()):
        found[part.name] = sum(_new_bytes(path, seen) for path in _files(part))
    return found


def outside_mlflow(found: dict[str, int]) -> int:
    """Returns the disk space of all parts but MLflow's store."""
    return sum(size for name, size in found.items() if name != MLFLOW)


def _files(path: Path) -> Iterator[Path]:
    yield path
    if path.is_dir():
        yield from path.rglob("*")


def _new_bytes(path: Path, seen: set[int]) -> int:
    found = path.lstat()
    if found.st_ino in seen:
        return 0
    seen.add(found.st_ino)
    return found.st_blocks * 512


def run_many(project: Path, runs: int) -> dict[str, int]:
    """Runs the pipeline so many times. Returns the sizes of the parts after the first run."""
    first = dict[str, int]()
    for number in range(runs):
        discover(project, "-P", change(number), *(["--gate", "nightly"] if number == 0 else []))
        found = sizes(project / ".work")
        first = first or found
        print(f"run {number + 1}, {change(number)}: {shown(found)}", flush=True)
    return first


def shown(found: dict[str, int]) -> str:
    """Returns the sizes as text, in MB."""
    parts = ", ".join(f"{name} {size / 1e6:.1f}" for name, size in found.items() if size > 100_000)
    return f"{outside_mlflow(found) / 1e6:.1f} MB outside of MLflow's store ({parts})"


def measure(project: Path, first: dict[str, int]) -> float:
    """Runs gc, and fails if something is lost that is needed. Returns the size relative to that after one run.

    `first`: the sizes after the first run.
    """
    work = project / ".work"
    Calls(work / CALLS).put("a request", "its reply", "a model")
    before, there, status = sizes(work), files_of(work), dvc_status(project)
    listed = gc(project, "--dry-run").stdout
    assert files_of(work) == there, "a dry run deletes nothing"
    done = gc(project)
    after = sizes(work)
    assert done.returncode == 0, done.stderr
    assert done.stdout == listed.replace("would be deleted", "deleted")
    assert gc(project).stdout.splitlines() == ["0 items, 0 B: deleted"]
    check_needed(project, there - files_of(work))
    assert dvc_status(project) == status, "the checkout is as it was"
    for name, found in (("one run", first), (f"{len(all_runs(work))} runs", before), ("after gc", after)):
        print(f"{name}: {shown(found)}", flush=True)
    ratio = outside_mlflow(after) / outside_mlflow(first)
    print(f"{done.stdout.splitlines()[-1]}; {ratio:.2f} of the size after one run", flush=True)
    return ratio


def files_of(work: Path) -> set[str]:
    """Returns the names of the files of the work folder, without locks and those of open databases."""
    names = {str(path.relative_to(work)) for path in work.rglob("*") if path.is_file()}
    return {name for name in names if not name.endswith((".lock", "-wal", "-shm"))}


def dvc_status(folder: Path) -> str:
    """Returns what `dvc status` prints."""
    return run(folder, "dvc", "status").stdout


def check_needed(project: Path, deleted: set[str]) -> None:
    """Fails if gc deleted something that is needed."""
    work = project / ".work"
    newest, *_ = runs = all_runs(work)
    folder = Path(newest.folder)
    assert "up to date" in dvc_status(folder)
    assert open_run(folder).rates["trained"]["asked"] > 0 and (folder / "reports" / "index.html").is_file()
    assert all((work / one.kept / REPORT).is_file() for one in runs[:REPORTS])
    assert Calls(work / CALLS).get("a request") == "its reply"
    registered, all_models = models_in(work)
    assert registered <= all_models and registered
    tops = {tuple(Path(name).parts[:3]) for name in deleted if Path(name).parts[0] == MLFLOW}
    gone = {Path(name).parts[3] for name in deleted if name.startswith(str(MODELS))}
    assert tops <= {MODELS.parts} and not gone & registered, (
        "in MLflow's store, only checkpoints that are not registered"
    )


def models_in(work: Path) -> tuple[set[str], set[str]]:
    """Returns the ids of the registered checkpoints, and those of all checkpoints that have files."""
    from mlflow import MlflowClient

    uri = f"sqlite:///{work}/mlflow/mlflow.db"
    versions = MlflowClient(uri, uri).search_model_versions()
    return {str(one.source).removeprefix("models:/") for one in versions}, {
        path.name for path in (work / MODELS).iterdir()
    }


def interrupt(project: Path) -> None:
    """Kills a training, runs gc, and fails if the training does not resume from its checkpoint."""
    work, options = project / ".work", ("-P", "train.steps=30")
    command = [sys.executable, "-m", "flows.discover", *options]
    with (project.parent / "killed.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=project, env=environment(), stdout=log, stderr=log, start_new_session=True
        )
    until = time.monotonic() + 300
    while not [*(work / "train").rglob("checkpoint-*/trainer_state.json")]:
        assert process.poll() is None and time.monotonic() < until, "no checkpoint was written"
        time.sleep(0.2)
    there = files_of(work)
    refused = gc(project)
    assert refused.returncode == 1 and "is running: run gc when it has ended" in refused.stderr, refused.stderr
    assert there <= files_of(work) | {name for name in there if name.startswith("train/")}
    for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
        one.kill()
    process.wait()
    wait_until_over(project)
    resumed = discover(project, *options, "--gate", "nightly")
    assert "train: resuming from step" in resumed and "gate nightly: " in resumed


def wait_until_over(project: Path) -> None:
    """Runs gc until it sees that the killed run is over. Fails if that takes more than a minute."""
    until = time.monotonic() + 60
    while (done := gc(project)).returncode:
        assert "is running" in done.stderr and time.monotonic() < until, done.stderr
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.slow.gc_runs", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="folder in which the project is kept")
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(given.keep or Path(folder) / "project")
        assert measure(project, run_many(project, given.runs)) <= MOST
        interrupt(project)


if __name__ == "__main__":
    main()
