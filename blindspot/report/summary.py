"""Summarises a run in a few figures, those that `dvc metrics show` and `dvc exp show` print."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from blindspot.report.planted import PlantedTruth
from blindspot.report.pool import Unasked


def summary(
    rates: Mapping[str, Any],
    counts: Mapping[str, Any],
    calls: int,
    usd: float = 0.0,
    pool: Unasked | None = None,
    planted: PlantedTruth | None = None,
) -> dict[str, Any]:
    """Returns the rates of the method trained, the numbers of failure modes, all calls and their price.

    `rates`: metrics/verify.json. `counts`: metrics/taxonomy.json. `calls`: of the candidate, in all stages. `usd`: the
    price of all served models, left out if it is 0. `pool`: of which questions were asked. `planted`: what was found
    of a planted candidate.
    """
    trained = rates["trained"]
    return {
        **{name: trained[name] for name in ("failure_rate", "valid_rate", "error_rate")},
        "failure_modes": counts["failure_modes"],
        "novel_modes": counts["novel_modes"],
        "calls": calls,
        **({"usd": usd} if usd else {}),
        **({"pool": asdict(pool) | {"sentence": pool.sentence()}} if pool else {}),
        **({"planted": planted.figures()} if planted else {}),
    }
