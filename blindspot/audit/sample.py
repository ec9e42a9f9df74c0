"""Draws the rollouts to audit: a uniformly random sample of each method and of each quota, in random order."""

import zlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from blindspot.records.rollout import METHODS, QUOTA
from blindspot.taxonomy.modes.confirm import ONCE


def draw_sample(rollouts: pd.DataFrame, size: int, seed: int, per_mode: int = 0) -> pd.DataFrame:
    """Returns `size` rollouts of each method and `per_mode` of each quota, or all if there are fewer.

    Rollouts with an error are not drawn. A question that occurs several times in a quota is drawn once. Each leading
    part of the rows is a uniformly random sample of each method and of each quota, with about as many rows of each
    (until all rows of one are drawn). So a person who stops early has labelled a random sample. Larger numbers add
    rows, and keep the rows of each method and of each quota, and their order.
    """
    drawn = []
    for rows, key, most in _groups(rollouts[rollouts["error"].isna()], size, per_mode):
        rng = np.random.default_rng([seed, *key])
        picked = rows.iloc[rng.permutation(len(rows))]
        drawn.append(picked.assign(_round=range(len(rows)), _turn=rng.random(len(rows))).head(most))
    ordered = pd.concat(drawn).sort_values(["_round", "_turn"], kind="stable", ignore_index=True)
    return ordered.drop(columns=["_round", "_turn"])


def _groups(answered: pd.DataFrame, size: int, per_mode: int) -> Iterator[tuple[pd.DataFrame, list[int], int]]:
    """Yields the rows of each method and each quota, a key for their random order, and how many are drawn.

    The key of a quota is made of the mode, so the rows drawn for a mode do not depend on the other modes.
    """
    for index, method in enumerate(METHODS):
        yield answered[answered["method"] == method], [index], size
    quotas = answered[answered["method"] == QUOTA]
    if len(quotas):
        for mode_id, rows in quotas.drop_duplicates([*ONCE]).groupby("mode_id"):
            yield rows, [len(METHODS), zlib.crc32(str(mode_id).encode("utf-8", "replace"))], per_mode
