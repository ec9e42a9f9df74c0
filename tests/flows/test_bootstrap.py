import sys
from pathlib import Path

import pytest

from tests.flows.toy import make_toy, run

pytestmark = pytest.mark.slow


def test_frozen_models_are_trained_again_and_frozen_afterwards(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    before = (toy / "dvc.yaml").read_bytes()
    done = run(toy, sys.executable, "-m", "flows.bootstrap")
    assert "making models/scenes-candidate" in done.stdout
    assert "making data/images" not in done.stdout
    assert (toy / "models" / "scenes-candidate").read_text("utf-8") != "weights"
    assert (toy / "dvc.yaml").read_bytes() == before


def test_dvc_yaml_is_restored_when_training_fails(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    before = (toy / "dvc.yaml").read_bytes()
    (toy / "stage.py").write_text("raise SystemExit(3)", "utf-8")
    done = run(toy, sys.executable, "-m", "flows.bootstrap", check=False)
    assert done.returncode == 1
    assert "stage bootstrap_candidate failed: see the output above; the previous weights are kept" in done.stderr
    assert (toy / "dvc.yaml").read_bytes() == before
