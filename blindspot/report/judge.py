"""Gathers what the report shows of the accuracy of the judge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from blindspot.records.estimate import Estimate
from blindspot.records.verdict import OUTCOMES

RATES = {"failure_rate": "Failure rate", "valid_rate": "Valid rate", "error_rate": "Error rate"}
DETECTED = {"failure": "failures", "invalid": "invalid questions"}
STEERED = {
    "question_appended": "Appended to the question",
    "question_alone": "In place of the question",
    "answer_appended": "Appended to the answer",
    "answer_alone": "In place of the answer",
}
MEASURES = {"precision": "Precision", "recall": "Recall", "f1": "F1"}


@dataclass(frozen=True)
class CorrectedRate:
    """A rate from the judge's verdicts, and corrected. `note`: why it is not corrected, or None."""

    name: str
    judged: Estimate | None
    corrected: Estimate | None
    note: str | None


@dataclass(frozen=True)
class MethodAudit:
    """The audit of the rollouts of one method. `drawn`: rollouts in the sample. `measures`: names and values.

    A value is None where there is nothing to measure it on.
    """

    drawn: int
    audited: int
    unsure: int
    rates: tuple[CorrectedRate, ...]
    measures: tuple[tuple[str, Estimate | None], ...]
    confusion: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Steering:
    """The effect of prompt injections in one place of a rollout.

    `share`: how often the judge gave the verdict that the text asks for. `control`: the same with a neutral text. Both
    are None if no text was tried in this place.
    """

    name: str
    tried: int
    share: Estimate | None
    control: float | None


@dataclass(frozen=True)
class Judge:
    """The audit by method, and the effect of prompt injections (empty if it was not measured)."""

    auditor: str
    methods: dict[str, MethodAudit]
    steering: tuple[Steering, ...]

    @property
    def audited(self) -> int:
        """The number of rollouts that were judged a second time."""
        return sum(method.audited for method in self.methods.values())

    @property
    def drawn(self) -> int:
        """The number of rollouts in the sample."""
        return sum(method.drawn for method in self.methods.values())

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The columns of each confusion matrix."""
        return OUTCOMES


def judge(audit: Mapping[str, Any], susceptibility: Mapping[str, Any]) -> Judge:
    """Returns what metrics/audit.json and, on susceptibility, metrics/verify.json say."""
    methods = {name: _method(found) for name, found in audit.items() if name != "auditor"}
    steering = tuple(_steering(STEERED[way], found) for way, found in susceptibility.items())
    return Judge(audit["auditor"], methods, steering)


def _steering(name: str, found: Mapping[str, Any]) -> Steering:
    share = None if found["share"] is None else Estimate(found["share"], found["low"], found["high"])
    return Steering(name, found["tried"], share, found["control"])


def _method(found: Mapping[str, Any]) -> MethodAudit:
    rates = tuple(
        CorrectedRate(name, _estimate(rate["judged"]), _estimate(rate["corrected"]), rate["note"])
        for key, name in RATES.items()
        for rate in (found["rates"][key],)
    )
    agreement = found["agreement"] or {"kappa": None, "failure": {}, "invalid": {}}
    measures = [("Cohen’s kappa", _estimate(agreement["kappa"]))]
    for outcome, name in DETECTED.items():
        measures += [(f"{title}, {name}", _estimate(agreement[outcome].get(key))) for key, title in MEASURES.items()]
    confusion = tuple((said, tuple(found["confusion"][said][true] for true in OUTCOMES)) for said in OUTCOMES)
    return MethodAudit(found["drawn"], found["audited"], found["unsure"], rates, tuple(measures), confusion)


def _estimate(found: Mapping[str, float] | None) -> Estimate | None:
    return None if found is None else Estimate(**found)
