"""The measured error rate of a candidate on one slice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SliceRate:
    """A slice and the results of its measurement.

    `share`: share of all uniformly drawn questions. `error_rate`: `failures` / `asked`, None if nothing could be
    judged. `low`, `high`: its 95 % Wilson interval. `q_value`: of the test that error_rate is above the threshold,
    with the false discovery rate controlled over all slices (Benjamini-Hochberg). `weak`: the error_rate is above the
    threshold. `counts`: the weakness is not explained by another slice that counts.
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
