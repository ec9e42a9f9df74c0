"""Running DVC without an activated environment."""

import os
import subprocess
import sys
from pathlib import Path

from tests.flows.toy import make_toy


def test_dvc_starts_stages_with_the_python_of_its_own_environment(tmp_path: Path) -> None:
    toy = make_toy(tmp_path / "toy")
    command = [str(Path(sys.prefix) / "bin" / "dvc"), "exp", "run", "-S", "train.steps=7"]
    done = subprocess.run(
        command, cwd=toy, env=os.environ | {"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"asked": 7' in (toy / "metrics" / "verify.json").read_text("utf-8")
