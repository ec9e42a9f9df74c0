"""Every input that cannot be used ends a command with one line that names it, and leaves all files as they were."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest

from blindspot.errors import run
from tests.bad_input import descriptions, files, folders, parameters, sources, yaml_texts
from tests.bad_input.bad import Bad
from tests.messages import is_documented
from tests.models.architectures import build
from tests.project import REPOSITORY, make_project, make_rollouts
from tests.project import files as files_in

ROWS = [row for table in (yaml_texts, parameters, descriptions, folders, files, sources) for row in table.ROWS]


@pytest.fixture(scope="session")
def working(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose stages can run, with a small VLM in `tiny`."""
    project = make_project(
        tmp_path_factory.mktemp("working"), explore={"calls": 0}, taxonomy={"documented": "configs/none.yaml"}
    )
    make_rollouts(project)
    (project / "configs/models").mkdir(parents=True)
    (project / "configs/none.yaml").write_text("[]")
    shutil.copy(REPOSITORY / "configs/models/none.yaml", project / "configs/models/none.yaml")
    build("llava", project / "tiny")
    return project


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work folder of all rows: MLflow takes seconds to create its database."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture
def project(working: Path, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the working project, as the present folder."""
    copy = shutil.copytree(working, tmp_path / "project")
    (copy / "models").symlink_to(REPOSITORY / "models")
    monkeypatch.chdir(copy)
    monkeypatch.setenv("BLINDSPOT_WORK", str(work))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return copy


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_bad_input_ends_in_one_clear_line(
    row: Bad, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row.change(project)
    before = files_in(project)
    monkeypatch.setattr(sys, "argv", [row.command, *row.arguments])
    with pytest.raises(SystemExit) as ended:
        run(importlib.import_module(row.command).main, takes_arguments=True)
    assert ended.value.code
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("error: ") and "BLINDSPOT_TRACEBACK" not in lines[0], lines
    assert all(word in lines[0] for word in row.words), (row.words, lines[0])
    assert is_documented(lines[0]), lines[0]
    assert files_in(project) == before


def test_the_table_has_300_different_inputs() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 300
