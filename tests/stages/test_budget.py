"""The stage budget."""

import json
from pathlib import Path
from typing import Any

import pytest

from blindspot.paths import BUDGET
from stages.budget import main
from tests.project import REPOSITORY, error_line, make_project, run_stage


def written(project: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("BLINDSPOT_WORK", str(project / ".work"))
    monkeypatch.chdir(project)
    if not Path("configs").exists():
        Path("configs").symlink_to(REPOSITORY / "configs")
    main()
    found: dict[str, Any] = json.loads(BUDGET.read_text("utf-8"))
    return found


def test_without_a_limit_its_file_does_not_depend_on_other_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = written(make_project(tmp_path / "a"), monkeypatch)
    assert one == written(make_project(tmp_path / "b", harvest={"calls": 7}), monkeypatch)


def test_with_a_limit_its_file_has_the_calls_of_the_confirmation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"candidate_calls": 5000, "usd": 2.5}
    project = make_project(tmp_path, budget=limits, harvest={"calls": 100, "quota": 50})
    found = written(project, monkeypatch)
    assert found["limits"] == limits
    assert found["confirmation"]["calls"] == {"candidate": 3 * 100 + 8 * 50, "judge": 3 * 100 + 8 * 50}


def test_a_budget_that_is_too_small_is_one_line(tmp_path: Path) -> None:
    project = make_project(tmp_path, budget={"candidate_calls": 50})
    (project / "configs").symlink_to(REPOSITORY / "configs")
    line = error_line(run_stage(project, "budget"))
    assert line.startswith(
        "error: budget.candidate_calls 50 is too small to discover and confirm a failure mode: set it"
    )


def test_an_old_file_without_the_new_limits_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path)
    text = (project / "params.yaml").read_text("utf-8")
    kept = [
        line
        for line in text.splitlines()
        if line.strip() not in ("questioner_calls: null", "tokens: null", "usd: null")
    ]
    assert len(kept) == len(text.splitlines()) - 3
    (project / "params.yaml").write_text("\n".join(kept), encoding="utf-8")
    assert written(project, monkeypatch)["limits"] == {}
