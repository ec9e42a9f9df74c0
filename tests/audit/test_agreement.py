"""Tests the agreement of judge and auditor against scikit-learn and by simulation."""

from itertools import chain, repeat

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, precision_recall_fscore_support

from blindspot.audit.agreement import SAID, agree, confusion
from blindspot.records.verdict import OUTCOMES, Outcome

NOISY = np.array([[41, 7, 2, 3], [5, 60, 1, 2], [1, 3, 9, 1], [2, 1, 1, 4]])


def outcomes_of(table: np.ndarray) -> tuple[list[Outcome], list[Outcome]]:
    """Returns the outcomes by judge and by auditor that the table counts."""
    pairs = [*chain.from_iterable(repeat((j, a), int(table[j, a])) for j in range(4) for a in range(4))]
    return [OUTCOMES[j] for j, _ in pairs], [OUTCOMES[a] for _, a in pairs]


def test_the_confusion_table_has_the_judge_by_row() -> None:
    assert (confusion(*outcomes_of(NOISY)) == NOISY).all()
    assert confusion([], []).sum() == 0


def test_figures_equal_scikit_learn_without_unscored_rollouts() -> None:
    judged, audited = outcomes_of(NOISY)
    both = [(j, a) for j, a in zip(judged, audited, strict=True) if "unscored" not in (j, a)]
    said, true = [j for j, _ in both], [a for _, a in both]
    found = agree(NOISY)
    assert found.rows == len(both) and found.kappa
    assert found.kappa.value == pytest.approx(cohen_kappa_score(said, true))
    expected = precision_recall_fscore_support(true, said, labels=SAID)
    for outcome, detection in (("failure", found.failure), ("invalid", found.invalid)):
        at = SAID.index(outcome)
        measures = (detection.precision, detection.recall, detection.f1)
        assert [one and one.value for one in measures] == pytest.approx([float(row[at]) for row in expected[:3]])
        assert all(one and one.low < one.value < one.high for one in measures)


def test_kappa_on_valid_questions_equals_scikit_learn_and_leaves_out_invalid_ones() -> None:
    pairs = [pair for pair in zip(*outcomes_of(NOISY), strict=True) if {*pair} <= {"failure", "correct"}]
    found = agree(NOISY)
    assert found.valid_kappa and found.kappa and found.valid_rows == len(pairs) == 113
    assert found.valid_kappa.value == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))
    lenient = agree(np.array([[20, 20, 0, 0], [20, 20, 0, 0], [0, 0, 60, 0], [0] * 4]))
    assert lenient.kappa and lenient.kappa.low > 0.2, "the agreement is about what is valid"
    assert lenient.valid_kappa and lenient.valid_kappa.value == 0 and lenient.valid_kappa.low < 0


def test_intervals_of_kappa_and_f1_contain_the_truth_in_about_95_percent_of_audits() -> None:
    """Fails for intervals of 95 % with probability below 1e-3 (two measures, binomial of 1,000 audits)."""
    shares = NOISY[:3, :3] / NOISY[:3, :3].sum()
    truth = agree(np.pad(np.round(shares * 1e6).astype(int), (0, 1)))
    held = np.zeros(2)
    rng = np.random.default_rng(0)
    for _ in range(1000):
        found = agree(np.pad(rng.multinomial(150, shares.ravel()).reshape(3, 3), (0, 1)))
        pairs = ((found.kappa, truth.kappa), (found.failure.f1, truth.failure.f1))
        held += [bool(one and true and one.low <= true.value <= one.high) for one, true in pairs]
    assert ((held / 1000 >= 0.925) & (held / 1000 <= 0.975)).all()


def test_full_agreement_does_not_prove_an_exact_judge() -> None:
    kappa = agree(np.diag([50, 40, 10, 0])).kappa
    assert kappa and kappa.value == kappa.high == 1 and 0.9 < kappa.low < 1


def test_figures_without_data_are_none() -> None:
    nothing, one_kind = agree(np.zeros((4, 4), int)), agree(np.diag([0, 50, 0, 0]))
    assert nothing.rows == 0 and nothing.kappa is None and nothing.failure.f1 is None
    assert nothing.valid_rows == 0 and nothing.valid_kappa is None and one_kind.valid_kappa is None
    assert one_kind.rows == 50 and one_kind.kappa is None and one_kind.invalid.recall is None


def test_opposite_outcomes_have_a_negative_kappa() -> None:
    kappa = agree(np.array([[0, 40, 0, 0], [40, 0, 0, 0], [0] * 4, [0] * 4])).kappa
    assert kappa and kappa.value == -1 and kappa.high < 0
