"""Measures the time and memory of a taxonomy of many questions: `python -m tests.taxonomy.scale 10000 100000`.

Each number of questions runs in its own process. The questions are templates about scenes. The time includes all steps
from the table to the failure modes.
"""

import argparse
import resource
import subprocess
import sys
import time

from tests.taxonomy.rows import make_rows


def main() -> None:
    """Prints one line for each number of questions."""
    parser = argparse.ArgumentParser(prog="python -m tests.taxonomy.scale", description=__doc__)
    parser.add_argument("questions", type=int, nargs="+")
    numbers = parser.parse_args().questions
    if len(numbers) > 1:
        for number in numbers:
            subprocess.run([sys.executable, "-m", "tests.taxonomy.scale", str(number)], check=True)
        return
    from stages.taxonomy import Params, taxonomy

    rows = make_rows(numbers[0] // 3)
    start = time.monotonic()
    found = taxonomy(rows, Params.model_validate({}), seed=0)
    seconds = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{len(rows):,} questions, {len(found.questions):,} valid: {seconds:.0f} s, at most {peak:.1f} GiB; "
        f"{len(found.taxonomy.skills)} skills, {len(found.modes)} failure modes"
    )


if __name__ == "__main__":
    main()
