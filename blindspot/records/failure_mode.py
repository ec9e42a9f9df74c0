"""One kind of question in which the candidate fails."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class FailureMode:
    """A named failure mode with its evidence.

    `wrong_rate` = `failures` / `asked` over the valid questions that it was sought in, whoever asked them, which have
    every one of `traits` (one or two names: of skills, of meta-skills, which stand for any of their skills, or of
    other traits of a question such as its true answer); `low` and `high` bound it at 95 % (Wilson's, wider as
    questions about one image go together). `evidence`, which ranks modes: how much better a wrong_rate of their own
    explains these questions than one for all does, in nats.
    `q_value`: of the test that wrong_rate lies above the threshold, false discoveries controlled (Benjamini-Hochberg).
    `examples` are rollout ids of failures, different questions and images first. `came_back`: the share of resamples
    of the images in which the mode was found again, None where that was not tried. `kinds`: of what its questions ask
    (docs/primitives.md). `known`: the names of the known weaknesses that it matches; empty: it is new, None: there was
    none to match.
    """

    mode_id: str
    name: str
    traits: tuple[str, ...]
    asked: int
    failures: int
    wrong_rate: float
    low: float
    high: float
    evidence: float
    q_value: float
    examples: tuple[str, ...]
    came_back: float | None = None
    kinds: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None

    def claims(self, traits: Collection[str]) -> bool:
        """Whether a question with these traits is of this mode."""
        return all(trait in traits for trait in self.traits)
