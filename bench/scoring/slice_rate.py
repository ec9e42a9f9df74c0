"""How a candidate does on the questions of one slice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SliceRate:
    """A slice of the scenes with what was measured in it.

    `share`: of all uniformly drawn questions. `error_rate` = `failures` / `asked`, None where nothing could be judged;
    `low` and `high` bound it at 95 % (Wilson). `q_value`: of the test that it lies above the threshold, false
    discoveries controlled over all slices (Benjamini-Hochberg). `weak`: it does. `counts`: it is a weakness of its
    own, rather than one that a weak slice before it tells of.
    """

    name: str
    family: str
    condition: str
    share: float
    asked: int
    failures: int
    error_rate: float | None
    low: float
    high: float
    q_value: float
    weak: bool
    counts: bool
