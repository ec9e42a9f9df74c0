"""search_truth: in which slices a candidate on scenes is weak, found out by the oracle at any cost."""

import argparse
from dataclasses import asdict
from pathlib import Path

from pydantic import Field

from bench.plan import DATA, listed, load, open_listed
from bench.scoring.scores import find_truth
from bench.scoring.truth import PER_SLICE
from blindspot.errors import run
from blindspot.params import Section
from blindspot.store import replacing, write_json


class Params(Section):
    """On how many questions a candidate's weak slices are found, and modes matched with them."""

    per_slice: int = Field(PER_SLICE, ge=50, description="uniformly drawn questions of each slice")
    matching: int = Field(4000, ge=100, description="uniformly drawn questions on which modes and slices are matched")


def search_truth(params: Params, name: str, folder: Path) -> None:
    """Writes the weak slices of the candidate that is called so, and the questions for matching, into `folder`."""
    one = listed(name)
    slices, truth = find_truth(open_listed(one), one.gaps, params.per_slice, params.matching)
    write_json(folder / "slices.json", [asdict(slice_) for slice_ in slices])
    rows = [row.nonzero()[0].tolist() for row in truth.belongs]
    write_json(folder / "matching.json", {"questions": truth.questions, "belongs": rows})


def main() -> None:
    """Writes bench/data/search/<candidate>/truth."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_truth", description=__doc__)
    parser.add_argument("candidate", help="a name of bench/candidates.yaml")
    name = parser.parse_args().candidate
    out = DATA / name / "truth"
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as folder:
        search_truth(load("search_truth", Params), name, folder)


if __name__ == "__main__":
    run(main)
