"""The folder of an analysis: its files, and what it never overwrites."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

import blindspot
from blindspot.analysis.write import folder_names
from blindspot.errors import BlindspotError
from blindspot.records.failure_mode import read_failure_modes
from tests.analysis.made_logs import KINDS, PLANTED, drawn
from tests.project import REPOSITORY, files

NOBODY = 65534  # the user without rights
ODD_NAMES = ["a/b", "a-b", "A-B", "..", "data", "reports", "", "模型", "x" * 300, "🦊" * 90, "a#b?c%20"]


@pytest.fixture(scope="module")
def analysis() -> blindspot.Analysis:
    return blindspot.analyze(drawn(PLANTED))


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_model_has_data_and_a_page(analysis: blindspot.Analysis, tmp_path: Path) -> None:
    page = analysis.write(tmp_path / "out")
    assert page == tmp_path / "out/reports/index.html"
    names = {"data/verdicts/verdicts.parquet", "data/taxonomy/failure_modes.json", "reports/index.html"}
    assert {*map(str, files(tmp_path / "out"))} == names


def test_the_modes_are_read_again_with_status_and_both_counts(analysis: blindspot.Analysis, tmp_path: Path) -> None:
    analysis.write(tmp_path)
    read = read_failure_modes(tmp_path / "data/taxonomy/failure_modes.json")
    assert (*read,) == analysis.models[0].modes and read[0].status == "confirmed"
    assert read[0].discovered_asked and read[0].discovered_asked > read[0].asked
    assert blindspot.open_run(tmp_path).failure_modes == read


def test_every_row_is_in_the_verdicts(analysis: blindspot.Analysis, tmp_path: Path) -> None:
    analysis.write(tmp_path)
    verdicts = pd.read_parquet(tmp_path / "data/verdicts/verdicts.parquet")
    log = drawn(PLANTED)
    assert [*verdicts["rollout_id"]] == [*log["id"]] and [*verdicts["question"]] == [*log["question"]]
    assert ((verdicts["outcome"] == "failure") == log["wrong"].astype(bool)).all()
    assert {*verdicts["part"]} == {"discovery", "held_out"}
    counted = verdicts["modes"].map(list).map(lambda modes: modes == ["counting"])
    assert (counted == log["question"].str.startswith("How many")).all()
    assert [*verdicts["references"].iloc[0]] == [log["reference"].iloc[0]]


def test_the_folder_is_opened_as_a_run(analysis: blindspot.Analysis, tmp_path: Path) -> None:
    analysis.write(tmp_path)
    run = blindspot.open_run(tmp_path)
    [mode] = run.failure_modes
    inside = run.questions_of(mode)
    assert (len(inside), int((inside["outcome"] == "failure").sum())) == (mode.asked, mode.failures)
    assert len(run.questions) == 1200 and run.skills == []
    for name in ("rollouts", "verdicts", "rates"):
        with pytest.raises(
            BlindspotError, match="holds the analysis of a log, which has only questions and failure_m"
        ):
            getattr(run, name)


def test_rows_about_no_image_have_no_image_id(tmp_path: Path) -> None:
    log = drawn(PLANTED, rows=30)
    log.loc[:9, "image_id"] = None
    blindspot.analyze(log).write(tmp_path)
    verdicts = pd.read_parquet(tmp_path / "data/verdicts/verdicts.parquet")
    assert [*verdicts["image_id"].iloc[10:]] == [*log["image_id"].iloc[10:]] and verdicts["image_id"].head(
        10
    ).isna().all()


def test_options_are_stored_as_texts(tmp_path: Path) -> None:
    log = drawn(PLANTED, rows=30).assign(A="yes", B="no")
    blindspot.analyze(log).write(tmp_path)
    verdicts = pd.read_parquet(tmp_path / "data/verdicts/verdicts.parquet")
    assert [*verdicts["options"].iloc[0]] == ["A. yes", "B. no"]


def test_several_models_have_folders_and_a_page_that_links_to_them(tmp_path: Path) -> None:
    logs = [drawn(PLANTED, rows=30).assign(model=name or " ") for name in ODD_NAMES]
    page = blindspot.analyze(pd.concat(logs, ignore_index=True)).write(tmp_path / "out")
    folders = {one.name for one in (tmp_path / "out").iterdir()} - {"reports"}
    assert len(folders) == len(ODD_NAMES) and "data" not in folders
    text = page.read_text("utf-8")
    for name in folders:
        assert f'href="../{name}/reports/index.html"' in text
        assert len(read_failure_modes(tmp_path / "out" / name / "data/taxonomy/failure_modes.json")) == 0
        assert 'href="../../reports/index.html"' in (tmp_path / "out" / name / "reports/index.html").read_text("utf-8")


def test_folder_names_differ_and_are_names() -> None:
    names = folder_names(ODD_NAMES)
    assert [*names] == ODD_NAMES
    assert len({name.lower() for name in names.values()}) == len(ODD_NAMES)
    for name in names.values():
        assert (
            Path(name).name == name and name.lower() not in ("data", "reports", "..", ".") and len(name.encode()) < 100
        )


def test_an_earlier_analysis_is_replaced_completely(analysis: blindspot.Analysis, tmp_path: Path) -> None:
    several = pd.concat([drawn(PLANTED, rows=30).assign(model=name) for name in "ab"])
    blindspot.analyze(several).write(tmp_path / "out")
    analysis.write(tmp_path / "out")
    assert {one.name for one in (tmp_path / "out").iterdir()} == {"data", "reports"}
    assert {one.name for one in tmp_path.iterdir()} == {"out"}


def other_file(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")


def other_data(folder: Path) -> None:
    (folder / "data/mine.csv").write_text("a,b")


def other_picture(folder: Path) -> None:
    (folder / "reports/images").mkdir()
    (folder / "reports/images/holiday.jpeg").write_bytes(b"mine")


def other_model(folder: Path) -> None:
    (folder / "model/data").mkdir(parents=True)
    (folder / "model/data/weights.bin").write_bytes(b"mine")


def link(folder: Path) -> None:
    (folder / "linked").symlink_to(folder.parent)


@pytest.mark.parametrize("add", [other_file, other_data, other_picture, other_model, link])
@pytest.mark.parametrize("earlier", [True, False], ids=["beside an analysis", "alone"])
def test_other_files_are_never_replaced(
    add: object, earlier: bool, analysis: blindspot.Analysis, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for folder in ("data", "reports"):
        (out / folder).mkdir(parents=True)
    if earlier:
        for folder in ("data", "reports"):
            (out / folder).rmdir()
        analysis.write(out)
    assert callable(add)
    add(out)
    before = files(out)
    with pytest.raises(BlindspotError, match=r"out holds other files, which would be lost, such as .*: name a new"):
        analysis.write(out)
    assert files(out) == before and {one.name for one in tmp_path.iterdir()} == {"out"}


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("file", "file is a file: name"),
        ("file/in/it", "file is a file: name"),
        (".", r"\. is the folder in which the command runs, or contains it"),
        ("..", r"\.\. is the folder in which the command runs, or contains it"),
        ("/proc", "/proc is a mount point"),
    ],
)
def test_places_that_cannot_be_replaced(out: str, message: str, analysis: blindspot.Analysis, inside: Path) -> None:
    (inside / "file").write_text("mine")
    with pytest.raises(BlindspotError, match=message):
        analysis.write(out)
    assert [*map(str, files(inside))] == ["file"]


@contextmanager
def unprivileged() -> Iterator[None]:
    """Runs the block without root's right to write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_folder_that_is_not_writable(analysis: blindspot.Analysis) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        Path(folder).chmod(0o555)
        with unprivileged(), pytest.raises(BlindspotError, match="is not writable: name"):
            analysis.write(Path(folder) / "out")
        assert not [*Path(folder).iterdir()]


def test_relative_paths_new_parents_and_links(analysis: blindspot.Analysis, inside: Path) -> None:
    assert analysis.write("new/parents/out") == Path("new/parents/out/reports/index.html")
    (inside / "link").symlink_to("new/parents/out")
    assert analysis.write("link").is_file() and (inside / "link").is_symlink()
    (inside / "empty").mkdir()
    assert analysis.write(inside / "empty").is_file()


SLOW = """
import sys, time
from pathlib import Path
import blindspot, blindspot.analysis.write as write
from tests.analysis.made_logs import PLANTED, drawn
def stop(*arguments):
    Path(sys.argv[2]).touch()
    time.sleep(60)
write.render_model = stop
blindspot.analyze(drawn(PLANTED, rows=30)).write(sys.argv[1])
"""


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has written a part of an analysis into out."""
    command = [sys.executable, "-c", SLOW, str(tmp_path / "out"), str(tmp_path / "started")]
    process = subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not (tmp_path / "started").exists():
        assert time.monotonic() < until and process.poll() is None
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL])
def test_an_interruption_leaves_the_earlier_analysis(
    kind: signal.Signals, analysis: blindspot.Analysis, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    analysis.write(tmp_path / "out")
    before = files(tmp_path / "out")
    process = request.getfixturevalue("stopped")
    process.send_signal(kind)
    assert process.wait(30) != 0
    assert files(tmp_path / "out") == before
    blindspot.analyze(drawn(dict.fromkeys(KINDS, 0.0), rows=30)).write(tmp_path / "out")
    assert {one.name for one in tmp_path.iterdir()} == {"out", "started"}
