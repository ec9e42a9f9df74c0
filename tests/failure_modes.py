"""Failure modes with invented figures."""

from blindspot.records.failure_mode import FailureMode


def mode(*features: str, failures: int = 30) -> FailureMode:
    return FailureMode("--".join(features), "Questions", features, 30, failures, 1.0, 0.6, 1.0, 9.0, 0.01, ())
