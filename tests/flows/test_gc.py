"""What gc deletes and keeps, as a command of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blindspot.runs import joining, kept
from blindspot.runs.record import FINISHED, changing
from flows.recovery import running
from tests.project import environment, error_line, files
from tests.runs.pipelines import place

DAY = 86400


def gc(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.gc", *options]
    return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)


def age(path: Path, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def make_run(folder: Path, run_id: str, days: float) -> Path:
    """Records a finished run of some days ago in a clone, with a kept report. Returns the clone."""
    work = folder / ".work"
    clone = work / "runs" / run_id
    clone.mkdir(parents=True)
    (clone / "data").write_bytes(b"0" * 1000)
    joining.open_flow(place(folder), run_id, "discover", os.environ)
    joining.stage_started(work, run_id, "report")
    joining.stage_ended(work, run_id, "report", FINISHED)
    with changing(work, run_id) as run:
        run.started, run.folder = int((time.time() - days * DAY) * 1000), str(clone)
    joining.end(work, run_id, FINISHED)
    report = kept.keep(work, run_id)
    assert report is not None
    for path in (clone, report):
        age(path, days)
    return clone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with three runs, 60, 40 and 1 days old, work in progress and cached replies."""
    for run_id, days in (("oldest", 60.0), ("old", 40.0), ("newest", 1.0)):
        make_run(tmp_path, run_id, days)
    work = tmp_path / ".work"
    for key, days in (("aaa", 50), ("bbb", 0)):
        (work / "train" / key).mkdir(parents=True)
        age(work / "train" / key, days)
    (work / "calls.db").write_bytes(b"0" * 10)
    age(work / "calls.db", 45)
    return tmp_path


def left(folder: Path) -> set[str]:
    """Returns the names of the clones, reports, work in progress and replies that are there."""
    work = folder / ".work"
    names = [path.name for part in ("runs", "train") for path in (work / part).iterdir()]
    reports = [path.name.rpartition("-")[2] for path in (work / "reports").iterdir()]
    return {*names, *(f"report of {name}" for name in reports), *(path.name for path in work.glob("calls.db*"))}


NEWEST = {"newest", "report of newest", "bbb"}


def test_old_parts_go_and_those_of_the_newest_runs_stay(folder: Path) -> None:
    done = gc(folder, "--older-than", "30d", "--keep", "1")
    assert done.returncode == 0, done.stderr
    assert left(folder) == NEWEST
    assert done.stdout.splitlines()[-1].startswith("6 items, ") and done.stdout.endswith(": deleted\n")
    assert "clone" in done.stdout.splitlines()[0] and "60 days" in done.stdout.splitlines()[0]


def test_a_run_that_is_kept_keeps_all_it_needs_whatever_its_age(folder: Path) -> None:
    age(folder / ".work" / "calls.db", 35)  # the older of the two may have written to it
    assert gc(folder, "--older-than", "0d", "--keep", "2").returncode == 0
    assert left(folder) == NEWEST | {"old", "report of old", "calls.db"}


def test_a_dry_run_deletes_nothing(folder: Path) -> None:
    before = files(folder)
    done = gc(folder, "--older-than", "30d", "--keep", "1", "--dry-run")
    assert done.stdout.splitlines()[-1].endswith(": would be deleted") and len(done.stdout.splitlines()) == 7
    assert {name: data for name, data in files(folder).items() if not name.endswith(".lock")} == {
        name: data for name, data in before.items() if not name.endswith(".lock")
    }


def test_the_oldest_go_until_the_rest_is_small_enough(folder: Path) -> None:
    total = sum(int(path.stat().st_size) for path in (folder / ".work" / "runs").rglob("data"))
    assert total == 3000
    assert gc(folder, "--max-size", "3K", "--keep", "1").returncode == 0
    assert "oldest" not in left(folder) and left(folder) >= NEWEST


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "error: gc needs a limit: add --older-than 30d or --max-size 20G"),
        (["--older-than", "30"], "error: --older-than is 30: give a number of days, such as 30d"),
        (["--max-size", "much"], "error: --max-size is much: give a size, such as 500M or 20G"),
        (["--max-size", "1G", "--keep", "-1"], "error: --keep is -1: give the number of newest runs to keep"),
    ],
)
def test_a_wrong_option_is_one_line_and_nothing_is_deleted(options: list[str], line: str, folder: Path) -> None:
    before = left(folder)
    assert error_line(gc(folder, *options)) == line
    assert left(folder) == before


def test_while_a_run_is_running_nothing_is_deleted(folder: Path) -> None:
    before = left(folder)
    joining.open_flow(place(folder), "now", "discover", os.environ)  # its process is this one
    line = error_line(gc(folder, "--older-than", "0d"))
    assert line.startswith("error: the run unknown candidate 20") and "is running: run gc when it has ended" in line
    joining.end(folder / ".work", "now", FINISHED)
    with running(folder / ".work", "00000000-0000-0000-0000-000000000000"):
        assert error_line(gc(folder, "--older-than", "0d")).startswith("error: a flow is running: ")
    assert left(folder) == before


def test_what_a_killed_deletion_left_is_deleted_by_the_next(folder: Path) -> None:
    clones = folder / ".work" / "runs"
    (clones / "oldest").rename(clones / ".gc-oldest")
    done = gc(folder, "--older-than", "100d")
    assert done.stdout == "0 items, 0 B: deleted\n" and not (clones / ".gc-oldest").exists()


MODELS = """
from pathlib import Path
from blindspot.tracking import log_checkpoint, register, stage_run
import os, sys
Path("weights").write_text("w")
with stage_run("train", Path(".work").resolve(), {}) as mlflow:
    first, last = (mlflow.log_model(f"questioner-{step}", [Path("weights")], "questioner") for step in (0, 1))
    register(mlflow, last, 0.5)
    print(first, last)
"""


@pytest.mark.slow
def test_a_registered_checkpoint_stays_and_others_go_from_mlflow(tmp_path: Path) -> None:
    from mlflow import MlflowClient

    command = [sys.executable, "-c", MODELS]
    done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=True)
    first, last = done.stdout.split()
    assert gc(tmp_path, "--older-than", "0d", "--keep", "1").stdout == "0 items, 0 B: deleted\n"
    assert "1 item, " in gc(tmp_path, "--older-than", "0d", "--keep", "0").stdout
    client = MlflowClient(f"sqlite:///{tmp_path}/.work/mlflow/mlflow.db")
    assert [one.model_id for one in client.search_logged_models(["1"])] == [last]
    assert [path.name for path in (tmp_path / ".work" / "mlflow" / "artifacts" / "models").iterdir()] == [last]
    assert first != last
