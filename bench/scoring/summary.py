"""Summarises the searches of a method over seeds: means with standard deviations, and the bars that were met."""

import math
from collections.abc import Mapping, Sequence
from statistics import mean, stdev

from bench.scoring.uniform import ModeRate, Scores, rate_scores
from blindspot.params import Section

BASELINE = "templates"  # the method that others are compared with, seed by seed
RATIOS = ("failure_rate",)  # measures that are also divided by those of the baseline
DECIMALS = 4

Figure = dict[str, float | int | None]  # mean, sd, least, most, seeds


class Bar(Section):
    """The range that the mean of a measure has to be in; `each_at_least`: the least value of any seed."""

    at_least: float | None = None
    at_most: float | None = None
    each_at_least: float | None = None

    def met(self, found: Figure) -> bool:
        """Returns whether the figure is in the range; a figure without a mean is not."""
        average, least = found["mean"], found["least"]
        if average is None or least is None:
            return False
        above = average >= (-math.inf if self.at_least is None else self.at_least)
        below = average <= (math.inf if self.at_most is None else self.at_most)
        return above and below and least >= (-math.inf if self.each_at_least is None else self.each_at_least)


def with_ratios(of_methods: Mapping[str, Scores]) -> dict[str, Scores]:
    """Returns the scores of one seed by method, with the ratios to the baseline of the same seed."""
    baseline = of_methods.get(BASELINE, {})
    return {
        method: scores | {f"{name}_to_{BASELINE}": _ratio(scores[name], baseline.get(name)) for name in RATIOS}
        for method, scores in of_methods.items()
    }


def _ratio(value: float | None, other: float | None) -> float | None:
    return value / other if value is not None and other else None


def figure(values: Sequence[float | None]) -> Figure:
    """Returns the mean, the standard deviation and the range over the seeds that have a value, and their number."""
    known = [value for value in values if value is not None]
    found: Figure = dict.fromkeys(("mean", "sd", "least", "most"))
    if known:
        spread = round(stdev(known), DECIMALS) if len(known) > 1 else None
        found = {"mean": round(mean(known), DECIMALS), "sd": spread, "least": min(known), "most": max(known)}
    return found | {"seeds": len(known)}


def figures(seeds: Sequence[Mapping[str, Scores]]) -> dict[str, dict[str, Figure]]:
    """Returns the figure of each measure by method. `seeds`: for each seed, the scores by method."""
    return {
        method: {measure: figure([one[method][measure] for one in seeds]) for measure in scores}
        for method, scores in seeds[0].items()
    }


def differences(seeds: Sequence[Mapping[str, Scores]]) -> dict[str, dict[str, Figure]]:
    """Returns the figure of method − baseline, seed by seed, of each measure by method; empty without the baseline."""
    if BASELINE not in seeds[0]:
        return {}
    return {
        method: {
            measure: figure([_difference(one[method][measure], one[BASELINE][measure]) for one in seeds])
            for measure in scores
        }
        for method, scores in seeds[0].items()
        if method != BASELINE
    }


def _difference(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def pooled(rates: Sequence[Sequence[ModeRate]], threshold: float) -> Scores:
    """Returns how far reference rates agree with uniform rates over the modes of all seeds, and their number."""
    every = [rate for of_seed in rates for rate in of_seed]
    return {"modes": len(every), **rate_scores(every, threshold)}


def bars_met(found: Mapping[str, Figure], bars: Mapping[str, Bar]) -> dict[str, dict[str, object]]:
    """Returns, for each bar, the figure of its measure and whether it meets the bar."""
    return {
        measure: {**bar.model_dump(exclude_none=True), **found[measure], "met": bar.met(found[measure])}
        for measure, bar in bars.items()
    }
