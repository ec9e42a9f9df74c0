"""Gaps: conditions on a question and its true answer, such as `family == counting and answer >= 4`.

docs/planted.md describes the syntax. A gap is parsed with Python's `ast` module. Only comparisons and `and`, `or` and
`not` are accepted, and the text is never executed.
"""

import ast
import operator
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from blindspot.errors import BlindspotError
from blindspot.scenes.marks import LABEL
from blindspot.scenes.oracle import Ruling
from blindspot.scenes.question import COMPARISONS, DEPTHS, EXTREMA, MARK_FAMILIES, RELATIONS
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, GRID, SHAPES, SIZES, Scene

Value = str | int
#: The values of each name for one question: none, one, or several if the question describes two things.
Facts = dict[str, frozenset[Value]]

MAX_LENGTH = 500  # characters
_PLACES = range(GRID * GRID + 1)
#: The possible values of each name.
VALUES: dict[str, tuple[Value, ...]] = {
    "family": MARK_FAMILIES,
    "attribute": (*ATTRIBUTES, "text"),
    "relation": (*RELATIONS, *DEPTHS),
    "word": (*RELATIONS, *DEPTHS, *EXTREMA, *COMPARISONS),
    "answer": ("yes", "no", *COLOURS, *SHAPES, *SIZES, *_PLACES),
    **ATTRIBUTES,
    "shape": (*SHAPES, LABEL),
    "said": (*range(2 * len(ATTRIBUTES) + 1),),
    "things": (*_PLACES,),
}
_ORDER: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FORM = "write comparisons of a name with a value, such as family == counting and answer >= 4 (docs/planted.md)"

_Test = Callable[[Facts], bool]


class Gap:
    """The condition in `text`."""

    def __init__(self, text: str) -> None:
        """Raises BlindspotError if the text cannot be parsed, or if a name or value in it is unknown."""
        self.text = " ".join(text.split())
        if len(self.text) > MAX_LENGTH:
            raise BlindspotError(
                f'the gap "{self.text[:60]}…" has more than {MAX_LENGTH} characters', "split it into several gaps"
            )
        try:
            self._test = _compiled(ast.parse(self.text, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # ast.parse raises each for some text
            raise BlindspotError(f'the gap "{self.text}" cannot be read', _FORM) from None
        except _Invalid as invalid:
            raise BlindspotError(f'the gap "{self.text}": {invalid}', invalid.fix) from None

    def holds(self, facts: Facts) -> bool:
        """Returns whether the gap holds for a question with these facts."""
        return self._test(facts)


def holding(gaps: Sequence[Gap], ruling: Ruling, scene: Scene) -> list[bool]:
    """Returns which gaps hold for a question that the oracle has ruled on; none if it is not valid."""
    facts = facts_of(ruling, scene)
    return [ruling.valid and gap.holds(facts) for gap in gaps]


def facts_of(ruling: Ruling, scene: Scene) -> Facts:
    """Returns the values of each name for a question that the oracle has ruled on.

    colour, shape and size: the values in the question's descriptions; `said`: how many values the descriptions have in
    all; `answer`: the true answer; `things`: the number of things in the scene. A name that does not apply to the
    question has no value.
    """
    facts: Facts = dict.fromkeys(VALUES, frozenset()) | {"things": frozenset([len(scene.things)])}
    question, answer = ruling.question, ruling.answer
    if question is None:
        return facts
    described = [one for one in (question.subject, question.other) if one is not None]
    for name in ATTRIBUTES:
        facts[name] = frozenset(getattr(one, name) for one in described) - {None}
    facts["said"] = frozenset([sum(getattr(one, name) is not None for one in described for name in ATTRIBUTES)])
    facts["family"] = frozenset([question.family])
    facts["attribute"], facts["word"] = _given(question.attribute), _given(question.word)
    facts["relation"] = facts["word"] & {*RELATIONS, *DEPTHS}
    facts["answer"] = _given(int(answer) if answer is not None and answer.isdecimal() else answer)
    return facts


def _given(value: Value | None) -> frozenset[Value]:
    return frozenset() if value is None else frozenset([value])


class _Invalid(Exception):
    """Raised for a gap that can be parsed but is not valid; `fix` says how to correct it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.fix = fix


def _compiled(node: ast.expr) -> _Test:
    if isinstance(node, ast.BoolOp):
        tests, together = [_compiled(part) for part in node.values], all if isinstance(node.op, ast.And) else any
        return lambda facts: together(test(facts) for test in tests)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _negated(_compiled(node.operand))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.left, ast.Name):
        return _comparison(node.left.id, node.ops[0], node.comparators[0])
    raise _Invalid(f"{ast.unparse(node)} is not a comparison", _FORM)


def _negated(test: _Test) -> _Test:
    return lambda facts: not test(facts)


def _comparison(name: str, sign: ast.cmpop, right: ast.expr) -> _Test:
    if name not in VALUES:
        raise _Invalid(f"unknown name {name}", _nearest(name, [*VALUES]))
    if isinstance(sign, ast.In | ast.NotIn):
        if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
            raise _Invalid(f"in needs a list, not {ast.unparse(right)}", f"write {name} in (one, another)")
        wanted = {_value(name, part) for part in right.elts}
    else:
        wanted = {_value(name, right)}
    if type(sign) in _ORDER:
        return _order(name, _ORDER[type(sign)], wanted.pop())
    if isinstance(sign, ast.Is | ast.IsNot):
        raise _Invalid("is and is not are not supported", "write == or !=")

    def among(facts: Facts) -> bool:
        return not wanted.isdisjoint(facts[name])

    return among if isinstance(sign, ast.Eq | ast.In) else _negated(among)


def _order(name: str, compare: Callable[[int, int], bool], limit: Value) -> _Test:
    if not isinstance(limit, int):
        raise _Invalid(f"{limit} is not a number, so it has no order", "compare it with == or !=")
    return lambda facts: any(isinstance(value, int) and compare(value, limit) for value in facts[name])


def _value(name: str, node: ast.expr) -> Value:
    if isinstance(node, ast.Name):
        value: object = node.id
    elif isinstance(node, ast.Constant):
        value = node.value
    else:
        raise _Invalid(f"{ast.unparse(node)} is not a value", _FORM)
    if isinstance(value, str | int) and not isinstance(value, bool) and value in VALUES[name]:
        return value
    raise _Invalid(f"{value} is not a valid {name}", _nearest(str(value), [str(known) for known in VALUES[name]]))


def _nearest(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"it is one of {', '.join(known)}"
