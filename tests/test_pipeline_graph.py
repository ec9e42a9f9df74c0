"""Compares dvc.yaml and the benches' with what the stages import, and the order of the packages with the imports."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from blindspot.rewards.components import COMPONENTS
from flows.code_dependencies import CODE, EXEMPT, ROOT, closure, code_of, imported, imports, is_code, module_file

HEAVY = {"accelerate", "bertopic", "datasets", "great_expectations", "mlflow", "prefect", "torch"} | {
    "peft", "sentence_transformers", "transformers", "trl"
}  # fmt: skip
# Packages that import torch at module level; others import it inside functions.
HEAVY_HOMES = ("blindspot/models/", "blindspot/training/", "flows/")
#: Imports point to earlier entries, or to the same entry. A folder stands for all of its files that no entry names.
ORDER = [
    "blindspot/paths.py",
    *(
        f"blindspot/{name}"
        for name in (
            "telemetry.py",
            "errors.py",
            "network.py",
            "yaml_files.py",
            "json_file.py",
            "kinds.py",
            "records",
            "params_schema.py",
            "params.py",
            "model_parameters.py",
        )
    ),
    "blindspot/prompts",
    "blindspot/protocols.py",
    "blindspot/extensions.py",
    *(
        f"blindspot/{name}"
        for name in (
            "json_objects.py",
            "replies.py",
            "store.py",
            "stage_lock.py",
            "runs",
            "recording",
            "tracking.py",
            "metrics.py",
            "grading",
            "logs",
        )
    ),
    *(
        f"blindspot/{name}"
        for name in (
            "ledger.py",
            "budget.py",
            "spending.py",
            "distributed.py",
            "nodes.py",
            "launch.py",
            "checks",
            "scenes",
            "marks",
            "pool",
            "images",
        )
    ),
    *(f"blindspot/taxonomy/{name}" for name in ("reading", "clustering", "modes")),
    *(f"blindspot/{name}" for name in ("taxonomy", "questioner", "models", "judges", "factory.py")),
    *(
        f"blindspot/{name}"
        for name in (
            "harvest.py",
            "quotas.py",
            "confirmation.py",
            "harvest_budget.py",
            "pool_harvest.py",
            "verification.py",
        )
    ),
    *(
        f"blindspot/{name}"
        for name in ("rewards", "search", "training", "audit", "probes", "report", "failure_set", "analysis")
    ),
    *(f"blindspot/{name}" for name in ("results.py", "diff", "doctor.py", "cli.py")),
    *("lab", "bench", "stages", "flows"),
]
#: Top folders that a top folder may not import although they are earlier.
SEPARATE = {"bench": {"lab"}, "stages": {"lab", "bench"}, "flows": {"bench"}}
SHARED = {"seed", "keep_raw", "launch", "candidate", "verifier", "modes"}


def stages_of(file: str) -> dict[str, dict[str, Any]]:
    stages: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / file).read_text("utf-8"))["stages"]
    return stages


STAGES = stages_of("dvc.yaml")
BENCH = stages_of("bench/dvc.yaml") | stages_of("bench/taxonomy/dvc.yaml")
PARAMS: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))


def own_files() -> list[str]:
    """Every module; `__init__.py` files are empty, which a test below holds."""
    paths = (path for top in CODE for path in (ROOT / top).glob("**/*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in paths if path.name != "__init__.py")


@cache
def rank(path: str) -> int:
    """The place of a file in ORDER, that of the longest entry that names it."""
    named = [entry for entry in ORDER if Path(path).is_relative_to(entry)]
    assert named, f"{path} has no place in ORDER"
    return ORDER.index(max(named, key=len))


@pytest.mark.parametrize("stage", STAGES)
def test_code_dependencies_are_what_the_stage_imports(stage: str) -> None:
    """`make dependencies` rewrites them."""
    assert [dep for dep in STAGES[stage]["deps"] if is_code(dep)] == code_of(STAGES[stage]["cmd"])


@pytest.mark.parametrize("stage", BENCH)
def test_the_bench_depends_on_all_that_its_stages_import(stage: str) -> None:
    deps = [dep.removeprefix(".code/") if "code" in dep else f"bench/{dep}" for dep in BENCH[stage]["deps"]]
    [module] = re.findall(r"-m ([\w.]+)", BENCH[stage]["cmd"])
    needed = closure(f"{module.replace('.', '/')}.py")
    assert needed and [file for file in needed if not any(Path(file).is_relative_to(dep) for dep in deps)] == []


@pytest.mark.parametrize("stage", BENCH)
def test_the_bench_takes_no_parameter_from_the_main_pipeline(stage: str) -> None:
    for entry in BENCH[stage]["params"]:
        assert isinstance(entry, dict) and all((ROOT / "bench" / file).is_file() for file in entry)


@pytest.mark.parametrize("stage", STAGES)
def test_stage_module_and_params_section_share_a_name(stage: str) -> None:
    [folder] = re.findall(rf"-m (\w+)\.{stage}\b", STAGES[stage]["cmd"])
    assert folder == ("lab" if STAGES[stage].get("frozen") else "stages")
    assert (ROOT / folder / f"{stage}.py").is_file()
    assert stage in PARAMS
    assert stage in STAGES[stage]["params"]


def test_every_section_is_a_stage_or_shared() -> None:
    assert set(PARAMS) == set(STAGES) | SHARED


def test_a_launched_stage_runs_again_after_a_change_of_how_it_is_launched() -> None:
    launched = [stage for stage in STAGES.values() if "-m blindspot.launch " in stage["cmd"]]
    assert [stage["cmd"].split()[-1] for stage in launched] == ["stages.train", "stages.harvest"]
    for stage in launched:
        assert "${launch.config}" in stage["deps"]
        assert "launch.threads" in stage["params"]


@pytest.mark.parametrize("stage", [*STAGES, *BENCH])
def test_no_parameter_reaches_the_shell(stage: str) -> None:
    """DVC does not quote what it puts into a command. Items of a bench are written in its dvc.yaml, by no user."""
    command = (STAGES | BENCH)[stage]["cmd"]
    assert [name for name in re.findall(r"\$\{([\w.]+)\}", command) if name.split(".")[0] not in ("item", "key")] == []


def test_stages_come_after_those_that_they_need() -> None:
    names = list(STAGES)
    for index, name in enumerate(names):
        later = {out for other in names[index:] for out in outputs(other)}
        assert not later & set(STAGES[name]["deps"]), f"{name} needs what it or a later stage makes"


def outputs(stage: str) -> list[str]:
    listed = [out for kind in ("outs", "metrics", "plots") for out in STAGES[stage].get(kind, [])]
    return [next(iter(out)) if isinstance(out, dict) else out for out in listed]


def test_the_pipeline_depends_on_no_bench_and_only_the_embedded_models_on_the_lab() -> None:
    for name, stage in STAGES.items():
        tops = {dep.split("/")[0] for dep in stage["deps"]}
        assert "bench" not in tops and "flows" not in tops
        assert "lab" not in tops or stage["frozen"], name


def test_only_the_report_depends_on_the_code_of_the_report() -> None:
    assert [name for name, stage in STAGES.items() if "blindspot/report" in stage["deps"]] == ["report"]


@pytest.mark.parametrize("path", own_files())
def test_imports_point_one_way(path: str) -> None:
    top = path.split("/")[0]
    for file in imports(path):
        assert rank(file) <= rank(path), f"{path} imports {file}, which is later in ORDER"
        assert file.split("/")[0] not in SEPARATE.get(top, ()) or path == "flows/params.py", f"{path} imports {file}"


def test_no_entry_of_the_order_is_out_of_use() -> None:
    ranks = {rank(path) for path in own_files()}
    assert [entry for place, entry in enumerate(ORDER) if place not in ranks] == []


@pytest.mark.parametrize("path", [path for path in own_files() if path.startswith("flows/")])
def test_flows_take_nothing_but_params_from_stages(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("stages", "lab")):
            assert [alias.name for alias in node.names] == ["Params"]


@pytest.mark.parametrize("path", [path for path in own_files() if not path.startswith(HEAVY_HOMES)])
def test_importing_it_imports_nothing_heavy(path: str) -> None:
    assert not loaded_by(path) & HEAVY


def loaded_by(path: str) -> set[str]:
    """Top-level packages that importing a file loads, whatever first-party files that goes through."""
    seen, packages, rest = set[str](), set[str](), [path]
    while rest:
        file = rest.pop()
        if file in seen:
            continue
        seen.add(file)
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        for module in {module for node in outside_functions(tree) for module in imported(node)}:
            packages.add(module.split(".")[0])
            rest += [found] if (found := module_file(module)) else []
    return packages


def outside_functions(tree: ast.AST) -> list[ast.AST]:
    """Nodes that run at import: not in a function, nor under `if TYPE_CHECKING`."""
    found = [tree]
    for child in ast.iter_child_nodes(tree):
        typing_only = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if not typing_only and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            found += outside_functions(child)
    return found


def test_package_files_are_empty() -> None:
    public = ROOT / "blindspot/__init__.py"
    found = [path for top in CODE for path in (ROOT / top).glob("**/__init__.py") if path != public]
    assert found and [path for path in found if path.read_text("utf-8").strip()] == []


def test_a_stage_that_can_load_extensions_depends_on_their_folder() -> None:
    found = [name for name, stage in STAGES.items() if "extensions" in stage["deps"]]
    assert found == ["prepare", "explore", "train", "harvest", "verify", "taxonomy", "report"]


def test_the_plot_of_the_rewards_has_every_built_in_component() -> None:
    plots = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["plots"]
    assert plots[0]["rewards"]["y"] == {"metrics/rewards.csv": ["reward", *COMPONENTS]}


def test_the_exempt_file_is_there() -> None:
    assert (ROOT / EXEMPT).is_file()


def test_dvc_shows_the_metrics_of_the_summary_only() -> None:
    assert [stage["metrics"] for stage in STAGES.values() if "metrics" in stage] == [["metrics/summary.json"]]
