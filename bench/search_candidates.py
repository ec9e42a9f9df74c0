"""Overwrites bench/candidates.yaml with the planted candidates of a YAML file.

`make bench-search GAPS=…` runs this before the bench. It is not a stage of bench/dvc.yaml, because the stages there
depend on bench/candidates.yaml.
"""

import argparse
import re
from pathlib import Path
from typing import Any

import yaml

from bench.plan import CANDIDATES, CandidateEntry, Candidates, validate
from blindspot.errors import BlindspotError, run
from blindspot.yaml_files import read_yaml

NAME = re.compile(r"[\w-]+")  # valid in a command, a path and the name of a parameter
FORM = "docs/bench.md describes the file"


def main() -> None:
    """Writes bench/candidates.yaml."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_candidates", description=__doc__)
    parser.add_argument("gaps", help="YAML file")
    found = candidates_of(parser.parse_args().gaps)
    values = found.model_dump(exclude_defaults=True) | {"ablated": found.ablated}
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=119)
    CANDIDATES.write_text(
        f"# Written by `make bench-search GAPS=…`. `git restore` restores the previous file.\n{text}"
    )


def candidates_of(source: str) -> Candidates:
    """Returns the candidates of a YAML file.

    Raises BlindspotError if the file names no candidate or a gap is invalid.
    """
    found = _read(Path(source))
    if not isinstance(found, dict) or not found:
        raise BlindspotError(f"{source} names no candidate", FORM)
    if wrong := [name for name in map(str, found) if not NAME.fullmatch(name)]:
        raise BlindspotError(f"{wrong[0]!r} is not a valid name of a candidate", "use letters, digits, - and _")
    return validate({"names": [str(name) for name in found], "ablated": [], "candidates": found}, Candidates, source)


def _read(path: Path) -> Any:
    """Returns the candidates of a file by name. A file with `gaps` at its top level is one candidate."""
    found = read_yaml(path, str(path), f"name a YAML file; {FORM}")
    if isinstance(found, dict) and "gaps" in found:
        return {path.stem: {name: found[name] for name in found if name in CandidateEntry.model_fields}}
    return found


if __name__ == "__main__":
    run(main, takes_arguments=True)
