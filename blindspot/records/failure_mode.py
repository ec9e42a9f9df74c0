"""A kind of question in which the candidate fails significantly often."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from blindspot.errors import BlindspotError

TUPLES = ("features", "examples", "kinds", "documented")  # JSON has lists


@dataclass(frozen=True)
class FailureMode:
    """A failure mode with its figures, over the valid questions of all methods that it contains.

    `mode_id`: made of the features, unique within a run. `name`: a sentence for people; nothing is matched by it.
    `features`: one or two names of skills, of meta-skills (which stand for any of their skills) or of other features
    of a question, such as its true answer; they identify the mode. `error_rate` = `failures` / `asked`; `low` and
    `high` bound it at 95 % (Wilson's interval, wider where questions about one image go together).
    `log_likelihood_ratio`, in nats, ranks modes: how much better two error rates, inside and outside of the mode,
    explain the failures than a single one. `q_value`: of the test that error_rate lies above the threshold
    (Benjamini-Hochberg). `examples`: rollout ids of failures, different questions and images first. `recurrence`: the
    share of resamples of the images in which the mode was found again; None where it was not measured. `kinds`: what
    its questions ask for (docs/primitives.md). `documented`: the names of the documented weaknesses that it matches;
    empty: the mode is novel; None: no list of weaknesses was given.
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

    def contains(self, features: Collection[str]) -> bool:
        """Returns whether a question with these features is one of this mode."""
        return all(feature in features for feature in self.features)


def read_failure_modes(path: Path) -> list[FailureMode]:
    """Returns the failure modes in data/taxonomy/failure_modes.json or data/explored/modes.json, in the file's order.

    Raises BlindspotError where the file cannot be read or has another form.
    """
    try:
        return [_mode(row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        fix = f"`dvc checkout {path}` restores it, `dvc repro` makes it again"
        raise BlindspotError(f"{path} cannot be read ({error})", fix) from None


def _mode(row: dict[str, object]) -> FailureMode:
    tuples = {name: tuple(value) for name, value in row.items() if name in TUPLES and isinstance(value, list)}
    return FailureMode(**row | tuples)  # type: ignore[arg-type]
