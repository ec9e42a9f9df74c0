"""Which rollouts are audited: a uniformly random part of each method's, in random order."""

import numpy as np
import pandas as pd

from blindspot.records.rollout import METHODS


def draw_sample(rollouts: pd.DataFrame, size: int, seed: int) -> pd.DataFrame:
    """`size` rollouts of each method, or all it has, of those that were asked and answered.

    Any first part of the rows is a uniformly random part of each method's, the methods as equal in number as can be:
    so whoever stops half-way has labelled at random. A larger `size` adds rows at the end and moves none.
    """
    answered = rollouts[rollouts["error"].isna()]
    drawn = []
    for index, method in enumerate(METHODS):
        rows = answered[answered["method"] == method]
        rng = np.random.default_rng([seed, index])
        picked = rows.iloc[rng.permutation(len(rows))]
        drawn.append(picked.assign(_round=range(len(rows)), _turn=rng.random(len(rows))).head(size))
    ordered = pd.concat(drawn).sort_values(["_round", "_turn"], kind="stable", ignore_index=True)
    return ordered.drop(columns=["_round", "_turn"])
