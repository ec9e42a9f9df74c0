import socket
import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.quiet import QUIET
from flows.environment import ADDRESS, API, settings
from tests.flows.toy import environment

TOLD = "import os; from flows.environment import apply; apply(); import json; print(json.dumps(dict(os.environ)))"


def test_no_tool_phones_home_and_all_lies_in_the_work_folder(tmp_path: Path) -> None:
    import json

    done = subprocess.run(
        [sys.executable, "-c", TOLD], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told | QUIET == told
    assert told["PREFECT_HOME"] == str(tmp_path / ".work" / "prefect")
    assert Path(told["PREFECT_HOME"]).is_dir()
    assert told["BLINDSPOT_WORK"] == str(tmp_path / ".work")


@pytest.fixture
def address(tmp_path: Path) -> Path:
    path = tmp_path / ADDRESS
    path.parent.mkdir(parents=True)
    return path


def test_open_server_is_used(tmp_path: Path, address: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/api"
        address.write_text(url, "utf-8")
        assert settings(tmp_path)[API] == url


def test_address_of_a_killed_server_is_not_used(tmp_path: Path, address: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    address.write_text(f"http://127.0.0.1:{port}/api", "utf-8")
    assert API not in settings(tmp_path)


def test_no_address_is_no_server(tmp_path: Path) -> None:
    assert API not in settings(tmp_path)
