"""Which failure modes several candidates share: matched over runs, and told as universal, shared or specific."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

SAME = 0.5  # Jaccard index of the questions that two modes claim, from which they are one

WRITTEN = ("failure_modes", "meta_skills")  # in data/taxonomy
COLUMNS = ("abilities", "skills", "meta_skills", "features")  # of questions.parquet there

Mode = Mapping[str, Any]  # as data/taxonomy/failure_modes.json has it
Extent = Literal["universal", "shared", "specific"]


@dataclass(frozen=True)
class Run:
    """What a run found: its candidate, its failure modes, and the features of each valid question, and if it failed.

    Skills are fitted anew in each run: so a question's abilities are among its features, whatever they are called
    there, and of a meta-skill the run's own skills stand for it elsewhere.
    """

    candidate: str
    modes: Sequence[Mode]
    features: Sequence[frozenset[str]]
    failed: Sequence[bool]
    meta_skills: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def claim(self, mode: Mode) -> list[frozenset[str]]:
        """For each feature of a mode of this run the names of which a question has one."""
        return [self.meta_skills.get(feature, frozenset()) | {feature} for feature in mode["features"]]


def by_candidate(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The failure modes of all runs, those of most candidates first; none where there are fewer than two candidates.

    Two modes are one where their features are equal, or where of the questions of all runs that either claims at least
    SAME are claimed by both. A mode is `universal` where it was found in all candidates, `shared` where in several,
    `specific` where in one; `candidates` has for each in how many of its `runs` it was `found`, and how many of the
    questions that its features claim were `asked` there and were `failures`, found or not.
    """
    names = [*dict.fromkeys(run.candidate for run in runs)]
    if len(names) < 2:
        return []
    found = []
    for mode, claim, others in _groups(runs):
        where = {name: _in_candidate(claim, others, [run for run in runs if run.candidate == name]) for name in names}
        number = sum(one["found"] > 0 for one in where.values())
        extent: Extent = "universal" if number == len(names) else "shared" if number > 1 else "specific"
        found.append({"name": mode["name"], "features": [*mode["features"]], "extent": extent, "candidates": where})
    return sorted(found, key=lambda one: -sum(where["found"] > 0 for where in one["candidates"].values()))


def read_run(root: Path, candidate: str) -> Run:
    """What lies in a run's folder; without modes where its pipeline makes none."""
    folder = root / "data" / "taxonomy"
    if not folder.is_dir():
        return Run(candidate, [], [], [])
    import pandas as pd

    modes, meta_skills = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in WRITTEN)
    outcomes = pd.read_parquet(root / "data/verdicts/verdicts.parquet", columns=["rollout_id", "outcome"])
    rows = pd.read_parquet(folder / "questions.parquet").merge(outcomes, on="rollout_id", validate="one_to_one")
    lists = zip(*(rows[column] for column in COLUMNS), strict=True)
    members = {one["name"]: frozenset(one["skills"]) for one in meta_skills}
    failed = (rows["outcome"] == "failure").tolist()
    return Run(candidate, modes, [frozenset().union(*one) for one in lists], failed, members)


def table(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines of text: each mode, its extent, and what came of its questions in each candidate; * where it was found."""
    if not found:
        return []
    names = [*found[0]["candidates"]]
    head = [f"failure modes of {len(names)} candidates", "", *short(names)]
    cells = [[one["name"], one["extent"], *(_rate(one["candidates"][name]) for name in names)] for one in found]
    widths = [max(len(row[column]) for row in [head, *cells]) for column in range(len(head))]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *cells]
    ]


def short(names: Sequence[str]) -> list[str]:
    """Paths by their last part without its ending, where no two are then alike."""
    stems = [Path(name).stem for name in names]
    return stems if len({*stems}) == len(stems) else [*names]


def _groups(runs: Sequence[Run]) -> Iterator[tuple[Mode, list[frozenset[str]], list[Mode]]]:
    """The modes that stand for the others, with most evidence first; what they claim; those that are the same."""
    every = [features for run in runs for features in run.features]
    groups: list[tuple[Mode, list[frozenset[str]], list[Mode]]] = []
    claimed: list[frozenset[int]] = []
    modes = [(mode, run.claim(mode)) for run in runs for mode in run.modes]
    for mode, claim in sorted(modes, key=lambda one: -one[0]["log_likelihood_ratio"]):
        here = frozenset(place for place, features in enumerate(every) if _claims(claim, features))
        for (first, _, others), there in zip(groups, claimed, strict=True):
            if {*first["features"]} == {*mode["features"]} or _jaccard(there, here) >= SAME:
                others.append(mode)
                break
        else:
            groups.append((mode, claim, [mode]))
            claimed.append(here)
    yield from groups


def _claims(claim: Sequence[frozenset[str]], features: frozenset[str]) -> bool:
    return not any(names.isdisjoint(features) for names in claim)


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _in_candidate(claim: Sequence[frozenset[str]], others: Sequence[Mode], runs: Sequence[Run]) -> dict[str, int]:
    outcomes = [
        failed
        for run in runs
        for features, failed in zip(run.features, run.failed, strict=True)
        if _claims(claim, features)
    ]
    found = sum(any(one is other for one in run.modes for other in others) for run in runs)
    return {"runs": len(runs), "found": found, "asked": len(outcomes), "failures": sum(outcomes)}


def _rate(where: Mapping[str, int]) -> str:
    return f"{'*' if where['found'] else ' '} {where['failures']} of {where['asked']}"
