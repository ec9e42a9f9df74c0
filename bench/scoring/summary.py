"""Summarises the searches of a method over seeds: medians with 95 % intervals, and the bars that were met."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from bench.scoring.scores import Scores
from blindspot.params import Section

PROMPT_ONLY = ("templates", "zero_shot", "few_shot")  # methods that neither train nor select questions
CALLS_TO = ("calls_to_half_recall", "calls_to_90_recall")  # None means never reached: more than any number
RESAMPLES = 10_000
DECIMALS = 3

Figure = dict[str, float | None]  # median, low, high


class Bar(Section):
    """The range that a measure has to be in."""

    at_least: float | None = None
    at_most: float | None = None

    def met(self, value: float | None) -> bool:
        """Returns whether the value is in the range; None is not."""
        if value is None:
            return False
        return value >= (self.at_least or -math.inf) and value <= (math.inf if self.at_most is None else self.at_most)


def with_ratios(of_methods: Mapping[str, Scores]) -> dict[str, Scores]:
    """Returns the scores of one seed by method, with the ratios to other methods of the same seed."""
    return {method: scores | _ratios(scores, of_methods) for method, scores in of_methods.items()}


def _ratios(scores: Scores, of_methods: Mapping[str, Scores]) -> Scores:
    distinct = "distinct_failures_per_1000_calls"
    found: Scores = {}
    for prefix in ("", "discovery_"):
        rivals = [of_methods[name][prefix + distinct] or 0.0 for name in PROMPT_ONLY if name in of_methods]
        found[f"{prefix}distinct_to_prompt_only"] = _ratio(scores[prefix + distinct], max(rivals, default=0.0))
    if "templates" in of_methods:
        found["calls_to_90_to_templates"] = _ratio(
            *(_calls(one["calls_to_90_recall"]) for one in (scores, of_methods["templates"]))
        )
    return found


def _ratio(value: float | None, other: float) -> float | None:
    """Returns value ÷ other: infinite if only `other` is 0, None for 0 ÷ 0 and for ∞ ÷ ∞."""
    if value is None or (math.isinf(value) and math.isinf(other)):
        return None
    return value / other if other else None if value == 0 else math.inf


def _calls(value: float | None) -> float:
    return math.inf if value is None else value


def figure(measure: str, values: Sequence[float | None]) -> Figure:
    """Returns the median over seeds with its percentile bootstrap interval.

    A number is None if it is infinite, and all are None if at most half of the seeds have a value. With five seeds the
    interval covers all five values.
    """
    known = [_calls(value) if measure in CALLS_TO else value for value in values]
    numbers = np.array([value for value in known if value is not None])
    if 2 * len(numbers) <= len(values):
        return dict.fromkeys(("median", "low", "high"))
    draws = np.random.default_rng(0).choice(numbers, (RESAMPLES, len(numbers)))
    low, high = np.quantile(np.median(draws, axis=1), (0.025, 0.975), method="nearest")
    found = {"median": float(np.median(numbers)), "low": float(low), "high": float(high)}
    return {name: round(value, DECIMALS) if math.isfinite(value) else None for name, value in found.items()}


def figures(seeds: Sequence[Mapping[str, Scores]]) -> dict[str, dict[str, Figure]]:
    """Returns the figure of each measure by method. `seeds`: for each seed, the scores by method."""
    return {
        method: {measure: figure(measure, [one[method][measure] for one in seeds]) for measure in scores}
        for method, scores in seeds[0].items()
    }


def bars_met(seeds: Sequence[Scores], bars: Mapping[str, Bar]) -> dict[str, dict[str, object]]:
    """Returns, for each bar, how many seeds meet it, and the values of all seeds."""
    return {
        measure: {
            **bar.model_dump(exclude_none=True),
            "met": sum(bar.met(one[measure]) for one in seeds),
            "of": len(seeds),
            "values": [_finite(one[measure]) for one in seeds],
        }
        for measure, bar in bars.items()
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, DECIMALS)
