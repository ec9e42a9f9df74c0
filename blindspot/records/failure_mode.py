"""A kind of question in which the candidate fails significantly often."""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from math import isnan, nan
from pathlib import Path
from typing import Any, Literal, get_args

from blindspot.errors import BlindspotError

Status = Literal["confirmed", "not_confirmed", "too_few"]
STATUSES: tuple[Status, ...] = get_args(Status)
Strength = Literal["strong", "moderate", "weak"]
FoundIn = Literal["explore", "both", "rest", "predicted"]
RECURS = 0.8  # recurrence from which a mode can be novel and its evidence strong
RARELY = 0.6  # recurrence below which a mode is listed after the others
RARELY_FOUND = f"Found again in fewer than {RARELY * 100:.0f}\u00a0% of the resamples"  # the heading of these
CLEAR = 0.001  # p-value up to which the evidence can be strong
TUPLES = ("features", "examples", "kinds", "documented", "mix_of", "mix_documented")  # JSON has lists


@dataclass(frozen=True)
class FailureMode:
    """A failure mode with its figures, over the valid questions that it contains.

    `mode_id`: made of the features, unique within a run. `name`: a sentence for people; nothing is matched by it.
    `features`: one or two names of abilities, of groups of abilities or of other features of a question, such as its
    true answer; they identify the mode. `error_rate` = `failures` / `asked`; `low` and `high` bound it at 95 %
    (Wilson's interval, wider where questions about one image go together).
    `log_likelihood_ratio`, in nats, selects modes: how much better two error rates, inside and outside of the mode,
    explain the failures than a single one. `q_value`: of the test that error_rate lies above the threshold
    (Benjamini-Hochberg). `examples`: rollout ids of failures, different questions and images first. `recurrence`: the
    share of resamples of the images in which the mode was found again; None where it was not measured. `kinds`: what
    its questions ask for (docs/primitives.md). `documented`: the names of the documented weaknesses that it matches;
    empty: it matches none; None: no list of weaknesses was given. `mix_of`, `mix_documented`: the ids of other modes
    and the names of documented weaknesses that most of its failures also belong to (docs/modes.md); `mix_share`: the
    share of its failures that do; None if it is no mix.

    A mode that was tested again on questions that it was not found in has a `status`. Then `asked`, `failures`,
    `error_rate`, `low`, `high` and `p_value` (Holm) are those of this test; `error_rate` is NaN where none was asked.
    `discovered_asked` and `discovered_failures` are the counts in the questions in which it was found. `found_in`: the
    part of a search's questions that these are (`search.discovered`); None without a search.
    """

    mode_id: str
    name: str
    features: tuple[str, ...]
    asked: int
    failures: int
    error_rate: float
    low: float
    high: float
    log_likelihood_ratio: float
    q_value: float
    examples: tuple[str, ...]
    recurrence: float | None = None
    kinds: tuple[str, ...] = ()
    documented: tuple[str, ...] | None = None
    status: Status | None = None
    p_value: float | None = None
    discovered_asked: int | None = None
    discovered_failures: int | None = None
    mix_of: tuple[str, ...] = ()
    mix_documented: tuple[str, ...] = ()
    mix_share: float | None = None
    found_in: FoundIn | None = None

    def contains(self, features: Collection[str]) -> bool:
        """Returns whether a question with these features is one of this mode."""
        return all(feature in features for feature in self.features)

    @property
    def is_novel(self) -> bool:
        """Whether it matches no documented weakness, is confirmed, no mix, and found again in most resamples."""
        return self.documented == () and self.status == "confirmed" and self.recurs and self.mix_share is None

    @property
    def recurs(self) -> bool:
        """Whether it was found again in at least RECURS of the resamples."""
        return self.recurrence is not None and self.recurrence >= RECURS

    @property
    def recurs_rarely(self) -> bool:
        """Whether it was found again in fewer than RARELY of the resamples."""
        return self.recurrence is not None and self.recurrence < RARELY

    def is_undecided(self, threshold: float) -> bool:
        """Whether it is not confirmed although its interval reaches above the threshold: more questions may decide."""
        return self.status == "not_confirmed" and self.high > threshold

    @property
    def strength(self) -> Strength | None:
        """How strong the evidence for the mode is; None if it is not confirmed.

        `strong`: the p-value is at most CLEAR and the mode recurs. `moderate`: one of the two. `weak`: neither.
        """
        if self.status != "confirmed":
            return None
        clear = self.p_value is not None and self.p_value <= CLEAR
        return ("weak", "moderate", "strong")[clear + self.recurs]

    def to_json(self) -> dict[str, Any]:
        """Returns the fields as JSON has them: None for an error rate that is not known."""
        row = asdict(self)
        return row | {"error_rate": None} if isnan(self.error_rate) else row


def in_report_order(modes: Iterable[FailureMode]) -> list[FailureMode]:
    """Returns the modes with those that recur rarely last, otherwise in the same order."""
    return sorted(modes, key=lambda mode: mode.recurs_rarely)


def mix(mode: FailureMode, modes: Iterable[FailureMode]) -> str:
    """Returns a phrase that says what a mode is a mix of, or what it is part of; empty if it is no mix.

    `modes`: all modes of the run, of which some are named.
    """
    names = {other.mode_id: f"“{other.name}”" for other in modes}
    parts = [*(names[one] for one in mode.mix_of), *(f"“{name}” (documented)" for name in mode.mix_documented)]
    if not parts:
        return ""
    return f"part of {parts[0]}" if len(parts) == 1 else f"a mix of {', '.join(parts[:-1])} and {parts[-1]}"


def read_failure_modes(path: Path) -> list[FailureMode]:
    """Returns the failure modes in failure_modes.json of a taxonomy or modes.json of a search, in the file's order.

    Raises BlindspotError where the file cannot be read or has another form.
    """
    try:
        return [_mode(row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        fix = f"`dvc checkout {path}` restores it, `dvc repro` makes it again"
        raise BlindspotError(f"{path} cannot be read ({error})", fix) from None


def _mode(row: dict[str, object]) -> FailureMode:
    tuples = {name: tuple(value) for name, value in row.items() if name in TUPLES and isinstance(value, list)}
    rate = {"error_rate": nan} if row["error_rate"] is None else {}
    return FailureMode(**row | tuples | rate)  # type: ignore[arg-type]
