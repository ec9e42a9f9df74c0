"""The names of the methods for people. They depend on what happened to the questioner: it was trained, or steered."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from blindspot.records.rollout import QUOTA


class How(StrEnum):
    """What the questioner of the method `trained` was: with its weights trained, only steered by targets, or neither.

    metrics/train.json has the value as `questioner`.
    """

    TRAINED = "trained"
    STEERED = "steered"
    UNSTEERED = "unsteered"


class Asker(NamedTuple):
    """A method: its name as a title, what it does, and its name inside a sentence."""

    name: str
    what: str
    phrase: str


Askers = Mapping[str, Asker]

_QUESTIONER = {
    How.TRAINED: Asker("Trained questioner", "trained to find failures", "the trained questioner"),
    How.STEERED: Asker("Steered questioner", "steered to the failures found, not trained", "the steered questioner"),
    How.UNSTEERED: Asker("Unsteered questioner", "neither trained nor steered", "the unsteered questioner"),
}
_BASE = {
    How.TRAINED: Asker("Untrained base", "the questioner before training", "the untrained base"),
    How.STEERED: Asker("Unsteered base", "the questioner without targets", "the unsteered base"),
    How.UNSTEERED: Asker("Base", "asks as the unsteered questioner does", "the base"),
}


def askers(how: How) -> Askers:
    """Returns the methods by their keys in the data, in the order of the report."""
    return {
        "trained": _QUESTIONER[how],
        "base": _BASE[how],
        "templates": Asker("Uniform templates", "asks each question family equally often", "uniform templates"),
        QUOTA: Asker("Quota", "asked to test a failure mode", "the questions that test a failure mode"),
    }


def how_asked(train_metrics: Mapping[str, object]) -> How:
    """Returns what the questioner was. `train_metrics`: metrics/train.json, of any version."""
    return How(str(train_metrics.get("questioner", How.TRAINED)))
