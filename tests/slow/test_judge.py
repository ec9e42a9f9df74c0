"""The agreement of the embedded judges in models/ with the oracle."""

from pathlib import Path

import pytest

from lab.bootstrap_judge import MODELS, SAMPLES, agreement
from tests.project import REPOSITORY

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("questions", SAMPLES)
@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.name)
def test_an_embedded_judge_agrees_with_the_oracle(
    model: Path, questions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seed fixed; no rate is known, because a trained model judges."""
    monkeypatch.chdir(REPOSITORY)
    found = agreement(model, seed=311, draw=SAMPLES[questions], count=600)
    assert found["oracle"]["kappa"]["low"] >= 0.8
    assert found["unscored"] <= 3
