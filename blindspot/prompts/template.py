"""Renders the templates of prompts files: Jinja2 without anything that can run long or allocate much memory.

A template is parsed and checked before it is compiled. It may contain text, variables, `if`, `for` over a list
variable, comparisons and the filters in FILTERS. Calls, arithmetic, assignments, macros and includes are refused, so
every template ends, and its work is bounded by its own length and by its values. Text from a model is only ever the
value of a variable.
"""

import difflib
import json
from collections.abc import Collection, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from blindspot.errors import BlindspotError

LONGEST = 20_000  # characters: of a template, and of a prompt beyond the values of its variables
LOOPS = 2  # loops inside one another
FILTERS = ("join", "quoted", "length", "first", "last", "lower", "upper", "capitalize", "trim")
#: Characters of special tokens in chat templates. In quoted texts they are escaped.
_SIGNS = "<>[]{}|`"
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr),
    *(nodes.For, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    nodes.Getattr,
)
_FIX = "docs/prompts.md lists what a template may contain"


def quoted(text: str) -> str:
    r"""Returns the text as JSON on one line, so that it cannot be taken for a part of the prompt.

    The line is ASCII: `json.dumps` escapes quotes, line ends, control and bidirectional characters. Brackets, which
    special tokens of chat templates contain, are escaped as well (< becomes \u003c).
    """
    escaped = json.dumps(text)
    for sign in _SIGNS:
        escaped = escaped.replace(sign, f"\\u{ord(sign):04x}")
    return escaped


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS if name != "quoted"}
    environment.filters["quoted"] = quoted
    return environment


class Template:
    """A checked template. `name`: for messages, such as "mine.yaml: judge.validity".

    Attributes: `text`, as given; `used`, the names of its variables.
    """

    def __init__(self, text: str, variables: Mapping[str, Any], name: str) -> None:
        """Raises BlindspotError if the template is invalid.

        `variables`: a sample value for each variable that the template may use; a list, if the variable is one.
        """
        self._name, self.text = name, text
        if len(text) > LONGEST:
            raise BlindspotError(f"{name} has {len(text):,} characters", f"shorten it to {LONGEST:,}")
        environment = _environment()
        try:
            tree = environment.parse(text)
            self._check(tree, [key for key, value in variables.items() if isinstance(value, list)])
            self.used = meta.find_undeclared_variables(tree)
            self._refuse_unknown(self.used, variables)
            self._template = environment.from_string(tree)
        except (TemplateError, RecursionError, SyntaxError, ValueError, OverflowError) as error:
            line = getattr(error, "lineno", None)
            place = f", line {line}" if line else ""
            problem = str(error) or type(error).__name__
            raise BlindspotError(f"{name}{place}: {problem}", _FIX) from None

    def render(self, **values: Any) -> str:
        """Returns the text with these values. Raises BlindspotError if it is too long or an attribute is unknown."""
        limit, length, parts = LONGEST + _length(values), 0, list[str]()
        try:
            for part in self._template.generate(**values):
                length += len(part)
                if length > limit:
                    problem = f"{self._name}: the prompt is over {LONGEST:,} characters longer than its values"
                    raise BlindspotError(problem, "shorten the template")
                parts.append(part)
        except (TemplateError, TypeError, ValueError) as error:
            raise BlindspotError(f"{self._name}: {error}", _FIX) from None
        return "".join(parts)

    def _check(self, node: nodes.Node, lists: Collection[str], loops: int = 0) -> None:
        """Raises BlindspotError for a node that is not allowed."""
        if isinstance(node, nodes.For):
            loops += 1
            if node.recursive or not isinstance(node.iter, nodes.Name) or node.iter.name not in lists:
                among = f"one of {', '.join(lists)}" if lists else "nothing, because it has no list"
                raise self._refused(node, f"a loop over anything else than a list; here a loop can be over {among}")
            if loops > LOOPS:
                raise self._refused(node, f"more than {LOOPS} loops inside one another")
        elif isinstance(node, nodes.Filter | nodes.Test):
            given = [*node.args, *node.kwargs, *filter(None, (node.dyn_args, node.dyn_kwargs))]
            if not all(isinstance(argument, nodes.Const) for argument in given):
                raise self._refused(node, f"an argument of {node.name} that is not a constant")
            if isinstance(node, nodes.Filter) and node.name not in FILTERS:
                raise self._refused(node, f"the filter {node.name}; the filters are {', '.join(FILTERS)}")
        elif not isinstance(node, _ALLOWED):
            raise self._refused(node, type(node).__name__.lower())
        for child in node.iter_child_nodes():
            self._check(child, lists, loops)

    def _refused(self, node: nodes.Node, what: str) -> BlindspotError:
        return BlindspotError(f"{self._name}, line {node.lineno}: a template cannot contain {what}", _FIX)

    def _refuse_unknown(self, used: Collection[str], known: Collection[str]) -> None:
        for name in sorted({*used} - {*known}):
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"the variables are {', '.join(known) or 'none'}"
            raise BlindspotError(f"{self._name}: the variable {name} is unknown", hint)


def _length(value: Any) -> int:
    """Returns the number of characters in a value."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_length, value.values()))
    return sum(map(_length, value)) if isinstance(value, list | tuple) else 0
