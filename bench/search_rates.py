"""Measures the uniform rates of all modes that the searches of a candidate found, on further uniform questions.

A rare mode has few of the questions of search_truth. Those are the same for all seeds, so that the error of its
uniform rate counts in every seed that finds the mode. Here, questions are drawn until each mode has enough of them.
The candidate answers only those that are in a mode that lacks questions.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from bench.plan import DATA, FOLDER, find_candidate, load, open_entry
from bench.scoring.truth import uniform_questions
from blindspot.errors import run
from blindspot.judges.judging import judge_all
from blindspot.judges.oracle import OracleVerifier
from blindspot.params import Section
from blindspot.protocols import Candidate
from blindspot.records.verdict import VALID
from blindspot.scenes.draw import pictures_of
from blindspot.scenes.oracle import rule
from blindspot.store import read_json, write_json
from blindspot.taxonomy.reading.question_features import all_features

SEED = 4_000_000  # of the questions; far from the seeds of the truth
BLOCK = 5000  # questions drawn at once
RATES = FOLDER / "data/rates"

Counts = dict[str, tuple[int, int]]  # by the features of a mode, joined as in ModeRate.name: questions, failures


class Params(Section):
    """The numbers of uniform questions."""

    enough: int = Field(ge=10, description="questions of a mode after which no more are asked")
    most: int = Field(ge=100, description="questions drawn, at most")


def measure_rates(names: Iterable[str], candidate: Candidate, params: Params) -> Counts:
    """Returns the numbers of questions and failures of each mode."""
    modes = {name: {*name.split(" + ")} for name in names}
    asked, failures = Counter[str](), Counter[str]()
    for start in range(0, params.most, BLOCK):
        lacking = {name: features for name, features in modes.items() if asked[name] < params.enough}
        if not lacking:
            break
        scenes, texts, _ = uniform_questions([], BLOCK, SEED + start)
        features = [all_features(text, rule(text, scene).answer) for text, scene in zip(texts, scenes, strict=True)]
        inside = [[name for name, needed in lacking.items() if needed <= has] for has in features]
        chosen = [place for place, found in enumerate(inside) if found]
        with tempfile.TemporaryDirectory() as folder:
            images = pictures_of([scenes[place] for place in chosen], Path(folder))
            questions = [texts[place] for place in chosen]
            verdicts = judge_all(OracleVerifier("unscored"), images, questions, candidate.answer(images, questions))
        for place, verdict in zip(chosen, verdicts, strict=True):
            if verdict.outcome in VALID:
                asked.update(inside[place])
                failures.update(inside[place] if verdict.outcome == "failure" else [])
    return {name: (asked[name], failures[name]) for name in sorted(modes)}


def main() -> None:
    """Writes bench/data/rates/<candidate>.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_rates", description=__doc__)
    parser.add_argument("candidate", help="name in bench/candidates.yaml")
    name = parser.parse_args().candidate
    found = [
        read_json(path)["modes"] for path in sorted((DATA / name).glob("*/*.json")) if path.parent.name != "truth"
    ]
    names = {mode["name"] for modes in found for mode in modes}
    RATES.mkdir(parents=True, exist_ok=True)
    params = load("search_rates", Params)
    write_json(RATES / f"{name}.json", measure_rates(names, open_entry(find_candidate(name)), params))


if __name__ == "__main__":
    run(main, takes_arguments=True)
