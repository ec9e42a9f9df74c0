"""Replies that are kept."""

import subprocess
import sys
from pathlib import Path

from blindspot.models.calls import Calls


def test_what_was_put_is_got_and_the_first_stays(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "calls.db")
    assert calls.get("a") is None
    calls.put("a", "one")
    calls.put("a", "two")
    assert calls.get("a") == Calls(tmp_path / "calls.db").get("a") == "one"


def test_several_processes_open_a_new_table_at_once(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from blindspot.models.calls import Calls\n"
    script += "for n in range(15): Calls(Path(sys.argv[1]) / f'{n}.db').put(sys.argv[2], 'x')"
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(one)]) for one in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert all(Calls(tmp_path / "3.db").get(str(one)) == "x" for one in range(4))
