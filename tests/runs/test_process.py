import os
import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.runs.process import Process, is_dvc, this_process
from tests.runs.pipelines import run


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["/usr/bin/dvc", "repro"], True),
        (["python", "-m", "dvc", "repro"], True),
        (["python", "-P", "-m", "dvc", "exp", "exec-run"], True),
        (["python", "/opt/bin/dvc", "repro", "report"], True),
        (["sh", "-c", "dvc repro && ls"], False),
        (["python", "-m", "pytest", "tests", "-k", "dvc"], False),
        ([], False),
    ],
)
def test_commands_of_dvc_are_recognised(words: list[str], expected: bool) -> None:
    assert is_dvc(words) == expected


def test_this_process_is_alive_and_one_that_ended_is_not() -> None:
    assert this_process().is_alive
    ended = subprocess.Popen([sys.executable, "-c", ""])
    found = Process(ended.pid, this_process().created, this_process().host)
    ended.wait()
    assert not found.is_alive


def test_a_process_number_that_another_process_has_now_is_not_alive() -> None:
    ours = this_process()
    assert not Process(ours.pid, ours.created - 100, ours.host).is_alive
    assert not Process(os.getpid(), ours.created, "elsewhere").is_alive


def test_the_nearest_dvc_is_found_through_a_shell(tmp_path: Path) -> None:
    command = f"{sys.executable} -c 'from blindspot.runs.process import nearest_dvc as n; print(n().pid)'; true"
    [pid] = run(tmp_path, command)
    assert int(pid) > 0
