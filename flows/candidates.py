"""Which failure modes several candidates share: matched over runs, and told as universal, shared or specific."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

SAME = 0.5  # Jaccard index of the questions that two modes claim, from which they are one

Mode = Mapping[str, Any]  # as data/taxonomy/failure_modes.json has it
Extent = Literal["universal", "shared", "specific"]


@dataclass(frozen=True)
class Run:
    """What a run found: its candidate, its failure modes, and the traits of each valid question, and if it failed."""

    candidate: str
    modes: Sequence[Mode]
    traits: Sequence[frozenset[str]]
    failed: Sequence[bool]


def by_candidate(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The failure modes of all runs, those of most candidates first; none where there are fewer than two candidates.

    Two modes are one where their traits are equal, or where of the questions of all runs that either claims at least
    SAME are claimed by both. A mode is `universal` where it was found in all candidates, `shared` where in several,
    `specific` where in one; `candidates` has for each in how many of its `runs` it was `found`, and how many of the
    questions that its traits claim were `asked` there and were `failures`, found or not. Traits are compared by their
    names: a skill that another run's taxonomy calls otherwise claims nothing there.
    """
    names = [*dict.fromkeys(run.candidate for run in runs)]
    if len(names) < 2:
        return []
    found = []
    for mode, others in _groups(runs):
        where = {name: _in_candidate(mode, others, [run for run in runs if run.candidate == name]) for name in names}
        number = sum(one["found"] > 0 for one in where.values())
        extent: Extent = "universal" if number == len(names) else "shared" if number > 1 else "specific"
        found.append({"name": mode["name"], "traits": [*mode["traits"]], "extent": extent, "candidates": where})
    return sorted(found, key=lambda one: -sum(where["found"] > 0 for where in one["candidates"].values()))


def read_run(root: Path, candidate: str) -> Run:
    """What lies in a run's folder; without modes where its pipeline makes none."""
    folder = root / "data" / "taxonomy"
    if not folder.is_dir():
        return Run(candidate, [], [], [])
    import pandas as pd

    modes = json.loads((folder / "failure_modes.json").read_text(encoding="utf-8"))
    outcomes = pd.read_parquet(root / "data/verdicts/verdicts.parquet", columns=["rollout_id", "outcome"])
    rows = pd.read_parquet(folder / "questions.parquet").merge(outcomes, on="rollout_id", validate="one_to_one")
    lists = zip(rows["skills"], rows["meta_skills"], rows["traits"], strict=True)
    return Run(candidate, modes, [frozenset().union(*one) for one in lists], (rows["outcome"] == "failure").tolist())


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


def _groups(runs: Sequence[Run]) -> Iterator[tuple[Mode, list[Mode]]]:
    """The modes that stand for the others, with most evidence first, and those that are the same, themselves too."""
    claimed: dict[tuple[str, ...], frozenset[int]] = {}
    every = [traits for run in runs for traits in run.traits]
    groups: list[tuple[Mode, list[Mode]]] = []
    for mode in sorted((mode for run in runs for mode in run.modes), key=lambda mode: -mode["evidence"]):
        traits = tuple(sorted(mode["traits"]))
        if traits not in claimed:
            claimed[traits] = frozenset(place for place, has in enumerate(every) if has.issuperset(traits))
        for first, others in groups:
            of_first = tuple(sorted(first["traits"]))
            if of_first == traits or _jaccard(claimed[of_first], claimed[traits]) >= SAME:
                others.append(mode)
                break
        else:
            groups.append((mode, [mode]))
    yield from groups


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / max(len(one | other), 1)


def _in_candidate(mode: Mode, others: Sequence[Mode], runs: Sequence[Run]) -> dict[str, int]:
    outcomes = [
        failed
        for run in runs
        for traits, failed in zip(run.traits, run.failed, strict=True)
        if traits.issuperset(mode["traits"])
    ]
    found = sum(any(one is other for one in run.modes for other in others) for run in runs)
    return {"runs": len(runs), "found": found, "asked": len(outcomes), "failures": sum(outcomes)}


def _rate(where: Mapping[str, int]) -> str:
    return f"{'*' if where['found'] else ' '} {where['failures']} of {where['asked']}"
