"""Finds the failure modes whose failures belong to other modes or to documented weaknesses."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd

from blindspot.metrics import Mask
from blindspot.records.failure_mode import STATUSES, FailureMode
from blindspot.taxonomy.modes.confirm import contained_in, tested_on
from blindspot.taxonomy.modes.documented import Weakness, kinds_of_details
from blindspot.taxonomy.modes.significance import COLUMNS

MOST = 0.8  # share of a mode's failures from which it is a mix
FEWEST = 5  # failures; of fewer, the share says little


def with_mixes(
    modes: Sequence[FailureMode], questions: pd.DataFrame, documented: Sequence[Weakness] = ()
) -> list[FailureMode]:
    """Returns the modes, in the same order, with what they are a mix of.

    A mode is a mix if at least MOST of its failures, in the questions that it was tested on, also belong to other
    confirmed modes or to documented weaknesses that it does not match itself. Of modes that contain each other's
    failures, the one whose interval begins lower is the mix: modes are examined from the last to the first by status
    and `low`, and a mode that is a mix is no part of those examined later. Named are the parts that add most failures,
    until they have MOST of them.

    `questions`: those that the modes were tested on, as for `confirm`; with `documented` also the columns reference
    and kinds.
    """
    failed = (questions["outcome"] == "failure").to_numpy()
    contained, tested = [*contained_in(modes, questions)], [*tested_on(modes, questions)]
    parts = {place for place, mode in enumerate(modes) if mode.status == "confirmed"}
    found = [*modes]
    ranked = sorted(range(len(modes)), key=lambda place: (_rank(modes[place]), -modes[place].low))
    for place in ranked[::-1]:
        mode, own = modes[place], np.flatnonzero(tested[place] & failed)
        shares: dict[tuple[str, str], Mask] = {
            ("mode", modes[other].mode_id): contained[other][own] for other in sorted(parts - {place})
        }
        shares |= _documented(mode, questions.iloc[own], documented)
        named, share = _named(shares, len(own))
        if named:
            parts.discard(place)
            of_modes, of_list = (tuple(name for sort, name in named if sort == one) for one in ("mode", "documented"))
            found[place] = replace(mode, mix_of=of_modes, mix_documented=of_list, mix_share=share)
    return found


def _rank(mode: FailureMode) -> int:
    """Returns the rank of a mode's status, 0 for a confirmed one."""
    return STATUSES.index(mode.status or "too_few")


def _documented(
    mode: FailureMode, failures: pd.DataFrame, documented: Sequence[Weakness]
) -> dict[tuple[str, str], Mask]:
    """Returns which failures of a mode each documented weakness contains, without those that the mode matches."""
    others = [one for one in documented if one.name not in (mode.documented or ())]
    if not others:
        return {}
    details = kinds_of_details(mode)
    features = (frozenset(chain(*lists)) for lists in zip(*(failures[name] for name in COLUMNS), strict=True))
    answers = failures["reference"].fillna("").astype(str)
    rows = [
        ({*kinds, *details}, [has], [answer])
        for kinds, has, answer in zip(failures["kinds"], features, answers, strict=True)
    ]
    return {
        ("documented", one.name): np.array([one.matches([*kinds], has, answer) for kinds, has, answer in rows], bool)
        for one in others
    }


def _named(shares: dict[tuple[str, str], Mask], failures: int) -> tuple[list[tuple[str, str]], float]:
    """Returns the parts to name and the share of the failures that they have; no parts if it is below MOST."""
    covered, named = np.zeros(failures, dtype=bool), list[tuple[str, str]]()
    if failures < FEWEST:
        return named, 0.0
    while covered.sum() < MOST * failures:
        best = max(shares, key=lambda name: int((shares[name] & ~covered).sum()), default=None)
        if best is None or not (shares[best] & ~covered).any():
            return [], 0.0
        named.append(best)
        covered |= shares.pop(best)
    return named, float(covered.mean())
