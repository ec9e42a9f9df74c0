"""search_truth: in which cells a candidate on scenes is weak, found out by the oracle at any cost."""

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path

from pydantic import Field

from blindspot.errors import run
from blindspot.params import Section
from blindspot.records.cell_rate import CellRate
from blindspot.scenes.cells import Cell
from blindspot.scenes.oracle import rule
from blindspot.search.bench import DATA, listed, load, open_listed
from blindspot.search.truth import A_CELL, draw_sample, measure_cells, uniform_questions
from blindspot.store import replacing, write_json

SAMPLE_SEED, MATCHING_SEED = 0, 1_000_000  # apart: cells are not matched on what they are called weak on


class Params(Section):
    """On how many questions a candidate's weak cells are found, and modes matched with them."""

    a_cell: int = Field(A_CELL, ge=50, description="uniformly drawn questions of each cell")
    matching: int = Field(4000, ge=100, description="uniformly drawn questions on which modes and cells are matched")


def search_truth(params: Params, name: str, folder: Path) -> None:
    """Writes the weak cells of the candidate that is called so, and the questions for matching, into `folder`."""
    one = listed(name)
    with tempfile.TemporaryDirectory() as pictures:
        sample = draw_sample(Path(pictures), params.a_cell, SAMPLE_SEED, one.gaps)
        cells = measure_cells(open_listed(one), sample)
    weak = [cell for cell in cells if cell.weak]
    scenes, questions, belongs = uniform_questions([_cell(one) for one in weak], params.matching, MATCHING_SEED)
    answers = [rule(text, scene).answer for text, scene in zip(questions, scenes, strict=True)]
    write_json(folder / "cells.json", [asdict(cell) for cell in cells])
    rows = [row.nonzero()[0].tolist() for row in belongs]
    write_json(folder / "matching.json", {"questions": [*zip(questions, answers, strict=True)], "belongs": rows})


def _cell(rate: CellRate) -> Cell:
    return Cell(rate.name, rate.family, rate.condition)


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
