"""The secret of the Prefect server: created once, readable only by its owner, passed only to what needs it."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flows.process_group import process_group
from flows.secret import CLIENT, FILE, NAMES, read_or_create, without_secret
from flows.server import server_environment
from tests.flows.toy import environment

MAKE = (
    "from pathlib import Path; from flows.secret import read_or_create; print(read_or_create(Path('work').resolve()))"
)
# Does what a flow does before it imports Prefect, and prints the environment that child processes would get.
START = """
import json, os
from flows.environment import apply
from flows.server import start_temporary_server
start_temporary_server(apply())
print(json.dumps(dict(os.environ)))
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_created_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    made = read_or_create(tmp_path)
    assert made.startswith("admin:") and len(made) > 40
    assert mode(tmp_path / FILE) == 0o600
    assert read_or_create(tmp_path) == made != read_or_create(tmp_path / "other")
    assert (tmp_path / FILE).read_text("utf-8").strip() == made
    assert {path.name for path in (tmp_path / FILE).parent.iterdir()} == {"secret", "secret.lock"}


@pytest.mark.parametrize("content", ["", "\n", "  "])
def test_an_empty_file_gets_a_new_secret(content: str, tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(content, "utf-8")
    assert read_or_create(tmp_path).startswith("admin:")
    assert mode(tmp_path / FILE) == 0o600


@pytest.mark.parametrize("wrong", [0o644, 0o666, 0o000])
def test_wrong_permissions_are_corrected(wrong: int, tmp_path: Path) -> None:
    made = read_or_create(tmp_path)
    (tmp_path / FILE).chmod(wrong)
    assert read_or_create(tmp_path) == made
    assert mode(tmp_path / FILE) == 0o600


def test_processes_that_start_at_the_same_time_get_the_same_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE]
    started = [
        subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    printed = {process.communicate()[0] for process in started}
    assert len(printed) == 1 and printed.pop().startswith("admin:")


def test_child_processes_have_no_secret_unless_they_are_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "admin:secret")
    assert not {*NAMES} & {*without_secret(os.environ)}
    command = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
    for given in (None, {"A": "b"}, {CLIENT: "admin:given"}):
        with process_group(command, env=given, output=subprocess.PIPE) as process:
            assert process.stdout is not None
            env = json.loads(process.stdout.read())
        assert {name: env[name] for name in NAMES if name in env} == {
            name: value for name, value in (given or {}).items() if name in NAMES
        }


def test_the_users_own_server_gets_neither_the_secret_nor_our_settings(tmp_path: Path) -> None:
    remote = "https://prefect.example/api"
    for theirs in ({}, {CLIENT: "admin:theirs"}):
        env = environment() | {"PREFECT_API_URL": remote} | theirs
        done = subprocess.run(
            [sys.executable, "-c", START], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        assert found["PREFECT_API_URL"] == remote
        assert found.get(CLIENT) == theirs.get(CLIENT)
        assert not {*server_environment(1, "x")} - {"PREFECT_API_URL"} & {*found}
        assert not (tmp_path / ".work" / FILE).exists()
