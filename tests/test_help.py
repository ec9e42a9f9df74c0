"""Every command answers --help with its usage, and then does nothing."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blindspot.cli import MODULES
from tests.project import REPOSITORY, environment, files

PACKAGES = ("blindspot", "stages", "flows", "lab", "bench")
TESTED_ELSEWHERE = {"blindspot.cli"}
#: Runs each module as `python -m MODULE --help` does, each in a folder of its own. One process shares the imports.
RUN_ALL = """
import contextlib, io, json, os, runpy, sys, traceback
from pathlib import Path
root, answers = Path.cwd(), {}
for module in sys.argv[1:]:
    (root / module).mkdir()
    os.chdir(root / module)
    sys.modules.pop(module, None)  # where an earlier module has imported it
    sys.argv, code, out, err = [module, "--help"], 0, io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as ended:
            code = ended.code
        except Exception:
            traceback.print_exc()
    answers[module] = {"code": code, "stdout": out.getvalue(), "stderr": err.getvalue()}
print(json.dumps(answers))
"""


def commands() -> list[str]:
    """Every module that `python -m` runs: it defines `main` and calls it."""
    paths = (path for package in PACKAGES for path in sorted((REPOSITORY / package).rglob("*.py")))
    pattern = re.compile(r'^def main\(.*^if __name__ == "__main__":', re.MULTILINE | re.DOTALL)
    runnable = [path.relative_to(REPOSITORY) for path in paths if pattern.search(path.read_text("utf-8"))]
    names = [".".join(path.with_suffix("").parts) for path in runnable]
    return [name for name in names if name not in TESTED_ELSEWHERE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("help")


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, dict[str, Any]]:
    """The exit code and the output of each command with --help."""
    command = [sys.executable, "-P", "-c", RUN_ALL, *commands()]
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=300, check=True
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def test_the_commands_are_found() -> None:
    assert {"stages.train", "flows.bootstrap", "lab.bootstrap_judge", "bench.search_run"} <= {*commands()}


@pytest.mark.parametrize("module", commands())
def test_help_prints_the_usage_and_does_nothing(module: str, answers: dict[str, dict[str, Any]], folder: Path) -> None:
    answer = answers[module]
    assert (answer["code"], answer["stderr"]) == (0, "")
    called = {of_module: f"blindspot {name}" for name, (of_module, _) in MODULES.items()}.get(module)
    assert answer["stdout"].startswith(f"usage: {called or f'python -m {module}'} [-h]")
    assert len(answer["stdout"].splitlines()) > 4, "the usage does not describe the command"
    assert files(folder / module) == {}


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("--helpp", 2), ("now", 2)])
def test_a_command_without_arguments_refuses_them(argument: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "dvc.yaml").write_text("stages: {train: {frozen: true, cmd: touch trained}}")
    before = files(tmp_path)
    command = [sys.executable, "-m", "flows.bootstrap", argument]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == code
    assert (f"unrecognized arguments: {argument}" in done.stderr) == bool(code)
    assert files(tmp_path) == before
