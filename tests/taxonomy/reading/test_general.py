"""The accuracy of the rules on labelled questions."""

from blindspot.taxonomy.reading.ability_kinds import KINDS
from tests.taxonomy.reading.general import DEVELOPMENT, GENERAL, labels, rows, score


def test_every_label_is_a_kind() -> None:
    for file, number in ((GENERAL, 200), (DEVELOPMENT, 540)):
        found = rows(file)
        assert len({row["question"] for row in found}) > number * 0.98 and len(found) == number
        assert all(labels(row["kinds"]) <= {*KINDS} and labels(row["kinds"]) for row in found)


def test_the_rules_read_general_questions_accurately() -> None:
    assert score(GENERAL).f1() >= 0.85
    assert score(GENERAL, "second_pass").f1() >= 0.85


def test_the_rules_read_every_kind() -> None:
    found = score(GENERAL)
    assert all(found.f1(kind) >= 0.6 for kind in KINDS)
