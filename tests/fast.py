"""The tests that `make fast` runs: all but those of tests/not_fast.txt and some folders, slow ones and browser tests.

`--write-not-fast` writes the list anew: the test functions of which a case takes longer than LIMIT, and the modules
with a fixture that does, or with no other tests. A new test is fast until the list is written again.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests/not_fast.txt"
LIMIT = 0.05  # s
LEFT_OUT = ("tests/slow", "tests/models", "tests/training")  # folders; the imports of the last two take seconds
FAST, WRITE = "--fast", "--write-not-fast"


class Fast:
    """Leaves out the tests of the list and the folders LEFT_OUT. Their modules are not even imported."""

    def __init__(self) -> None:
        self._listed = {*LIST.read_text("utf-8").split()}

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Called by pytest before it imports a module or enters a folder."""
        name = collection_path.relative_to(ROOT).as_posix() if collection_path.is_relative_to(ROOT) else ""
        return True if name in self._listed or name in LEFT_OUT else None

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Called by pytest with the tests that it has collected."""
        left_out = [item for item in items if function(item.nodeid) in self._listed]
        config.hook.pytest_deselected(items=left_out)
        dropped = {*left_out}
        items[:] = [item for item in items if item not in dropped]


class Writer:
    """Writes the list from the times of the tests of a session."""

    def __init__(self) -> None:
        self._listed, self._run = set[str](), set[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest after the setup, the call and the teardown of each test."""
        one = function(report.nodeid)
        if report.duration > LIMIT:
            self._listed.add(module(one) if report.when == "setup" else one)
        self._run.add(one)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Called by pytest at the end."""
        named = {name for name in self._listed if "::" not in name}
        whole = named | {module(name) for name in self._listed} - {module(name) for name in self._run - self._listed}
        names = sorted(whole | {name for name in self._listed if module(name) not in whole})
        if exitstatus == pytest.ExitCode.OK:
            LIST.write_text("\n".join(names) + "\n", "utf-8")


def function(nodeid: str) -> str:
    """Returns the id of a test without its parameters."""
    return nodeid.split("[", 1)[0]


def module(nodeid: str) -> str:
    """Returns the file of a test."""
    return nodeid.split("::", 1)[0]
