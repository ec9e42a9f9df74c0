import pytest

from blindspot.recording.operations import name_of, named


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("calls/trained", "calls/trained"),
        ("calls/tränier (a)", "calls/tränier _a_"),
        ("../x//y/./z", "x/y/z"),
        ("/x/", "x"),
        ("", "_"),
        ("..", "_"),
        ("a" * 300, "a" * 250),
    ],
)
def test_names_become_those_that_mlflow_takes(name: str, expected: str) -> None:
    from mlflow.utils.validation import _validate_metric_name

    assert name_of(name) == expected
    _validate_metric_name(expected)


def test_names_that_become_equal_are_numbered() -> None:
    assert named({"a(b": 1, "a)b": 2, "a_b": 3}) == {"a_b": 1, "a_b_2": 2, "a_b_3": 3}
