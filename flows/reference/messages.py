"""The table of error messages of the page Troubleshooting, read from the source code."""

import ast
import re
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("blindspot", "stages", "flows", "lab", "bench")
ERRORS = ("BlindspotError", "Stop")  # classes of errors: the problem, then the fix
GAP = "…"  # stands for a part that depends on the input
DEEPEST, MOST = 3, 8  # of names that stand for an expression: how many in a row, and how many texts
TOPICS = {  # by the start of a module's path; the first that fits counts
    "blindspot/analysis": "Evaluation logs",
    "blindspot/logs": "Evaluation logs",
    "blindspot/grading": "Evaluation logs",
    "blindspot/images": "Images",
    "blindspot/marks": "Images",
    "blindspot/pool": "Pools of questions",
    "blindspot/models": "Models and servers",
    "blindspot/network": "Models and servers",
    "blindspot/prompt": "Prompts",
    "blindspot/judges": "Judges, audit and true answers",
    "blindspot/audit": "Judges, audit and true answers",
    "blindspot/probes": "Judges, audit and true answers",
    "blindspot/scenes": "Scenes and planted candidates",
    "blindspot/params": "Parameters and files",
    "blindspot/yaml_files": "Parameters and files",
    "blindspot/kinds": "Extensions",
    "blindspot/extensions": "Extensions",
    "blindspot/rewards": "Training",
    "blindspot/training": "Training",
    "blindspot/launch": "Training",
    "blindspot/nodes": "Training",
    "blindspot/questioner": "Search",
    "blindspot/search": "Search",
    "blindspot/taxonomy": "Taxonomy and failure modes",
    "stages": "Stages",
    "flows": "Runs, servers and schedules",
    "lab": "Embedded models",
    "bench": "Benches",
    "": "Outputs of stages, and other errors",
}


Scope = ast.Module | ast.FunctionDef


class Message(NamedTuple):
    """An error message: the problem and the fix, with GAP for each part that depends on the input."""

    topic: str
    problem: str
    fix: str


def messages_section() -> str:
    """Returns one table of messages for each topic, as Markdown."""
    found = sorted({one for one in all_messages() if one.problem.strip(f"{GAP}: ") or one.fix != GAP})
    parts = []
    for topic in dict.fromkeys(TOPICS.values()):
        rows = [f"| {_cell(one.problem)} | {_cell(one.fix)} |" for one in found if one.topic == topic]
        if rows:
            parts += [f"### {topic}", "", "| Message | Fix |", "|---|---|", *rows, ""]
    return "\n".join(parts)


def all_messages() -> Iterator[Message]:
    """Yields the message of each place in the code that makes an error for the user."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = path.relative_to(ROOT).as_posix()
            topic = next(name for start, name in TOPICS.items() if module.startswith(start))
            for problem, fix in _of_module(ast.parse(path.read_text("utf-8"))):
                yield Message(topic, problem, fix)


def _of_module(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yields the problem and the fix of each error of a module, in one pair for each wording."""
    returned = {node.name: [*_returns(node)] for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    scopes: list[Scope] = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]
    for scope in scopes:
        texts = _Texts(_assigned(tree) | _assigned(scope), returned)
        for problem, fix in _pairs(scope):
            yield from product(map(_tidy, texts.of(problem)), map(_tidy, texts.of(fix)))


def _pairs(scope: Scope) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yields the expressions of problem and fix: of errors made in a scope, and of a function that returns both."""
    pair = isinstance(scope, ast.FunctionDef) and scope.returns and ast.unparse(scope.returns) == "tuple[str, str]"
    for node in _own(scope):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[problem, fix]) if name in ERRORS:
                yield problem, fix
            case ast.Return(value=ast.Tuple(elts=[problem, fix])) if pair:
                yield problem, fix


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Yields the nodes of a scope without those of functions inside it."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, ast.FunctionDef):
            yield from _own(node)


def _assigned(scope: Scope) -> dict[str, list[ast.expr]]:
    """Returns the values that a scope assigns to each name."""
    found: dict[str, list[ast.expr]] = {}
    for node in _own(scope):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = [*zip(names, values, strict=False)]
            case ast.Assign(targets=targets, value=value):
                pairs = [(target, value) for target in targets]
            case _:
                pairs = []
        for name, value in pairs:
            if isinstance(name, ast.Name):
                found.setdefault(name.id, []).append(value)
    return found


def _returns(function: ast.FunctionDef) -> Iterator[ast.expr]:
    return (node.value for node in _own(function) if isinstance(node, ast.Return) and node.value)


class _Texts:
    """The texts that an expression can have, with GAP for each part that is not in the source.

    `values`: the values assigned to each name. `returned`: the values that each function of the module returns.
    """

    def __init__(self, values: dict[str, list[ast.expr]], returned: dict[str, list[ast.expr]]) -> None:
        self._values, self._returned = values, returned

    def of(self, node: ast.expr, depth: int = 0) -> list[str]:
        """Returns the texts, GAP if there are more than MOST for a name."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return self._joined(parts, depth)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return self._joined([left, right], depth)
            case ast.IfExp(body=body, orelse=other):
                return [*self.of(body, depth), *self.of(other, depth)]
            case ast.BoolOp(op=ast.Or(), values=parts):
                return [text for part in parts for text in self.of(part, depth)]
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.of(value, depth)
            case ast.Name(id=name) if name in self._values and depth < DEEPEST:
                return self._any(self._values[name], depth)
            case ast.Call(func=ast.Name(id=name)) if name in self._returned and depth < DEEPEST:
                return self._any(self._returned[name], depth)
        return [GAP]

    def _any(self, nodes: list[ast.expr], depth: int) -> list[str]:
        texts = [text for node in nodes for text in self.of(node, depth + 1)]
        return [*dict.fromkeys(texts)] if 0 < len(texts) <= MOST else [GAP]

    def _joined(self, parts: list[ast.expr], depth: int) -> list[str]:
        options = [self.of(part, depth) for part in parts]
        return ["".join(one) for one in islice(product(*options), MOST)]


def _tidy(text: str) -> str:
    """Returns a text on one line, with one GAP where several follow one another."""
    return re.sub(rf"(?:{GAP}\s*)+{GAP}", GAP, " ".join(text.split()))


def _cell(text: str) -> str:
    """Returns a text as the cell of a table, with the characters of Markdown escaped."""
    return re.sub(r"([\\|*_`<>\[\]])", r"\\\1", text)
