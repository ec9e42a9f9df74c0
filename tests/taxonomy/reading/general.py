"""Measures how accurately the rules read the kinds of questions: `python -m tests.taxonomy.reading.general`.

docs/primitives.md defines the labels and says how the questions of each file were written and labelled.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from blindspot.taxonomy.reading.ability_kinds import KINDS, kinds_of
from blindspot.taxonomy.reading.language import singulars
from blindspot.taxonomy.reading.primitives import extract

HERE = Path(__file__).parent
GENERAL, DEVELOPMENT, REAL = (HERE / f"{name}.csv" for name in ("general", "development", "real"))
PARTS = ("development", "untouched")  # of real.csv; the rules were improved with the first


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


def score(file: Path, column: str = "kinds", part: str | None = None) -> Score:
    """Compares the rules with the labels in one column of a file, or of one part of it."""
    found = rows(file, part)
    return compare([kinds(row["question"], row["reference"]) for row in found], [labels(row[column]) for row in found])


def compare(read: list[frozenset[str]], labelled: list[frozenset[str]]) -> Score:
    """Compares two lists with the kinds of each question."""
    counts = Score(Counter(), Counter(), Counter())
    for one, other in zip(read, labelled, strict=True):
        counts.correct.update(one & other)
        counts.extra.update(one - other)
        counts.missed.update(other - one)
    return counts


def rows(file: Path, part: str | None = None) -> list[dict[str, str]]:
    """Returns the questions of a file, or of one part of it, with their labels."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if part in (None, row.get("part"))]


def no_things(row: dict[str, str]) -> list[str]:
    """Returns what the rules take for a thing in a question, although its label names no such thing."""
    read = [one.ability for one in extract(row["question"], None) if one.detail and not one.target]
    names = [ability.split()[-1] for ability in read if ability != "recognising several attributes"]
    return [name for name in names if {name, *singulars(name)}.isdisjoint(row["things"].split())]


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
    for part in PARTS:
        print_real(part)


def print_real(part: str) -> None:
    """Prints the figures of one part of real.csv."""
    found = rows(REAL, part)
    first, second = ([labels(row[column]) for row in found] for column in ("kinds", "second_pass"))
    none = sum(not kinds(row["question"], row["reference"]) for row in found)
    print(f"\nreal.csv, {part}: {len(found)} questions")
    print(f"micro-F1 {score(REAL, part=part).f1():.3f}, against the second pass ", end="")
    print(f"{score(REAL, 'second_pass', part).f1():.3f}, of the two passes {compare(second, first).f1():.3f}")
    print(f"without a kind: {none}; with a thing that is none: {sum(bool(no_things(row)) for row in found)}")


if __name__ == "__main__":
    main()
