"""Small runs of both benches, from the candidates to the figures and the page."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.store import read_json
from tests.project import REPOSITORY, environment, error_line, make_project

pytestmark = pytest.mark.slow
GAPS = ["family == counting and answer >= 2", "family == relation and answer == no"]
METHODS = ["ours", "few_shot", "best_of_n", "bandit", "visplay", "no_validity", "templates"]
SMALL = {"budget": {"candidate_calls": 400}, "images": 60, "held_out": 60}


def bench(folder: Path) -> Path:
    """Creates a project with small searches of one candidate."""
    project = make_project(folder)
    for name in ("models", "configs"):
        (project / name).symlink_to(REPOSITORY / name)
    outputs = shutil.ignore_patterns(".code", ".dvc", "data", "dvc.lock")
    shutil.copytree(REPOSITORY / "bench", project / "bench", ignore=outputs)
    params = project / "bench/params.yaml"
    values: dict[str, Any] = yaml.safe_load(params.read_text("utf-8"))
    values |= {"methods": METHODS, "ablations": [], "seeds": [0]}
    values["search_truth"] = {"per_slice": 60, "matching": 1000}
    values["search_rates"] = {"enough": 100, "most": 5000}
    values["search_run"] |= SMALL
    for how in values["search_run"]["trained"].values():
        how["explore"] = min(how["explore"], 120)
    params.write_text(yaml.safe_dump(values), encoding="utf-8")
    (project / "mine.yaml").write_text(yaml.safe_dump({"mine": {"gaps": GAPS}}), encoding="utf-8")
    return project


def run_in(project: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"bench.{name}", *arguments]
    return subprocess.run(
        command, cwd=project, env=environment(project), capture_output=True, text=True, timeout=300, check=False
    )


def succeed(project: Path, name: str, *arguments: str) -> None:
    result = run_in(project, name, *arguments)
    assert result.returncode == 0, result.stderr


def test_every_kind_of_method_is_measured_and_shown_on_the_page(tmp_path: Path) -> None:
    project = bench(tmp_path / "project")
    succeed(project, "search_candidates", "mine.yaml")
    succeed(project, "search_truth", "mine")
    for method in METHODS:
        succeed(project, "search_run", "mine", method, "0")
        found = read_json(project / f"bench/data/search/mine/{method}/0.json")
        measures = found["measures"]
        assert 0 < measures["calls"] <= 400
        assert measures["failure_rate"] > 0 and 0 < measures["valid_rate"] <= 1
        assert found["explained_mass"][-1][1] == measures["explained_mass_discovered"]
    assert measures["confirmed"] and measures["true_modes"] == 1.0  # of templates, the last method
    succeed(project, "search_rates", "mine")
    succeed(project, "search_summary")
    summary = read_json(project / "bench/metrics/search.json")["mine"]
    figures = summary["figures"]
    assert figures["ours"]["failure_rate"]["mean"] > figures["templates"]["failure_rate"]["mean"]
    assert figures["templates"]["valid_rate"]["mean"] == figures["templates"]["failure_rate_to_templates"]["mean"] == 1
    assert summary["differences"]["ours"]["failure_rate"]["mean"] > 0
    bars = read_json(project / "bench/metrics/search_bars.json")["mine"]
    assert bars["valid_rate"]["seeds"] == 1 and bars["all_modes_coverage"]["met"] in (True, False)
    page = (project / "bench/data/search.html").read_text("utf-8")
    assert all(name in page for name in ("Uniform templates", "Bandit over families", "VisPlay", "Explained mass"))


def test_a_draw_is_searched_and_resumed(tmp_path: Path) -> None:
    project = bench(tmp_path / "project")
    one = ("always", "--first", "1", "--seeds", "1", "--method", "templates", "--questions", "800")
    succeed(project, "draws", *one)
    first = (project / "bench/data/draws/always.jsonl").read_text("utf-8")
    succeed(project, "draws", *one)
    assert (project / "bench/data/draws/always.jsonl").read_text("utf-8") == first
    found = json.loads(first)
    assert found["seed"] == 1 and 0 <= found["explained_mass"] <= found["explained_mass_discovered"] <= 1


def test_the_taxonomy_of_every_case_is_compared_with_the_truth(tmp_path: Path) -> None:
    """Seeds fixed; no rate of the bounds is known, because the questions of a search are clustered."""
    project = bench(tmp_path / "project")
    params = project / "bench/params.yaml"
    values = yaml.safe_load(params.read_text("utf-8"))
    small = {"method": "templates", "calls": 200, "per_slice": 60, "matching": 1000}
    values |= {"plantings": [0], "own_seeds": [0, 1], "taxonomy_run": values["taxonomy_run"] | small}
    params.write_text(yaml.safe_dump(values), encoding="utf-8")
    for case, seed in (("own", "0"), ("own", "1"), ("planted", "0"), ("mistakes", "0"), ("judged", "0")):
        succeed(project, "taxonomy_run", case, seed)
    succeed(project, "taxonomy_summary")
    figures = read_json(project / "bench/metrics/taxonomy.json")
    assert (
        figures["own"]["meta_skills_families"]["mean"] > 0.7
        and figures["own"]["skills_between_searches"]["mean"] > 0.5
    )
    assert figures["planted"]["mode_recall"]["mean"] is not None
    assert figures["mistakes"]["modes"]["runs_with_any"] == figures["judged"]["modes"]["runs_with_any"] == 0
    assert "has no case nobody's" in error_line(run_in(project, "taxonomy_run", "nobody's", "0"))


def test_errors_of_the_bench_name_what_is_wrong(tmp_path: Path) -> None:
    project = bench(tmp_path / "project")
    assert "bench/candidates.yaml has no candidate nobody" in error_line(run_in(project, "search_truth", "nobody"))
    succeed(project, "search_candidates", "mine.yaml")
    assert "truth" in error_line(run_in(project, "search_run", "mine", "ours", "0"))  # it does not exist yet
    (project / "bench/data/search/mine").mkdir(parents=True)
    succeed(project, "search_truth", "mine")
    assert "there is no method guessing" in error_line(run_in(project, "search_run", "mine", "guessing", "0"))
