"""Draws the rollouts to audit: a uniformly random sample of each method, in random order."""

import numpy as np
import pandas as pd

from blindspot.records.rollout import METHODS


def draw_sample(rollouts: pd.DataFrame, size: int, seed: int) -> pd.DataFrame:
    """Returns `size` rollouts of each method, or all if there are fewer, of those without an error.

    Each leading part of the rows is a uniformly random sample of each method, and has about as many rows of each. So a
    person who stops early has labelled a random sample. A larger `size` only adds rows at the end.
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
