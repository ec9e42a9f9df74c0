"""How well the rules tell what a question needs: `python -m tests.taxonomy.reading.general`.

general.csv has 200 questions that no rule was written for, labelled in two passes; development.csv those on which the
rules were written. Labels: docs/primitives.md.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from blindspot.taxonomy.reading.ability_kinds import KINDS, kinds_of
from blindspot.taxonomy.reading.primitives import extract

HERE = Path(__file__).parent
GENERAL, DEVELOPMENT = HERE / "general.csv", HERE / "development.csv"


@dataclass(frozen=True)
class Score:
    """By kind: how often it was told rightly, told where it is not needed, and missed."""

    right: Counter[str]
    extra: Counter[str]
    missed: Counter[str]

    def f1(self, *kinds: str) -> float:
        """Micro-averaged over `kinds`, over all of them where none is named."""
        right, extra, missed = (
            sum(counts[kind] for kind in kinds or KINDS) for counts in (self.right, self.extra, self.missed)
        )
        return 2 * right / max(2 * right + extra + missed, 1)


def score(file: Path, column: str = "kinds") -> Score:
    """The rules against the labels in one column of a file."""
    told, labelled = [], []
    for row in rows(file):
        told.append(kinds(row["question"], row["reference"]))
        labelled.append(labels(row[column]))
    return compare(told, labelled)


def compare(told: list[frozenset[str]], labelled: list[frozenset[str]]) -> Score:
    """One list of kinds for each question against another."""
    counts = Score(Counter(), Counter(), Counter())
    for one, other in zip(told, labelled, strict=True):
        counts.right.update(one & other)
        counts.extra.update(one - other)
        counts.missed.update(other - one)
    return counts


def rows(file: Path) -> list[dict[str, str]]:
    """The questions of a file, with their labels."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def kinds(question: str, reference: str) -> frozenset[str]:
    """What the rules say that a question needs."""
    return frozenset(kind for primitive in extract(question, reference) for kind in kinds_of(primitive.ability))


def labels(text: str) -> frozenset[str]:
    """The kinds that a label names."""
    return frozenset(filter(None, text.split("; ")))


def main() -> None:
    """Prints the figures."""
    passes = [[labels(row[column]) for row in rows(GENERAL)] for column in ("kinds", "second_pass")]
    found = score(GENERAL)
    print(f"{'kind':<20}{'F1':>6}{'needed by':>12}")
    for kind in sorted(KINDS, key=found.f1):
        print(f"{kind:<20}{found.f1(kind):>6.2f}{found.right[kind] + found.missed[kind]:>12}")
    print(f"micro-F1 {found.f1():.3f}, held against the second pass {score(GENERAL, 'second_pass').f1():.3f}")
    print(f"on the questions that the rules were written on {score(DEVELOPMENT).f1():.3f}")
    print(f"the second pass against the first {compare(passes[1], passes[0]).f1():.3f}")


if __name__ == "__main__":
    main()
