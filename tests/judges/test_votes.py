"""Tests votes and the second judge."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.judges.confirmed import ConfirmedVerifier
from blindspot.judges.votes import Votes
from blindspot.records.image import Image
from blindspot.records.verdict import Outcome, Verdict

OUTCOMES: dict[str, Outcome] = {"f": "failure", "c": "correct", "i": "invalid", "e": "unscored"}


class Fixed:
    """A judge that gives rollout number i the outcome of the i-th letter in `outcomes`."""

    def __init__(self, identity: str, outcomes: str) -> None:
        self.identity, self.outcomes = identity, outcomes
        self.asked: list[str] = []

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        self.asked += questions
        return [Verdict(OUTCOMES[self.outcomes[int(q)]], self.identity, f"why {self.identity}", q) for q in questions]


def judge(verifier: Votes | ConfirmedVerifier, count: int) -> list[Verdict]:
    images = [Image(str(number), Path("none.png"), "test") for number in range(count)]
    return verifier.judge(images, [str(number) for number in range(count)], ["x"] * count)


@pytest.mark.parametrize(
    ("votes", "outcome", "reason"),
    [
        ("fff", "failure", "why a"),
        ("fcf", "failure", "why a"),
        ("cff", "failure", "why b"),
        ("cfc", "correct", "why a"),
        ("fii", "invalid", "why b"),
        ("fee", "unscored", "why b"),
        ("efe", "unscored", "why a"),
        ("fce", "unscored", "no majority"),
        ("fci", "unscored", "no majority"),
        ("ffcci", "unscored", "no majority"),
        ("cfffi", "failure", "why b"),
    ],
)
def test_the_majority_of_votes_decides(votes: str, outcome: str, reason: str) -> None:
    voters = [Fixed(name, vote) for name, vote in zip("abcde", votes, strict=False)]
    [verdict] = judge(Votes(voters), 1)
    assert (verdict.outcome, verdict.reason, verdict.verifier) == (outcome, reason, f"a × {len(votes)}")


def test_votes_are_counted_for_each_rollout() -> None:
    found = judge(Votes([Fixed("a", "fcie"), Fixed("b", "fcce"), Fixed("c", "ccie")]), 4)
    assert [verdict.outcome for verdict in found] == ["failure", "correct", "invalid", "unscored"]
    assert [verdict.reference for verdict in found] == ["0", "1", "2", "3"]


def test_a_failure_counts_only_if_both_judges_agree() -> None:
    first, second = Fixed("a", "ffffcie"), Fixed("b", "fcie___")
    found = judge(ConfirmedVerifier(first, second), 7)
    assert "".join(verdict.outcome[0] for verdict in found) == "fciuciu"
    assert second.asked == ["0", "1", "2", "3"]  # the failures of the first judge only
    assert [verdict.verifier for verdict in found] == ["a & b"] * 4 + ["a"] * 3
    assert [verdict.reason for verdict in found] == ["why a"] + ["why b"] * 3 + ["why a"] * 3
