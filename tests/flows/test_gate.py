"""The gate after a run: its form, its parameters, its states, and the messages about failures."""

import pytest

from blindspot.diff.compare import CHANGES
from blindspot.errors import BlindspotError
from flows.form import gate_form, gate_params
from flows.gate import GateParams


def test_without_a_choice_there_is_no_gate() -> None:
    assert gate_params({}) is None
    none, compare = gate_form()["anyOf"]
    assert none["const"] == {} and {*compare["properties"]} == {*GateParams.model_fields}


def test_the_form_shows_every_change_and_the_default_values() -> None:
    fields = gate_form()["anyOf"][1]["properties"]
    assert [*fields["fail_on"]["items"]["enum"]] == [*CHANGES]
    assert fields["fail_on"]["default"] == ["new", "worse"] and fields["false_alarms"]["default"] == 0.01
    assert all(field["description"] for field in fields.values())


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"name": "a b"}, "gate.name"),
        ({"false_alarms": 0}, "gate.false_alarms"),
        ({"fail_on": ["new", "nicer"]}, "gate.fail_on.1"),
        ({"ask": "perhaps"}, "gate.ask"),
        ({"asks": True}, "gate.asks"),
    ],
)
def test_a_wrong_value_is_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(BlindspotError, match=f"^{named}: .*docs/diff.md"):
        gate_params(given)
