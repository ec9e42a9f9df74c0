"""Lists in dvc.yaml the code that each stage depends on: `python -m flows.code_dependencies`, or `make dependencies`.

A stage depends on its own module and on every package of the repository that it imports, directly or not. A file in a
package that has sub-packages, such as blindspot/errors.py, is listed by itself. A stage that can load extensions also
depends on their folder. The plot of the rewards gets the columns of the built-in components.
"""

import ast
import re
import textwrap
from functools import cache
from pathlib import Path

from blindspot.errors import run
from blindspot.extensions import FOLDER
from blindspot.rewards.components import COMPONENTS

ROOT = Path(__file__).parents[1]
CODE = ("blindspot", "stages", "flows", "lab", "bench")
PIPELINE = ROOT / "dvc.yaml"
LOADER = "blindspot/extensions.py"
# It records what a stage did and cannot change an output.
EXEMPT = "blindspot/tracking.py"
STAGE_MODULE = re.compile(r"-m ((?:stages|lab|bench|blindspot)\.[\w.]+)")
#: One stage of dvc.yaml: its name, the text up to `deps`, the dependencies, the rest.
STAGE = re.compile(r"^  (\w+):\n((?:    .*\n)*?)    deps: \[([^\]]*)\]\n", re.MULTILINE)
REWARDS = re.compile(r"(metrics/rewards\.csv: \[reward)[^\]]*")
WIDTH = 119


def main() -> None:
    """Rewrites the code dependencies and the columns of the rewards in dvc.yaml; everything else stays as it is."""
    text = STAGE.sub(_rewritten, PIPELINE.read_text(encoding="utf-8"))
    PIPELINE.write_text(REWARDS.sub(rf"\1, {', '.join(COMPONENTS)}", text), encoding="utf-8")


def code_of(command: str) -> list[str]:
    """The packages and files that a stage with this command depends on, sorted, relative to the repository."""
    files = [closure(file) for module in STAGE_MODULE.findall(command) if (file := module_file(module))]
    units = {unit(file) for file in frozenset[str]().union(*files)}
    return sorted(units | ({FOLDER.name} if LOADER in units else set()))


def is_code(dependency: str) -> bool:
    """Whether a dependency of a stage is code, and not data, a model or a configuration."""
    return dependency.split("/")[0] in (*CODE, FOLDER.name)


def unit(file: str) -> str:
    """What a stage lists for a file: its package, or the file where the package has sub-packages or is a top one."""
    folder = Path(file).parent
    alone = len(folder.parts) == 1 or any((ROOT / folder).glob("*/__init__.py"))
    return file if alone else folder.as_posix()


@cache
def closure(path: str) -> frozenset[str]:
    """All files of the repository that importing this one needs, itself included."""
    seen, rest = set[str](), [path]
    while rest:
        file = rest.pop()
        if file not in seen and file != EXEMPT:
            seen.add(file)
            rest.extend(imports(file))
    return frozenset(seen)


@cache
def imports(path: str) -> frozenset[str]:
    """Files of the repository that a file imports, also inside functions."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    files = {module_file(module) for node in ast.walk(tree) for module in imported(node)}
    return frozenset(filter(None, files))


def imported(node: ast.AST) -> list[str]:
    """Every module that an import statement may mean: `from a import b` means a, and a.b where that is a module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0 and node.module, "absolute imports only"
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def module_file(module: str) -> str | None:
    """The file of a module of the repository, relative to it; None for others, for packages and for attributes.

    The `__init__.py` of a package is empty, or in blindspot names the public API: it changes no output.
    """
    path = Path(*module.split(".")).with_suffix(".py")
    return path.as_posix() if path.parts[0] in CODE and (ROOT / path).is_file() else None


def _rewritten(stage: re.Match[str]) -> str:
    name, before, listed = stage.groups()
    dependencies = [item.strip() for item in listed.split(",") if item.strip()]
    data = [item for item in dependencies if not is_code(item.strip('"'))]
    rows = _rows(data) + _rows(code_of(before))
    return f"  {name}:\n{before}    deps: [\n{rows}    ]\n"


def _rows(items: list[str]) -> str:
    options = {"width": WIDTH, "initial_indent": " " * 6, "subsequent_indent": " " * 6}
    text = textwrap.fill(", ".join(items), break_long_words=False, break_on_hyphens=False, **options)  # type: ignore[arg-type]
    return f"{text},\n" if items else ""


if __name__ == "__main__":
    run(main)
