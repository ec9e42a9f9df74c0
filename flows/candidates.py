"""Compares the failure modes of several candidates: which are universal, shared or specific."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from blindspot.metrics import Mask, jaccard
from blindspot.paths import FAILURE_MODES, QUESTIONS, TAXONOMY_FOLDER, VERDICTS
from blindspot.records.failure_mode import FailureMode, read_failure_modes

SAME = 0.5  # Jaccard index of the questions that two modes contain, from which they are the same mode

Extent = Literal["universal", "shared", "specific"]


@dataclass(frozen=True)
class Run:
    """What a run found: its candidate, its confirmed modes, and features and outcome of each valid question."""

    candidate: str
    modes: Sequence[FailureMode]
    features: Sequence[frozenset[str]]
    failed: Sequence[bool]


@dataclass(frozen=True)
class _Group:
    """Modes that are the same: the first, the questions of all runs that it contains, and all."""

    mode: FailureMode
    contained: Mask
    modes: list[FailureMode]


def by_candidate(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Returns the failure modes of all runs, those of most candidates first; none for fewer than two candidates.

    Two modes are the same if their features are equal or if the Jaccard index of the questions of all runs that they
    contain is at least SAME. The `extent` of a mode is `universal` if it was found in all candidates, `shared` if in
    several, `specific` if in one. `candidates` has, for each of them, in how many of its `runs` the mode was `found`,
    how many of the questions that it contains were `asked`, and how many were `failures`, whether found or not.
    """
    names = [*dict.fromkeys(run.candidate for run in runs)]
    if len(names) < 2:
        return []
    found = []
    for group in _groups(runs):
        where = {name: _in_candidate(group, [run for run in runs if run.candidate == name]) for name in names}
        number = sum(one["found"] > 0 for one in where.values())
        extent: Extent = "universal" if number == len(names) else "shared" if number > 1 else "specific"
        mode = {"name": group.mode.name, "features": [*group.mode.features]}
        found.append({**mode, "extent": extent, "candidates": where})
    return sorted(found, key=lambda one: -sum(where["found"] > 0 for where in one["candidates"].values()))


def read_run(root: Path, candidate: str) -> Run:
    """Reads what a run found from its folder; without modes if its pipeline has no taxonomy."""
    if not (root / TAXONOMY_FOLDER).is_dir():
        return Run(candidate, [], [], [])
    import pandas as pd

    outcomes = pd.read_parquet(root / VERDICTS, columns=["rollout_id", "outcome"])
    rows = pd.read_parquet(root / QUESTIONS).merge(outcomes, on="rollout_id", validate="one_to_one")
    return Run(
        candidate,
        [mode for mode in read_failure_modes(root / FAILURE_MODES) if mode.status == "confirmed"],
        [*map(frozenset, rows["features"])],
        (rows["outcome"] == "failure").tolist(),
    )


def contained(mode: FailureMode, questions: Sequence[frozenset[str]]) -> Mask:
    """Returns which questions, given by their features, a mode contains."""
    return np.array([mode.contains(features) for features in questions], dtype=bool)


def table(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Returns lines of text: each mode, its extent, its failures by candidate (* where it was found), its features."""
    if not found:
        return []
    names = [*found[0]["candidates"]]
    head = [f"failure modes of {len(names)} candidates", "", *short(names), "features"]
    cells = [
        [
            one["name"],
            one["extent"],
            *(_failures(one["candidates"][name]) for name in names),
            " + ".join(one["features"]),
        ]
        for one in found
    ]
    widths = [max(len(row[column]) for row in [head, *cells]) for column in range(len(head))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *cells]
    ]


def short(names: Sequence[str]) -> list[str]:
    """Returns paths as their last parts without endings; unchanged where two of these would be equal."""
    stems = [Path(name).stem for name in names]
    return stems if len({*stems}) == len(stems) else [*names]


def _groups(runs: Sequence[Run]) -> list[_Group]:
    """Returns groups of modes that are the same, by the highest log_likelihood_ratio, which the first mode has."""
    questions = [features for run in runs for features in run.features]
    groups: list[_Group] = []
    modes = [mode for run in runs for mode in run.modes]
    for mode in sorted(modes, key=lambda mode: -mode.log_likelihood_ratio):
        here = contained(mode, questions)
        for group in groups:
            if {*group.mode.features} == {*mode.features} or jaccard(group.contained, here) >= SAME:
                group.modes.append(mode)
                break
        else:
            groups.append(_Group(mode, here, [mode]))
    return groups


def _in_candidate(group: _Group, runs: Sequence[Run]) -> dict[str, int]:
    own = [contained(group.mode, run.features) for run in runs]
    failures = sum(int(np.array(run.failed, dtype=bool)[mask].sum()) for run, mask in zip(runs, own, strict=True))
    found = sum(any(one is other for one in run.modes for other in group.modes) for run in runs)
    return {"runs": len(runs), "found": found, "asked": sum(int(mask.sum()) for mask in own), "failures": failures}


def _failures(where: Mapping[str, int]) -> str:
    return f"{'*' if where['found'] else ' '} {where['failures']} of {where['asked']}"
