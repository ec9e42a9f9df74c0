"""search_truth: in which cells a candidate on scenes is weak, found out by the oracle at any cost."""

import argparse
from dataclasses import asdict
from pathlib import Path

from pydantic import Field

from blindspot.errors import run
from blindspot.params import Section
from blindspot.search.bench import DATA, listed, load, open_listed
from blindspot.search.scores import find_truth
from blindspot.search.truth import A_CELL
from blindspot.store import replacing, write_json


class Params(Section):
    """On how many questions a candidate's weak cells are found, and modes matched with them."""

    a_cell: int = Field(A_CELL, ge=50, description="uniformly drawn questions of each cell")
    matching: int = Field(4000, ge=100, description="uniformly drawn questions on which modes and cells are matched")


def search_truth(params: Params, name: str, folder: Path) -> None:
    """Writes the weak cells of the candidate that is called so, and the questions for matching, into `folder`."""
    one = listed(name)
    cells, truth = find_truth(open_listed(one), one.gaps, params.a_cell, params.matching)
    write_json(folder / "cells.json", [asdict(cell) for cell in cells])
    rows = [row.nonzero()[0].tolist() for row in truth.belongs]
    write_json(folder / "matching.json", {"questions": truth.questions, "belongs": rows})


def main() -> None:
    """Writes data/search/<candidate>/truth."""
    parser = argparse.ArgumentParser(prog="python -m stages.search_truth", description=__doc__)
    parser.add_argument("candidate", help="a name of bench/candidates.yaml")
    name = parser.parse_args().candidate
    out = DATA / name / "truth"
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as folder:
        search_truth(load("search_truth", Params), name, folder)


if __name__ == "__main__":
    run(main)
