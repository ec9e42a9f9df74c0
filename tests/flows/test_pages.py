"""Other commands find the pages of a running `make ui`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.runs.record import all_runs
from flows.pages import DEFAULT, FILE, pages_at, published, running_pages
from flows.summary import links
from tests.flows.toy import RECORD, environment, make_toy, run

KILLED = """
import os, signal
from pathlib import Path
from blindspot.runs.record import all_runs
from flows.pages import published, pages_at
with published(pages_at(5055, 4255), Path(".")):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_pages_are_found_while_they_are_running(tmp_path: Path) -> None:
    assert running_pages(tmp_path) is None
    with published(pages_at(5055, 4255), tmp_path):
        assert running_pages(tmp_path) == pages_at(5055, 4255)
    assert running_pages(tmp_path) is None
    assert [*tmp_path.iterdir()] == []


def test_the_pages_of_a_second_ui_stay_when_the_first_ends(tmp_path: Path) -> None:
    with published(pages_at(5055, 4255), tmp_path):
        later = published(pages_at(5056, 4256), tmp_path)
        later.__enter__()
    assert running_pages(tmp_path) == pages_at(5056, 4256)
    later.__exit__(None, None, None)
    assert running_pages(tmp_path) is None


def test_pages_of_a_killed_process_are_not_found(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED], cwd=tmp_path, env=environment(), check=False)
    text = (tmp_path / FILE).read_text("utf-8")
    assert "http://127.0.0.1:5055" in text
    assert running_pages(tmp_path) is None
    reused = text.rpartition('"pid": ')[2].partition(",")[0]
    (tmp_path / FILE).write_text(text.replace(f'"pid": {reused}', f'"pid": {os.getpid()}'), "utf-8")
    assert running_pages(tmp_path) is None  # another process has that number now


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', "{}"])
def test_a_broken_file_is_ignored(content: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(content, "utf-8")
    assert running_pages(tmp_path) is None


def test_before_the_first_run_the_link_is_mlflows_start_page_and_no_database_is_created(tmp_path: Path) -> None:
    report, runs, prefect = links(tmp_path, tmp_path / ".work", "abc")
    assert report.line() == f"report:      {(tmp_path / 'reports' / 'index.html').as_uri()}"
    assert runs.line() == f"MLflow runs: {DEFAULT.mlflow} (none is recorded yet, after `make ui`)"
    assert report.markdown() == f"report: `{report.address}`"
    assert prefect.markdown() == f"[Prefect]({DEFAULT.prefect}) (after `make ui`)"
    assert not (tmp_path / ".work").exists()


def test_the_link_names_the_users_own_mlflow_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1/")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert links(tmp_path, tmp_path, "abc")[1].address == "http://127.0.0.1:1"


@pytest.mark.slow
def test_the_links_name_the_list_of_runs_and_the_registered_questioner(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    run(toy, sys.executable, "-c", RECORD)
    [recorded] = all_runs(toy / ".work")
    with published(pages_at(5055, 4255), toy / ".work"):
        _, ours, runs, questioner, prefect = links(toy, toy / ".work", recorded.id)
    base = "http://127.0.0.1:5055/#/experiments/1/runs"
    assert ours.line() == (
        f"MLflow run:  {base}/{recorded.mlflow_run}?workflowType=machine_learning ({recorded.name})"
    )
    assert runs.line() == f"MLflow runs: {base}?workflowType=machine_learning"
    assert questioner.line() == "questioner:  http://127.0.0.1:5055/#/models/blindspot-questioner-scenes-candidate"
    assert prefect.line() == "Prefect:     http://127.0.0.1:4255"
