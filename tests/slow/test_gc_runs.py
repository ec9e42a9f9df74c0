"""Six real runs of one project, and what gc leaves of them. tests.slow.gc_runs measures twenty."""

from pathlib import Path

import pytest

from tests.slow.gc_runs import MOST, interrupt, make_project, measure, run_many

pytestmark = pytest.mark.slow
RUNS = 6


def test_gc_leaves_the_size_of_one_run_and_loses_nothing_that_is_needed(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    assert measure(project, run_many(project, RUNS)) <= MOST
    interrupt(project)
