"""Locks of flow runs."""

import os
import time
from pathlib import Path
from uuid import uuid4

from flows.recovery import LOCKS, NEW, _is_free, mark_crashed, running


def test_a_running_flow_is_not_taken_for_dead_and_leaves_no_lock(tmp_path: Path) -> None:
    run = uuid4()
    path = tmp_path / LOCKS / f"{run}.lock"
    with running(tmp_path, run):
        _age(path)
        assert not _is_free(path)
        assert mark_crashed(tmp_path) == []
    assert not path.exists()


def test_a_free_lock_is_of_a_dead_process_unless_it_is_new(tmp_path: Path) -> None:
    path = tmp_path / LOCKS / f"{uuid4()}.lock"
    path.parent.mkdir(parents=True)
    path.touch()
    assert not _is_free(path)
    _age(path)
    assert _is_free(path)


def _age(path: Path) -> None:
    then = time.time() - NEW - 1
    os.utime(path, (then, then))
