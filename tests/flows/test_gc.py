"""What gc deletes and keeps, as a command of its own."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blindspot.runs import joining, kept
from blindspot.runs.record import FAILED, FINISHED, changing
from flows.recovery import running
from tests.project import environment, error_line, files, on_small_disk
from tests.runs.pipelines import place

DAY = 86400


def gc(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.gc", *options]
    return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)


def age(path: Path, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def make_run(folder: Path, run_id: str, days: float, state: str = FINISHED) -> Path:
    """Records a run of some days ago in a clone, with data docs and a kept report. Returns the clone."""
    work = folder / ".work"
    clone = work / "runs" / run_id
    clone.mkdir(parents=True)
    (clone / "data").write_bytes(b"0" * 1000)
    (work / "docs" / run_id / "verify").mkdir(parents=True)
    joining.open_flow(place(folder), run_id, "discover", os.environ)
    joining.stage_started(work, run_id, "report")
    joining.stage_ended(work, run_id, "report", FINISHED)
    with changing(work, run_id) as run:
        run.started, run.folder = int((time.time() - days * DAY) * 1000), str(clone)
    joining.end(work, run_id, state)
    report = kept.keep(work, run_id)
    assert report is not None
    for path in (clone, report, work / "docs" / run_id):
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
    (work / "docs" / "checkout").mkdir()  # of a folder in which runs happen again and again
    return tmp_path


def left(folder: Path) -> set[str]:
    """Returns the names of the clones, data docs, reports, work in progress and replies that are there."""
    work = folder / ".work"
    names = [path.name for part in ("runs", "train") for path in (work / part).iterdir()]
    docs = [path.name for path in (work / "docs").iterdir()]
    assert {name for name in docs if name != "checkout"} == {path.name for path in (work / "runs").iterdir()}
    assert "checkout" in docs
    reports = [path.name.rpartition("-")[2] for path in (work / "reports").iterdir()]
    return {*names, *(f"report of {name}" for name in reports), *(path.name for path in work.glob("calls.db*"))}


NEWEST = {"newest", "bbb", *(f"report of {name}" for name in ("newest", "old", "oldest"))}


def test_without_a_limit_all_goes_that_no_run_needs(folder: Path) -> None:
    done = gc(folder)
    assert done.returncode == 0, done.stderr
    assert left(folder) == NEWEST | {"aaa", "calls.db"}
    assert done.stdout.splitlines()[-1] == "2 items, 2 KB: deleted"  # two clones of 1,000 bytes
    assert gc(folder).stdout == "0 items, 0 B: deleted\n"


def test_old_parts_go_and_those_of_the_newest_runs_stay(folder: Path) -> None:
    done = gc(folder, "--older-than", "30d", "--keep", "1")
    assert done.returncode == 0, done.stderr
    assert left(folder) == NEWEST
    assert done.stdout.splitlines()[-1].startswith("4 items, ") and done.stdout.endswith(": deleted\n")
    assert "clone" in done.stdout.splitlines()[0] and "60 days" in done.stdout.splitlines()[0]


def test_a_run_that_is_kept_keeps_all_it_needs_whatever_its_age(folder: Path) -> None:
    age(folder / ".work" / "calls.db", 35)  # the older of the two may have written to it
    assert gc(folder, "--older-than", "0d", "--keep", "2").returncode == 0
    assert left(folder) == NEWEST | {"old", "calls.db"}


def test_data_docs_of_a_clone_that_is_gone_are_deleted(folder: Path) -> None:
    shutil.rmtree(folder / ".work" / "runs" / "old")
    assert gc(folder).stdout.splitlines()[-1] == "2 items, 1 KB: deleted"
    assert left(folder) == NEWEST | {"aaa", "calls.db"}


def test_the_work_folder_can_be_moved(folder: Path) -> None:
    (folder / "moved").mkdir()
    (folder / ".work").rename(folder / "moved" / ".work")
    assert gc(folder / "moved").returncode == 0
    assert left(folder / "moved") == NEWEST | {"aaa", "calls.db"}


def test_five_reports_stay(folder: Path) -> None:
    for number in range(4):
        make_run(folder, f"run{number}", 0.5)
    assert gc(folder).returncode == 0
    assert {name for name in left(folder) if name.startswith("report")} == {
        *(f"report of run{number}" for number in range(4)), "report of newest",
    }  # fmt: skip


def test_a_run_that_finished_stays_if_the_newest_failed(folder: Path) -> None:
    make_run(folder, "failed", 0.5, FAILED)
    assert gc(folder).returncode == 0
    assert left(folder) == NEWEST | {"failed", "report of failed", "aaa", "calls.db"}


def test_a_dry_run_deletes_nothing_and_states_the_same_sum(folder: Path) -> None:
    before = files(folder)
    done = gc(folder, "--older-than", "30d", "--dry-run")
    assert done.stdout.splitlines()[-1].endswith(": would be deleted") and len(done.stdout.splitlines()) == 5
    assert {name: data for name, data in files(folder).items() if not name.endswith(".lock")} == {
        name: data for name, data in before.items() if not name.endswith(".lock")
    }
    assert done.stdout.replace("would be deleted", "deleted") == gc(folder, "--older-than", "30d").stdout


def test_the_oldest_go_until_the_rest_is_small_enough(folder: Path) -> None:
    assert gc(folder, "--max-size", "1.5K").returncode == 0
    assert left(folder) >= NEWEST | {"old"} and "oldest" not in left(folder)


def test_a_file_with_another_name_elsewhere_frees_nothing(folder: Path) -> None:
    (folder / ".work" / "runs" / "old" / "pack").hardlink_to(folder / ".work" / "runs" / "newest" / "data")
    assert gc(folder).stdout.splitlines()[-1] == "2 items, 2 KB: deleted"


def test_what_cannot_be_deleted_is_one_line_and_the_rest_goes(folder: Path) -> None:
    fixed = folder / ".work" / "runs" / "oldest" / "fixed"
    fixed.write_text("x", "utf-8")
    if subprocess.run(["chattr", "+i", str(fixed)], capture_output=True, check=False).returncode:
        pytest.skip("this file system has no immutable files")
    try:
        done = gc(folder)
        error = error_line(done)
    finally:
        there = next(path for path in (folder / ".work" / "runs").rglob("fixed"))
        subprocess.run(["chattr", "-i", str(there)], check=True)
    assert "fixed cannot be deleted (Operation not permitted): fix this and run gc again" in error
    assert done.stdout.splitlines()[-1] == "1 item, 1 KB: deleted"
    assert gc(folder).stdout == "0 items, 0 B: deleted\n"
    assert left(folder) == NEWEST | {"aaa", "calls.db"}


@pytest.mark.parametrize(
    ("options", "line"),
    [
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
    assert gc(tmp_path).stdout == "0 items, 0 B: deleted\n"
    evaluations = tmp_path / ".work" / "train" / "key" / "evaluations"  # of an interrupted training
    evaluations.mkdir(parents=True)
    (evaluations / "000001.json").write_text(json.dumps({"logged_model": first}), "utf-8")
    assert gc(tmp_path, "--keep", "0").stdout == "0 items, 0 B: deleted\n"
    shutil.rmtree(evaluations)
    assert "1 item, " in gc(tmp_path, "--keep", "0").stdout
    client = MlflowClient(f"sqlite:///{tmp_path}/.work/mlflow/mlflow.db")
    assert [one.model_id for one in client.search_logged_models(["1"])] == [last]
    assert [path.name for path in (tmp_path / ".work" / "mlflow" / "artifacts" / "models").iterdir()] == [last]
    assert first != last


@pytest.mark.slow
def test_a_full_disk_with_the_store_of_mlflow_is_freed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    env, disk = environment(folder), tmp_path_factory.mktemp("disk")
    subprocess.run([sys.executable, "-c", MODELS], cwd=folder, env=env, capture_output=True, check=True)
    script = f"cp -r {folder}/. . && {{ cat /dev/zero > full; {sys.executable} -m flows.gc --keep 0; }}"
    here = env | {"BLINDSPOT_WORK": str(disk / ".work")}
    done = subprocess.run(
        on_small_disk(disk, 4000, script), cwd=folder, env=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "checkpoint in MLflow" in done.stdout.splitlines()[-2]
    assert done.stdout.splitlines()[-1].startswith("7 items, ")  # three clones, three reports, a checkpoint
