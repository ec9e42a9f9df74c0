"""The commands `blindspot diff` and `blindspot gate`: exit codes and error lines, and what is left when they fail."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from blindspot.cli import app
from blindspot.diff.baseline import find_baseline
from blindspot.paths import FAILURE_MODES, QUESTIONS
from tests.diff.sides import run
from tests.project import copy

COUNTING, RELATIONS = "family == counting and answer >= 2", "family == relation"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs: old and new about the same images, other about other images."""
    folder = tmp_path_factory.mktemp("runs")
    for name, gaps, seed in (("old", [COUNTING], 0), ("new", [COUNTING, RELATIONS], 0), ("other", [RELATIONS], 1)):
        run(folder / name, gaps, 300, seed)
    return folder


@pytest.fixture(autouse=True)
def here(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(runs)
    monkeypatch.setenv("BLINDSPOT_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/store.db")


def called(*words: str) -> tuple[int, str, str]:
    """Returns the exit code of a command, and what it prints to stdout and to stderr."""
    done = CliRunner().invoke(app, [*words])
    return done.exit_code, done.stdout, done.stderr


def test_the_exit_code_says_whether_a_change_was_found() -> None:
    assert called("diff", "old", "new")[0] == 0
    assert called("diff", "old", "new", "--fail-on", "better,gone")[0] == 0
    code, printed, _ = called("diff", "old", "new", "--fail-on", "new,worse")
    assert code == 1 and "failed: " in printed and "NEW: new (planted, " in printed
    assert called("gate", "old", "--baseline", "new")[0] == 0
    assert called("gate", "new", "--baseline", "old")[0] == 1


ERRORS: dict[str, tuple[list[str], str]] = {
    "no side": (["diff", "old", "missing"], "missing does not exist: name the folder of a finished run"),
    "no baseline": (["gate", "new", "--baseline", "missing"], "missing does not exist: name the folder of a"),
    "no run": (["gate", "new", "--baseline", "runs:/abc"], "runs:/abc cannot be read from MLflow at sqlite:"),
    "no revision": (["gate", "new", "--baseline", "git:v9"], "the results of git:v9 cannot be restored ("),
    "other images": (["gate", "other", "--baseline", "old"], "they have no common image: use the same images and"),
    "other images, diff": (["diff", "old", "other", "--fail-on", "new"], "other cannot be compared with old: they"),
    "no change": (["diff", "old", "new", "--fail-on", "bad"], "--fail-on bad is no change: name some of new, worse"),
    "a folder": (["gate", "new", "--baseline", "old", "--out", "old"], "--out old is a folder: name a file"),
    "below a file": (["diff", "old", "new", "--out", "old/params.yaml/x"], "--out old/params.yaml/x cannot be writ"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_one_line_and_exit_code_2(name: str) -> None:
    words, said = ERRORS[name]
    code, _, printed = called(*words)
    [line] = printed.splitlines()
    assert code == 2 and line.startswith("error: ") and said in line


def test_other_images_are_counted_before_the_error() -> None:
    assert "the image sets differ: 0 images in both, 60 in OLD" in called("gate", "other", "--baseline", "old")[1]


def test_a_baseline_stays_when_a_candidate_cannot_be_compared(tmp_path: Path) -> None:
    assert called("gate", "old", "--name", "nightly")[0] == 0
    baseline = find_baseline("nightly")
    assert called("gate", "other", "--name", "nightly")[0] == called("gate", "missing", "--name", "nightly")[0] == 2
    assert baseline and find_baseline("nightly") == baseline


@pytest.mark.parametrize(("file", "said"), [(FAILURE_MODES, "cannot be read"), (QUESTIONS, "has no taxonomy: finish")])
def test_a_run_without_its_taxonomy_is_no_run_without_modes(file: Path, said: str, runs: Path, tmp_path: Path) -> None:
    half = copy(runs / "old", "half") if not (runs / "half").exists() else runs / "half"
    before = (half / file).read_bytes()
    (half / file).unlink()
    code, _, printed = called("diff", "half", "new")
    (half / file).write_bytes(before)
    assert code == 2 and said in printed and len(printed.splitlines()) == 1
    (half / FAILURE_MODES).write_text("[]", encoding="utf-8")
    code, printed, _ = called("diff", "half", "new")
    assert code == 0 and "OLD: half (planted, " in printed and ", 0 failure modes)" in printed
