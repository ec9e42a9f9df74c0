"""JSON objects in generated texts, and their values."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.json_objects import as_bool, as_text, json_objects

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=5), VALUES, max_size=4)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("no braces", []),
        ("{}", [{}]),
        ('{"a": 1}', [{"a": 1}]),
        ('x {"a": 1} y {"b": 2} z', [{"a": 1}, {"b": 2}]),
        ('[{"a": 1}, {"b": 2}]', [{"a": 1}, {"b": 2}]),
        ('{"a": {"b": 1}}', [{"a": {"b": 1}}]),
        ('{"a": "} {"}', [{"a": "} {"}]),
        ('{"a": "\\"}"}', [{"a": '"}'}]),
        ('{"a": "\\\\"}', [{"a": "\\"}]),
        ('}} {"a": 1}', [{"a": 1}]),
        ('{ and {"a": 1}', [{"a": 1}]),
        ('{"a": 1', []),
        ('{"a": {"b": 1}', [{"b": 1}]),
        ("{'a': True, 'b': None}", [{"a": True, "b": None}]),
        ('{"a": 1,}', [{"a": 1}]),
        ('{"a": "x\ny"}', [{"a": "x\ny"}]),
        ('{"a": 1, "a": 1}', [{"a": 1}]),
        ('{"a": 1, "a": 2}', [{"a": None}]),
        ('{"a": 1, "a": 2, "a": 1}', [{"a": None}]),
    ],
)
def test_objects_are_found_in_order(text: str, found: list[Any]) -> None:
    assert list(json_objects(text)) == found


@given(st.lists(OBJECTS, max_size=3), st.sampled_from([" ", "\n", " and ", ", ", '" ']))
def test_objects_are_found_between_words(objects: list[dict[str, Any]], between: str) -> None:
    assert list(json_objects(between.join(map(json.dumps, objects)))) == objects


@given(st.text(st.characters(codec=None)))
def test_any_text_may_follow_an_object(text: str) -> None:
    assert next(json_objects('{"a": 1} ' + text)) == {"a": 1}
    assert 2 * len(list(json_objects(text))) <= len(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("{" * 100_000, []), ("{" * 19 + ' {"a": 1}', [{"a": 1}]), ("{" * 5000 + "}" * 5000, None)],
    ids=["braces", "a few braces", "levels"],
)
def test_the_search_stops_after_many_unclosed_braces(text: str, found: list[Any] | None) -> None:
    assert found is None or list(json_objects(text)) == found
    assert not [one for one in json_objects(text) if isinstance(one, str)]


@pytest.mark.parametrize(
    "value",
    [True, 1, 1.0, "true", "True", "TRUE.", "yes", "Yes!", "y", "t", "1", "`true`", '"true"', "**yes**", " true\n"],
)
def test_a_value_that_means_true(value: object) -> None:
    assert as_bool(value) is True


@pytest.mark.parametrize("value", [False, 0, 0.0, -0.0, "false", "False", "no", "No.", "N", "f", "0", "'false'"])
def test_a_value_that_means_false(value: object) -> None:
    assert as_bool(value) is False


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "partially",
        "yes, no",
        "true/false",
        "not true",
        "2",
        2,
        -1,
        0.5,
        10**400,
        float("nan"),
        float("inf"),
        [],
        [True],
        {},
        {"a": True},
        "nope",
        "trueish",
    ],
)
def test_a_value_that_means_neither(value: object) -> None:
    assert as_bool(value) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("three", "three"),
        ("", ""),
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (3.0, "3"),
        (-0.0, "0"),
        (2.5, "2.5"),
        (10**30, "1" + "0" * 30),
        (1e300, "1e+300"),
        (float("inf"), "Infinity"),
        ([], ""),
        (["red", 3, None, True], "red, 3, , yes"),
        ([["a"], ["b", "c"]], "a, b, c"),
        ({"é": 1}, '{"é": 1}'),
    ],
)
def test_a_value_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


@given(VALUES)
def test_every_json_value_has_a_text_and_at_most_one_boolean(value: object) -> None:
    assert as_text([value, value]) == f"{as_text(value)}, {as_text(value)}"
    assert as_bool(value) in (True, False, None)
