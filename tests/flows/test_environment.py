import json
import stat
import subprocess
import sys
from pathlib import Path

from blindspot.telemetry import QUIET
from tests.flows.toy import environment

TOLD = "import os; from flows.environment import apply; apply(); import json; print(json.dumps(dict(os.environ)))"


def test_no_tool_phones_home_and_all_lies_in_the_work_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told | QUIET == told
    assert told["PREFECT_HOME"] == str(tmp_path / ".work" / "prefect")
    assert Path(told["PREFECT_HOME"]).is_dir()
    assert told["BLINDSPOT_WORK"] == str(tmp_path / ".work")


def test_only_the_owner_can_read_the_work_folder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", TOLD], cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, check=True
    )
    assert stat.S_IMODE((tmp_path / ".work").stat().st_mode) == 0o700
