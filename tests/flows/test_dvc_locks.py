"""DVC's lock file after a crash."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from flows.dvc_locks import RWLOCK, repair, running_dvc
from flows.repro import reproduce
from tests.flows.toy import make_toy


def lock_with(root: Path, text: str) -> Path:
    path = root / RWLOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("text", ["", "{", "[]", '{"write": {"a": 3}}'])
def test_a_broken_file_is_deleted_if_no_dvc_runs(text: str, tmp_path: Path) -> None:
    path, log = lock_with(tmp_path, text), list[str]()
    repair(tmp_path, log.append)
    assert not path.exists()
    assert log == [f"{path} was broken, for example by a crash, and no dvc runs here: deleted"]


def test_a_broken_file_is_kept_while_dvc_runs(tmp_path: Path) -> None:
    path, log = lock_with(tmp_path, ""), list[str]()
    script = tmp_path / "dvc"
    script.write_text("import time; time.sleep(60)", "utf-8")
    with subprocess.Popen([sys.executable, str(script), "repro"], cwd=tmp_path) as dvc:
        until = time.monotonic() + 10
        while running_dvc(tmp_path) != [dvc.pid]:
            assert time.monotonic() < until
        repair(tmp_path, log.append)
        dvc.kill()
    assert path.exists()
    assert f"dvc runs here (process {dvc.pid})" in log[0]


def test_the_lock_of_a_process_whose_id_was_given_to_another_is_removed(tmp_path: Path) -> None:
    ours = {"pid": os.getpid(), "cmd": "dvc repro"}
    path = lock_with(tmp_path, json.dumps({"write": {"a": ours}, "read": {"b": [ours]}}))
    before_us = psutil.Process().create_time() - 60
    os.utime(path, (before_us, before_us))
    repair(tmp_path, print)
    assert json.loads(path.read_text("utf-8")) == {"write": {}, "read": {}}


def test_the_lock_of_a_running_process_is_kept(tmp_path: Path) -> None:
    text = json.dumps({"write": {"a": {"pid": os.getpid(), "cmd": "dvc repro"}}, "read": {}})
    path, log = lock_with(tmp_path, text), list[str]()
    repair(tmp_path, log.append)
    assert path.read_text("utf-8") == text and log == []


@pytest.mark.slow
def test_a_run_goes_on_after_a_crash_that_left_an_empty_file(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    lock_with(toy, "")
    assert reproduce("prepare", toy, {}, print) == "ran"
