import json
import stat
import subprocess
import sys
from pathlib import Path

from blindspot.telemetry import QUIET
from tests.flows.toy import environment

PRINT = "import os; from flows.environment import apply; apply(); import json; print(json.dumps(dict(os.environ)))"


def test_telemetry_is_off_and_all_files_are_in_the_work_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINT], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found | QUIET == found
    assert found["PREFECT_HOME"] == str(tmp_path / ".work" / "prefect")
    assert Path(found["PREFECT_HOME"]).is_dir()
    assert found["BLINDSPOT_WORK"] == str(tmp_path / ".work")


def test_only_the_owner_can_read_the_work_folder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", PRINT], cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, check=True
    )
    assert stat.S_IMODE((tmp_path / ".work").stat().st_mode) == 0o700
