"""Tests the names of the methods."""

import pytest

from blindspot.records.asker import How, askers, how_asked
from blindspot.records.rollout import METHODS, QUOTA


@pytest.mark.parametrize("how", How)
def test_every_method_has_a_name_of_its_own(how: How) -> None:
    found = askers(how)
    assert [*found] == [*METHODS, QUOTA]
    assert len({one.name for one in found.values()}) == len(found)


@pytest.mark.parametrize("how", [How.STEERED, How.UNSTEERED])
def test_nothing_is_called_trained_that_was_not(how: How) -> None:
    texts = [text for one in askers(how).values() for text in (one.name, one.phrase)]
    assert not [text for text in texts if "trained" in text.lower()]
    assert askers(How.TRAINED)["trained"].phrase == "the trained questioner"


def test_metrics_without_the_value_are_those_of_a_training() -> None:
    assert how_asked({"steps": 3}) is How.TRAINED
    assert how_asked({"steps": 0, "questioner": "steered"}) is How.STEERED
