"""One skill, or combination of skills, in which the candidate fails."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FailureMode:
    """A named failure mode with its evidence.

    `wrong_rate` = `failures` / `asked` over the questioner's valid questions that need every one of `skills` (one or
    two names, of skills or of meta-skills, which stand for any of their skills); `low` and `high` bound it at 95 %
    (Wilson). `excess`: failures beyond what the wrong_rate of all questions would give, which ranks modes. `q_value`:
    of the test that wrong_rate lies above the threshold, false discoveries controlled (Benjamini-Hochberg).
    `examples` are rollout ids of failures, different questions and images first.
    """

    mode_id: str
    name: str
    skills: tuple[str, ...]
    asked: int
    failures: int
    wrong_rate: float
    low: float
    high: float
    excess: float
    q_value: float
    examples: tuple[str, ...]
