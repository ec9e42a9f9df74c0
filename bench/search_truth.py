"""Finds the slices in which a candidate on scenes is weak, with the oracle and at any cost in calls."""

import argparse
from dataclasses import asdict
from pathlib import Path

from pydantic import Field

from bench.plan import DATA, find_candidate, load, open_entry
from bench.scoring.scores import find_truth
from bench.scoring.truth import PER_SLICE
from blindspot.errors import run
from blindspot.params import Section
from blindspot.store import replacing, write_json


class Params(Section):
    """The numbers of questions that measure the slices, and that modes are compared with."""

    per_slice: int = Field(PER_SLICE, ge=50, description="uniformly drawn questions per slice")
    matching: int = Field(16_000, ge=100, description="uniformly drawn questions that modes are compared with")


def search_truth(params: Params, name: str, folder: Path) -> None:
    """Writes the slices of a candidate and the uniform questions to `folder`."""
    entry = find_candidate(name)
    slices, truth = find_truth(open_entry(entry), entry.gaps, params.per_slice, params.matching)
    write_json(folder / "slices.json", [asdict(slice_) for slice_ in slices])
    rows = [row.nonzero()[0].tolist() for row in truth.belongs]
    failed = truth.failed.astype(int).tolist()
    write_json(folder / "matching.json", {"questions": truth.questions, "belongs": rows, "failed": failed})


def main() -> None:
    """Writes bench/data/search/<candidate>/truth."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_truth", description=__doc__)
    parser.add_argument("candidate", help="name in bench/candidates.yaml")
    name = parser.parse_args().candidate
    out = DATA / name / "truth"
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as folder:
        search_truth(load("search_truth", Params), name, folder)


if __name__ == "__main__":
    run(main, takes_arguments=True)
