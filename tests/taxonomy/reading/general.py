"""Measures how accurately the rules read the kinds of questions: `python -m tests.taxonomy.reading.general`.

general.csv has 200 questions that no rule was written for, labelled in two passes. development.csv has the questions
that the rules were written for. docs/primitives.md defines the labels.
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
    """For each kind, the number of questions for which it was read correctly, read wrongly, and missed."""

    correct: Counter[str]
    extra: Counter[str]
    missed: Counter[str]

    def f1(self, *kinds: str) -> float:
        """Returns the micro-averaged F1 over `kinds`, or over all kinds if none is given."""
        correct, extra, missed = (
            sum(counts[kind] for kind in kinds or KINDS) for counts in (self.correct, self.extra, self.missed)
        )
        return 2 * correct / max(2 * correct + extra + missed, 1)


def score(file: Path, column: str = "kinds") -> Score:
    """Compares the rules with the labels in one column of a file."""
    read, labelled = [], []
    for row in rows(file):
        read.append(kinds(row["question"], row["reference"]))
        labelled.append(labels(row[column]))
    return compare(read, labelled)


def compare(read: list[frozenset[str]], labelled: list[frozenset[str]]) -> Score:
    """Compares two lists with the kinds of each question."""
    counts = Score(Counter(), Counter(), Counter())
    for one, other in zip(read, labelled, strict=True):
        counts.correct.update(one & other)
        counts.extra.update(one - other)
        counts.missed.update(other - one)
    return counts


def rows(file: Path) -> list[dict[str, str]]:
    """Returns the questions of a file with their labels."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def kinds(question: str, reference: str) -> frozenset[str]:
    """Returns the kinds of a question according to the rules."""
    return frozenset(kind for primitive in extract(question, reference) for kind in kinds_of(primitive.ability))


def labels(text: str) -> frozenset[str]:
    """Returns the kinds in a label."""
    return frozenset(filter(None, text.split("; ")))


def main() -> None:
    """Prints the figures."""
    passes = [[labels(row[column]) for row in rows(GENERAL)] for column in ("kinds", "second_pass")]
    found = score(GENERAL)
    print(f"{'kind':<20}{'F1':>6}{'needed by':>12}")
    for kind in sorted(KINDS, key=found.f1):
        print(f"{kind:<20}{found.f1(kind):>6.2f}{found.correct[kind] + found.missed[kind]:>12}")
    print(f"micro-F1 {found.f1():.3f}, against the second pass {score(GENERAL, 'second_pass').f1():.3f}")
    print(f"on the questions that the rules were written for {score(DEVELOPMENT).f1():.3f}")
    print(f"the second pass against the first {compare(passes[1], passes[0]).f1():.3f}")


if __name__ == "__main__":
    main()
