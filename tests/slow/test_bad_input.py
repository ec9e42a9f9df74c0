"""Problems in the middle of a stage: corrupt files, a full disk, a kill."""

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blindspot import store
from tests.images.photographs import save_unlike
from tests.project import (
    SMALL_SPLITS,
    environment,
    error_line,
    files,
    make_project,
    make_rollouts,
    on_small_disk,
    run_stage,
)

pytestmark = pytest.mark.slow


def prepared(folder: Path) -> tuple[Path, dict[str, bytes]]:
    """Creates a project in which prepare has run. Returns it and the files that prepare wrote."""
    project = make_project(folder, prepare={"splits": SMALL_SPLITS})
    result = run_stage(project, "prepare")
    assert result.returncode == 0, result.stderr
    return project, files(project / "data")


def test_the_error_names_a_corrupt_image_and_the_previous_images_stay(tmp_path: Path) -> None:
    project, before = prepared(tmp_path / "project")
    bad = save_unlike(tmp_path / "photos", 12) / "photo 7.png"
    for path in (bad, bad.with_name("photo 8.png")):
        path.write_bytes(path.read_bytes()[:40])
    make_project(project, prepare={"source": "folder", "folder": str(bad.parent), "splits": SMALL_SPLITS})
    error = error_line(run_stage(project, "prepare"))
    assert f"image {bad} cannot be read" in error and "replace or remove the file" in error
    assert "dvc checkout data/images" in error
    assert files(project / "data") == before


def test_the_error_names_an_empty_split(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 1)
    project = make_project(tmp_path / "project", prepare={"source": "folder", "folder": str(folder)})
    error = error_line(run_stage(project, "prepare"))
    assert "split is empty (of 1 images 0 are near-duplicates): raise prepare.splits." in error
    assert not files(project / "data")


def test_nothing_is_written_if_too_many_rollouts_are_unscored(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    make_rollouts(project, answer="")
    error = error_line(run_stage(project, "verify"))
    assert "1 of 1 rollouts of trained are unscored: no answer × 1" in error and "verify.max_unscored_rate" in error
    assert not (project / "data/verdicts").exists() and not (project / "metrics/verify.json").exists()


def test_verify_writes_the_same_verdicts_and_metrics_twice(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    make_rollouts(project)
    found = []
    for _ in range(2):
        result = run_stage(project, "verify")
        assert (result.returncode, result.stderr) == (0, "")
        found.append(files(project / "data/verdicts") | files(project / "metrics"))
    assert found[0] == found[1] and set(found[0]) == {
        "verdicts.parquet",
        "unscored.json",
        "replies.parquet",
        "verify.json",
    }
    assert store.read_json(project / "metrics/verify.json")["templates"]["failure_rate"] is None


def test_a_full_disk_under_metrics_writes_no_verdicts(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    make_rollouts(project)
    (project / "metrics").mkdir()
    (project / "metrics" / ".verify.json.new").symlink_to("/dev/full")  # where the metrics are first written
    error = error_line(run_stage(project, "verify"))
    assert "the disk is full while writing metrics/verify.json: free some space" in error
    assert not (project / "data/verdicts").exists()


@pytest.mark.parametrize("filled", ["outputs", "MLflow's store"])
def test_the_error_names_a_full_disk_and_the_previous_images_stay(filled: str, tmp_path: Path) -> None:
    """Runs on a real tmpfs. Full is either the disk with data/ or the disk with MLflow's database."""
    project, before = prepared(tmp_path / "project")
    shutil.rmtree(project / ".work")
    make_project(project, prepare={"image_size": 256, "splits": dict.fromkeys(SMALL_SPLITS, 40)})
    disk = tmp_path / "disk"
    disk.mkdir()
    work = {"outputs": tmp_path / "work", "MLflow's store": disk / "work"}[filled]
    stage = f"{sys.executable} -m stages.prepare; code=$?; find data -type f -exec sha256sum {{}} +; exit $code"
    command = on_small_disk(disk, 300, f"cp -r {project} here && cd here && {{ {stage}; }}")
    env = environment(project) | {"BLINDSPOT_WORK": str(work)}
    result = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
    error = error_line(result, among_others=filled == "MLflow's store")  # which is a warning before it
    assert "the disk is full while writing" in error and "free some space, then run again" in error
    lines = (line.split(maxsplit=1) for line in result.stdout.splitlines())
    left = {path: digest for digest, path in lines}
    assert left == {f"data/{name}": hashlib.sha256(content).hexdigest() for name, content in before.items()}


def start_and_kill(project: Path) -> None:
    """Starts prepare and sends it SIGKILL after it has written some of the images."""
    running = subprocess.Popen(
        [sys.executable, "-m", "stages.prepare"], cwd=project, env=environment(project), stderr=subprocess.DEVNULL
    )
    try:
        while len(list((project / "data" / ".images.new").rglob("*.png"))) < 5:
            assert running.poll() is None, "it ended before it could be killed"
            time.sleep(0.01)
    finally:
        running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL


def test_a_stage_killed_while_writing_keeps_the_previous_output_and_can_run_again(tmp_path: Path) -> None:
    project, before = prepared(tmp_path)
    make_project(project, prepare={"image_size": 512, "splits": SMALL_SPLITS | {"train": 2000}})
    start_and_kill(project)
    assert files(project / "data" / "images") == {
        name.removeprefix("images/"): content for name, content in before.items()
    }
    make_project(project, prepare={"splits": SMALL_SPLITS})
    assert run_stage(project, "prepare").returncode == 0
    assert files(project / "data") == before  # and nothing of the killed run is left


def test_after_a_failure_under_dvc_the_command_in_the_error_restores_the_output(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project", prepare={"splits": SMALL_SPLITS})
    stage = f"stages:\n  prepare:\n    cmd: {sys.executable} -m stages.prepare\n    params: [seed, prepare]\n"
    (project / "dvc.yaml").write_text(f"{stage}    outs:\n      - data/images\n")
    env = environment(project) | {"DVC_NO_ANALYTICS": "true", "DO_NOT_TRACK": "1"}

    def dvc(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dvc", *words]
        return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=300, check=False)

    assert dvc("init", "--no-scm").returncode == 0
    assert (done := dvc("repro")).returncode == 0, done.stderr
    before = files(project / "data" / "images")
    make_project(project, prepare={"splits": SMALL_SPLITS, "source": "folder", "folder": "nowhere"})
    failed = dvc("repro")
    assert failed.returncode != 0 and "error: image folder nowhere does not exist" in failed.stderr
    assert "dvc checkout data/images" in failed.stderr
    assert dvc("checkout", "data/images").returncode == 0
    assert files(project / "data" / "images") == before
