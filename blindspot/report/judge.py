"""Gathers what the report shows of the accuracy of the judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blindspot.records.estimate import Estimate
from blindspot.records.failure_mode import FailureMode, Status, in_report_order
from blindspot.records.rollout import METHODS
from blindspot.records.verdict import OUTCOMES
from blindspot.report.modes import page_name

RATES = {"failure_rate": "Failure rate", "valid_rate": "Valid rate", "error_rate": "Error rate"}
KAPPAS = {
    "valid_kappa": "Cohen’s kappa on valid questions",
    "kappa": "Cohen’s kappa on failure, correct and invalid",
}
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
class ModeAudit:
    """The audit of the quota of one failure mode: its error rate from the judge's verdicts, and corrected.

    `page`: the name of its file, without the ending. `in_mode`: audited questions that are valid and in the mode,
    according to the auditor. `note`: why the rate is not corrected, or None.
    """

    mode_id: str
    name: str
    page: str
    status: Status | None
    drawn: int
    audited: int
    in_mode: int
    judged: Estimate | None
    corrected: Estimate | None
    note: str | None

    def is_unsure(self, threshold: float) -> bool:
        """Returns whether the mode is confirmed and its corrected interval reaches below the threshold."""
        return self.status == "confirmed" and self.corrected is not None and self.corrected.low < threshold


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
    """The audit by method and by failure mode, and the effect of prompt injections (empty if it was not measured)."""

    auditor: str
    methods: dict[str, MethodAudit]
    modes: dict[str, ModeAudit]
    steering: tuple[Steering, ...]

    @property
    def audited(self) -> int:
        """The number of rollouts that were judged a second time."""
        return sum(one.audited for one in self._all)

    @property
    def drawn(self) -> int:
        """The number of rollouts in the sample."""
        return sum(one.drawn for one in self._all)

    @property
    def _all(self) -> tuple[MethodAudit | ModeAudit, ...]:
        return (*self.methods.values(), *self.modes.values())

    def is_unsure(self, mode: FailureMode, threshold: float) -> bool:
        """Returns whether the corrected interval of a confirmed mode reaches below the threshold."""
        return mode.mode_id in self.modes and self.modes[mode.mode_id].is_unsure(threshold)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The columns of each confusion matrix."""
        return OUTCOMES


def judge(audit: Mapping[str, Any], susceptibility: Mapping[str, Any], modes: Sequence[FailureMode] = ()) -> Judge:
    """Returns what metrics/audit.json and, on susceptibility, metrics/verify.json say.

    `modes`: the failure modes of the taxonomy.
    """
    methods = {name: _method(audit[name]) for name in METHODS if name in audit}
    audited = audit.get("modes", {})
    shown = [mode for mode in in_report_order(modes) if mode.mode_id in audited]
    steering = tuple(_steering(STEERED[way], found) for way, found in susceptibility.items())
    return Judge(audit["auditor"], methods, {one.mode_id: _mode(one, audited[one.mode_id]) for one in shown}, steering)


def _steering(name: str, found: Mapping[str, Any]) -> Steering:
    share = None if found["share"] is None else Estimate(found["share"], found["low"], found["high"])
    return Steering(name, found["tried"], share, found["control"])


def _method(found: Mapping[str, Any]) -> MethodAudit:
    rates = tuple(
        CorrectedRate(name, _estimate(rate["judged"]), _estimate(rate["corrected"]), rate["note"])
        for key, name in RATES.items()
        for rate in (found["rates"][key],)
    )
    agreement = found["agreement"] or {**dict.fromkeys(KAPPAS), "failure": {}, "invalid": {}}
    measures = [(name, _estimate(agreement[key])) for key, name in KAPPAS.items()]
    for outcome, name in DETECTED.items():
        measures += [(f"{title}, {name}", _estimate(agreement[outcome].get(key))) for key, title in MEASURES.items()]
    confusion = tuple((said, tuple(found["confusion"][said][true] for true in OUTCOMES)) for said in OUTCOMES)
    return MethodAudit(found["drawn"], found["audited"], found["unsure"], rates, tuple(measures), confusion)


def _mode(mode: FailureMode, found: Mapping[str, Any]) -> ModeAudit:
    return ModeAudit(
        mode_id=mode.mode_id,
        name=mode.name,
        page=page_name(mode.mode_id),
        status=mode.status,
        drawn=found["drawn"],
        audited=found["audited"],
        in_mode=found["in_mode"],
        judged=_estimate(found["judged"]),
        corrected=_estimate(found["corrected"]),
        note=found["note"],
    )


def _estimate(found: Mapping[str, float] | None) -> Estimate | None:
    return None if found is None else Estimate(**found)
