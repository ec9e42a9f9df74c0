"""One kind of question in which the candidate fails."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class FailureMode:
    """A named failure mode with its evidence.

    `error_rate` = `failures` / `asked` over the valid questions that it was sought in, whoever asked them, which have
    every one of `features` (one or two names: of skills, of meta-skills, which stand for any of their skills, or of
    other features of a question such as its true answer); `low` and `high` bound it at 95 % (Wilson's, wider as
    questions about one image go together). `log_likelihood_ratio`, in nats, ranks modes: how much better two error
    rates, inside and outside of the mode, explain the failures than a single rate does.
    `q_value`: of the test that error_rate lies above the threshold, false discoveries controlled (Benjamini-Hochberg).
    `examples` are rollout ids of failures, different questions and images first. `recurrence`: the share of resamples
    of the images in which the mode was found again, None where that was not tried. `kinds`: of what its questions ask
    (docs/primitives.md). `documented`: the names of the documented weaknesses that it matches; empty: the mode is
    novel, None: no list of weaknesses was given.
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

    def claims(self, features: Collection[str]) -> bool:
        """Whether a question with these features is of this mode."""
        return all(feature in features for feature in self.features)
