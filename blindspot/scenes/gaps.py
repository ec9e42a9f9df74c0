"""Gaps: conditions on a question and its true answer, such as `family == counting and answer >= 4`.

docs/planted.md has the form. It is read as Python is, from which nothing but comparisons is taken, and never run.
"""

import ast
import operator
from collections.abc import Callable
from difflib import get_close_matches

from blindspot.errors import BlindspotError
from blindspot.scenes.oracle import Ruling
from blindspot.scenes.question import COMPARISONS, EXTREMA, FAMILIES, RELATIONS
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, GRID, SHAPES, SIZES, Scene

Value = str | int
#: What each name stands for in one question: no value, one, or several where two things are described.
Facts = dict[str, frozenset[Value]]

MAX_LENGTH = 500  # characters
_PLACES = range(GRID * GRID + 1)
#: The values that a name can have.
VALUES: dict[str, tuple[Value, ...]] = {
    "family": FAMILIES,
    "attribute": (*ATTRIBUTES,),
    "relation": (*RELATIONS,),
    "word": (*RELATIONS, *EXTREMA, *COMPARISONS),
    "answer": ("yes", "no", *COLOURS, *SHAPES, *SIZES, *_PLACES),
    **ATTRIBUTES,
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
    """A condition as its `text` says it."""

    def __init__(self, text: str) -> None:
        """Raises BlindspotError, naming the nearest right one, where a name or value is unknown or does not fit."""
        self.text = " ".join(text.split())
        if len(self.text) > MAX_LENGTH:
            raise BlindspotError(
                f'the gap "{self.text[:60]}…" has over {MAX_LENGTH} characters', "make it several gaps"
            )
        try:
            self._test = _compiled(ast.parse(self.text, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # ast.parse raises each for some text
            raise BlindspotError(f'the gap "{self.text}" cannot be read', _FORM) from None
        except _Wrong as wrong:
            raise BlindspotError(f'the gap "{self.text}": {wrong}', wrong.mend) from None

    def holds(self, facts: Facts) -> bool:
        """Whether it holds for the question that the facts are of."""
        return self._test(facts)


def facts_of(ruling: Ruling, scene: Scene) -> Facts:
    """What the names stand for in a question that the oracle ruled on; without values where it has none.

    colour, shape and size are all that its descriptions say, `said` how many words that are; `answer` is the true one.
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
    facts["relation"] = facts["word"] & set(RELATIONS)
    facts["answer"] = _given(int(answer) if answer is not None and answer.isdecimal() else answer)
    return facts


def _given(value: Value | None) -> frozenset[Value]:
    return frozenset() if value is None else frozenset([value])


class _Wrong(Exception):
    """What is wrong with a gap that can be read, and its mend."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


def _compiled(node: ast.expr) -> _Test:
    if isinstance(node, ast.BoolOp):
        tests, together = [_compiled(part) for part in node.values], all if isinstance(node.op, ast.And) else any
        return lambda facts: together(test(facts) for test in tests)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _negated(_compiled(node.operand))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.left, ast.Name):
        return _comparison(node.left.id, node.ops[0], node.comparators[0])
    raise _Wrong(f"{ast.unparse(node)} is no comparison", _FORM)


def _negated(test: _Test) -> _Test:
    return lambda facts: not test(facts)


def _comparison(name: str, sign: ast.cmpop, right: ast.expr) -> _Test:
    if name not in VALUES:
        raise _Wrong(f"there is no name {name}", _nearest(name, [*VALUES]))
    if isinstance(sign, ast.In | ast.NotIn):
        if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
            raise _Wrong(f"in wants a list, not {ast.unparse(right)}", f"write {name} in (one, another)")
        wanted = {_value(name, part) for part in right.elts}
    else:
        wanted = {_value(name, right)}
    if type(sign) in _ORDER:
        return _order(name, _ORDER[type(sign)], wanted.pop())
    if isinstance(sign, ast.Is | ast.IsNot):
        raise _Wrong("is and is not are no comparisons here", "write == or !=")

    def among(facts: Facts) -> bool:
        return not wanted.isdisjoint(facts[name])

    return among if isinstance(sign, ast.Eq | ast.In) else _negated(among)


def _order(name: str, compare: Callable[[int, int], bool], limit: Value) -> _Test:
    if not isinstance(limit, int):
        raise _Wrong(f"{limit} is no number, so no {name} lies above or below it", "compare it by == or !=")
    return lambda facts: any(isinstance(value, int) and compare(value, limit) for value in facts[name])


def _value(name: str, node: ast.expr) -> Value:
    if isinstance(node, ast.Name):
        value: object = node.id
    elif isinstance(node, ast.Constant):
        value = node.value
    else:
        raise _Wrong(f"{ast.unparse(node)} is no value", _FORM)
    if isinstance(value, str | int) and not isinstance(value, bool) and value in VALUES[name]:
        return value
    raise _Wrong(f"{value} is no {name}", _nearest(str(value), [str(known) for known in VALUES[name]]))


def _nearest(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"it is one of {', '.join(known)}"
