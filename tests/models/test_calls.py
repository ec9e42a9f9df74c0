"""The cache of replies."""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from blindspot.models.calls import Calls


def test_a_stored_reply_is_read_back_and_never_replaced(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.db")
    assert calls.get("a") is None
    calls.put("a", "one", "m")
    calls.put("a", "two", "m")
    assert calls.get("a") == Calls(tmp_path / "calls.db").get("a") == "one"


def test_several_processes_can_create_the_table_at_once(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from blindspot.models.calls import Calls\n"
    script += "for n in range(15): Calls(Path(sys.argv[1]) / f'{n}.db').put(sys.argv[2], 'x', 'm')"
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(one)]) for one in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert all(Calls(tmp_path / "3.db").get(str(one)) == "x" for one in range(4))


def test_a_deleted_reply_can_be_stored_again(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.db")
    calls.put("a", "one", "m")
    calls.drop("a")
    assert calls.get("a") is None
    calls.put("a", "two", "m")
    assert calls.get("a") == "two"


def test_the_replies_of_one_model_can_be_deleted(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.db")
    for request, model in [("a", "m"), ("b", "m"), ("c", "n")]:
        calls.put(request, "x", model)
    assert (calls.count("m"), calls.count("n"), calls.count(None)) == (2, 1, 0)
    assert calls.drop_model("m") == 2
    assert [calls.get(request) for request in "abc"] == [None, None, "x"]
    assert calls.drop_model("m") == calls.drop_model(None) == 0


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A table of an earlier version."""
    path = tmp_path / "calls.db"
    table = sqlite3.connect(path)
    table.execute("CREATE TABLE calls (request TEXT PRIMARY KEY, reply TEXT NOT NULL)")
    table.execute("INSERT INTO calls VALUES ('a', 'one')")
    table.commit()
    table.close()
    path.chmod(0o644)
    return path


def test_a_table_of_an_earlier_version_is_upgraded(earlier: Path) -> None:
    for calls in (Calls(earlier), Calls(earlier)):
        assert calls.get("a") == "one" and calls.count(None) == 1
    calls.put("b", "two", "m")
    assert calls.drop_model(None) == 1
    assert (calls.get("a"), calls.get("b")) == (None, "two")


def test_several_processes_can_upgrade_a_table_at_once(earlier: Path) -> None:
    script = "import sys; from pathlib import Path; from blindspot.models.calls import Calls\n"
    script += "Calls(Path(sys.argv[1])).put(sys.argv[2], 'x', 'm')"
    running = [subprocess.Popen([sys.executable, "-c", script, str(earlier), str(one)]) for one in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert Calls(earlier).count("m") == 4 and Calls(earlier).get("a") == "one"


@pytest.mark.parametrize("upgraded", [False, True])
def test_only_the_owner_can_read_stored_replies(
    tmp_path: Path, request: pytest.FixtureRequest, upgraded: bool
) -> None:
    path: Path = request.getfixturevalue("earlier") if upgraded else tmp_path / "calls.db"
    Calls(path).put("b", "two", "m")
    files = [file for file in tmp_path.iterdir() if file.name.startswith("calls.db")]
    assert len(files) > 1  # SQLite keeps further files next to the database
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
