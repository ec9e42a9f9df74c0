"""Holds both dvc.yaml against what the stages import, and the layers against each other.

`python -m tests.test_pipeline_graph` prints the code dependencies of every stage, as they should list them.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
OWN = ("blindspot", "stages", "flows")
# Cannot alter an output: it records what a stage did. (Nor can blindspot/params.schema.json: it can only refuse.)
EXEMPT = "blindspot/tracking.py"
HEAVY = {"accelerate", "bertopic", "datasets", "great_expectations", "mlflow", "prefect", "torch"} | {
    "peft", "sentence_transformers", "transformers", "trl"
}  # fmt: skip
# Where torch is at home: the core reaches these inside functions.
HEAVY_HOMES = ("blindspot/models/", "blindspot/training/")
SHARED = {"seed", "keep_raw", "launch", "budget", "candidate", "verifier"}
STAGES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]
BENCH: dict[str, dict[str, Any]] = {
    name: stage
    for file in ("bench/dvc.yaml", "bench/taxonomy/dvc.yaml")
    for name, stage in yaml.safe_load((ROOT / file).read_text("utf-8"))["stages"].items()
}
#: what modules read beside themselves
DATA = {
    "blindspot/failure_set/card.py": "blindspot/failure_set/templates",
    "blindspot/failure_set/lmms_eval.py": "blindspot/failure_set/templates",
    "blindspot/report/page.py": "blindspot/report/templates",
    "blindspot/skills/cues.py": "blindspot/skills/cues.yaml",
}
PARAMS: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
ADAPTERS = ("blindspot/images/", "blindspot/models/", "blindspot/verifiers/")
CORE = ("completions", "errors", "json_objects", "params", "prompts", "protocols", "ranks", "replies", "store")
ADAPTERS_KNOW = (
    *(f"blindspot/{name}.py" for name in CORE),
    "blindspot/records/",
    "blindspot/scenes/",
)


def module_file(module: str) -> str | None:
    """The first-party file of a module, or None for anybody else's and for an attribute."""
    path = Path(*module.split("."))
    if path.parts[0] not in OWN:
        return None
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if (ROOT / candidate).is_file():
            return candidate.as_posix()
    return None


def named(node: ast.AST) -> list[str]:
    """Every module that an import statement may mean: `from a import b` means a, and a.b where that is one."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0 and node.module, "absolute imports only"
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


@cache
def imports(path: str) -> frozenset[str]:
    """First-party files that a file imports, function-level imports included, empty `__init__.py` left out."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    files = {module_file(module) for node in ast.walk(tree) for module in named(node)}
    return frozenset(file for file in files if file and (ROOT / file).read_text("utf-8").strip())


@cache
def closure(path: str) -> frozenset[str]:
    seen, rest = set[str](), [path]
    while rest:
        file = rest.pop()
        if file not in seen and file != EXEMPT:
            seen.add(file)
            rest.extend(imports(file))
    return frozenset(seen)


def code_of(stage: str) -> list[str]:
    """The code dependencies that a stage should list, in order."""
    modules = re.findall(r"-m ((?:stages|blindspot)\.\w+)", (STAGES | BENCH)[stage]["cmd"])
    assert any(module.startswith("stages.") for module in modules), f"{stage}: its command names no stage module"
    return sorted(frozenset[str]().union(*(closure(module.replace(".", "/") + ".py") for module in modules)))


def own_files() -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for top in OWN for path in (ROOT / top).rglob("*.py"))


@pytest.mark.parametrize("stage", STAGES)
def test_code_dependencies_are_what_the_stage_imports(stage: str) -> None:
    assert sorted(dep for dep in STAGES[stage]["deps"] if dep.endswith(".py")) == code_of(stage)


@pytest.mark.parametrize("stage", BENCH)
def test_the_bench_depends_on_all_that_its_stages_import(stage: str) -> None:
    deps = {*BENCH[stage]["deps"]}
    assert [file for file in code_of(stage) if file not in deps and file.split("/")[0] not in deps] == []


@pytest.mark.parametrize("stage", BENCH)
def test_the_bench_takes_no_parameter_from_the_main_pipeline(stage: str) -> None:
    for entry in BENCH[stage]["params"]:
        assert isinstance(entry, dict) and all((ROOT / file).parent.name == "bench" for file in entry)


@pytest.mark.parametrize("stage", [*STAGES, *BENCH])
def test_data_that_code_reads_are_dependencies_too(stage: str) -> None:
    read = {data for module, data in DATA.items() if module in code_of(stage)}
    deps = [Path(dep) for dep in (STAGES | BENCH)[stage]["deps"]]
    assert all(any(Path(data).is_relative_to(dep) for dep in deps) for data in read)


@pytest.mark.parametrize("stage", STAGES)
def test_stage_module_and_params_section_share_a_name(stage: str) -> None:
    assert re.search(rf"-m stages\.{stage}\b", STAGES[stage]["cmd"])
    assert (ROOT / "stages" / f"{stage}.py").is_file()
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


@pytest.mark.parametrize("path", own_files())
def test_layers_point_one_way(path: str) -> None:
    reached = imports(path)
    if path.startswith("blindspot/"):
        assert not [file for file in reached if not file.startswith("blindspot/")]
    if path.startswith("stages/") and path != "stages/estimate.py":  # it tells what all stages will take
        assert not [file for file in reached if not file.startswith("blindspot/")]
    if path.startswith("flows/"):
        core = {f"blindspot/{name}.py" for name in ("errors", "params", "quiet", "store", "tracking")}
        assert not [file for file in reached if file.startswith("blindspot/") and file not in core]
    if path.startswith(("blindspot/records/", "blindspot/scenes/")) or path == "blindspot/protocols.py":
        assert not [
            file for file in reached if file.startswith((*ADAPTERS, "blindspot/rewards/", "blindspot/skills/"))
        ]


@pytest.mark.parametrize("path", [path for path in own_files() if path.startswith("flows/")])
def test_flows_take_nothing_but_params_from_stages(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stages"):
            assert [alias.name for alias in node.names] == ["Params"]


@pytest.mark.parametrize("path", [path for path in own_files() if path.startswith(ADAPTERS)])
def test_adapters_know_protocols_records_and_scenes_alone(path: str) -> None:
    own = f"{Path(path).parent.as_posix()}/"
    assert not [file for file in imports(path) if not file.startswith((own, *ADAPTERS_KNOW))]


@pytest.mark.parametrize("path", [path for path in own_files() if not path.startswith(("flows/", *HEAVY_HOMES))])
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
        for module in {module for node in outside_functions(tree) for module in named(node)}:
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


@pytest.mark.parametrize("path", own_files())
def test_package_files_are_empty(path: str) -> None:
    if path.endswith("__init__.py"):
        assert not (ROOT / path).read_text("utf-8").strip()


if __name__ == "__main__":
    for name in [*STAGES, *BENCH]:
        print(f"  {name}:", *(f"      - {dep}" for dep in code_of(name)), sep="\n")
