"""search_candidates: writes bench/candidates.yaml anew: with gaps of a YAML file's, or drawn at random.

No stage of dvc.yaml: it says what the bench of searches is to depend on.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import yaml

from bench.plan import CANDIDATES, Candidates, Listed, parsed
from bench.scoring.random_gaps import random_gaps
from blindspot.errors import BlindspotError, run

DRAWN = 3  # candidates of a random:SEED, by this seed and those that follow
RANDOM = re.compile(r"random:(\d+)")
NAME = re.compile(r"[\w-]+")  # it stands in a command, a path and a parameter's name
FORM = "docs/bench.md shows its form"


def main() -> None:
    """Writes bench/candidates.yaml."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_candidates", description=__doc__)
    parser.add_argument("gaps", help="a YAML file, or random:SEED")
    found = candidates_of(parser.parse_args().gaps)
    values = found.model_dump(exclude_defaults=True) | {"ablated": found.ablated}
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=119)
    CANDIDATES.write_text(f"# Written by `make bench-search GAPS=…`; `git restore` brings back what was here.\n{text}")


def candidates_of(asked: str) -> Candidates:
    """Whom `random:SEED` or a YAML file names. Raises BlindspotError where it names nobody, or a gap is wrong."""
    drawn = RANDOM.fullmatch(asked)
    if drawn:
        seeds = range(int(drawn[1]), int(drawn[1]) + DRAWN)
        found: Any = {f"random_{seed}": {"gaps": random_gaps(seed)} for seed in seeds}
    else:
        found = _read(Path(asked))
    if not isinstance(found, dict) or not found:
        raise BlindspotError(f"{asked} names no candidate", FORM)
    if wrong := [name for name in map(str, found) if not NAME.fullmatch(name)]:
        raise BlindspotError(f"a candidate cannot be called {wrong[0]!r}", "letters, digits, - and _ make a name")
    return parsed({"names": [str(name) for name in found], "ablated": [], "candidates": found}, Candidates, asked)


def _read(path: Path) -> Any:
    """The file's candidates by name; one that has gaps of its own is one candidate, called as the file is."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BlindspotError(f"{path} cannot be read ({error})", f"name a YAML file, or random:SEED; {FORM}") from None
    if isinstance(found, dict) and "gaps" in found:
        return {path.stem: {name: found[name] for name in found if name in Listed.model_fields}}
    return found


if __name__ == "__main__":
    run(main)
