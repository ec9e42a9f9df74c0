"""The accuracy of the rules on labelled questions."""

from blindspot.taxonomy.reading.ability_kinds import KINDS
from tests.taxonomy.reading.general import (
    DEVELOPMENT,
    GENERAL,
    PARTS,
    REAL,
    compare,
    kinds,
    labels,
    no_things,
    rows,
    score,
)


def test_every_label_is_a_kind() -> None:
    for file, number in ((GENERAL, 200), (DEVELOPMENT, 540), (REAL, 300)):
        found = rows(file)
        assert len({row["question"] for row in found}) > number * 0.98 and len(found) == number
        assert all(labels(row["kinds"]) <= {*KINDS} and labels(row["kinds"]) for row in found)


def test_the_rules_read_general_questions_accurately() -> None:
    assert score(GENERAL).f1() >= 0.88
    assert score(GENERAL, "second_pass").f1() >= 0.88
    assert score(DEVELOPMENT).f1() >= 0.92


def test_the_rules_read_every_kind() -> None:
    found = score(GENERAL)
    assert all(found.f1(kind) >= 0.6 for kind in KINDS)


def test_the_rules_read_real_questions() -> None:
    assert len(rows(REAL, "untouched")) == 100
    for part in PARTS:
        found = rows(REAL, part)
        assert score(REAL, part=part).f1() >= 0.8
        assert sum(not kinds(row["question"], row["reference"]) for row in found) <= 0.03 * len(found)
        assert sum(bool(no_things(row)) for row in found) <= 0.03 * len(found)


def test_the_two_passes_of_real_questions_agree() -> None:
    first, second = ([labels(row[column]) for row in rows(REAL)] for column in ("kinds", "second_pass"))
    assert 0.95 < compare(second, first).f1() < 1
