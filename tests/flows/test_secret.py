"""The secret of Prefect's server: made once, readable by its owner alone, and given only to what needs it."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flows.process_group import process_group
from flows.secret import CLIENT, FILE, NAMES, read_or_make, without
from flows.server import environment as of_server
from tests.flows.toy import environment

MAKE = "from pathlib import Path; from flows.secret import read_or_make; print(read_or_make(Path('work').resolve()))"
# What a flow does before it imports Prefect; prints the environment of what it would start.
START = """
import json, os
from flows.environment import apply
from flows.server import start_temporary
start_temporary(apply())
print(json.dumps(dict(os.environ)))
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = read_or_make(tmp_path)
    assert made.startswith("admin:") and len(made) > 40
    assert mode(tmp_path / FILE) == 0o600
    assert read_or_make(tmp_path) == made != read_or_make(tmp_path / "other")
    assert (tmp_path / FILE).read_text("utf-8").strip() == made
    assert {path.name for path in (tmp_path / FILE).parent.iterdir()} == {"secret", "secret.lock"}


@pytest.mark.parametrize("content", ["", "\n", "  "])
def test_an_empty_file_is_made_anew(content: str, tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text(content, "utf-8")
    assert read_or_make(tmp_path).startswith("admin:")
    assert mode(tmp_path / FILE) == 0o600


@pytest.mark.parametrize("wrong", [0o644, 0o666, 0o000])
def test_wrong_permissions_are_corrected(wrong: int, tmp_path: Path) -> None:
    made = read_or_make(tmp_path)
    (tmp_path / FILE).chmod(wrong)
    assert read_or_make(tmp_path) == made
    assert mode(tmp_path / FILE) == 0o600


def test_two_that_start_at_once_get_the_same_secret(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE]
    started = [
        subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    told = {process.communicate()[0] for process in started}
    assert len(told) == 1 and told.pop().startswith("admin:")


def test_what_is_started_sees_no_secret_unless_it_is_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "admin:secret")
    assert not {*NAMES} & {*without(os.environ)}
    command = [sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
    for given in (None, {"A": "b"}, {CLIENT: "admin:given"}):
        with process_group(command, env=given, output=subprocess.PIPE) as process:
            assert process.stdout is not None
            told = json.loads(process.stdout.read())
        assert {name: told[name] for name in NAMES if name in told} == {
            name: value for name, value in (given or {}).items() if name in NAMES
        }


def test_a_server_of_the_users_own_gets_neither_the_secret_nor_our_settings(tmp_path: Path) -> None:
    remote = "https://prefect.example/api"
    for theirs in ({}, {CLIENT: "admin:theirs"}):
        told = environment() | {"PREFECT_API_URL": remote} | theirs
        done = subprocess.run(
            [sys.executable, "-c", START], cwd=tmp_path, env=told, capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        assert found["PREFECT_API_URL"] == remote
        assert found.get(CLIENT) == theirs.get(CLIENT)
        assert not {*of_server(1, "x")} - {"PREFECT_API_URL"} & {*found}
        assert not (tmp_path / ".work" / FILE).exists()
