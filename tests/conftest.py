"""Disables telemetry in tests, lets Ctrl-C interrupt them, and lets assertions outside of test files show values."""

import signal

import pytest
from hypothesis import settings

from blindspot.telemetry import disable_telemetry
from tests.fast import FAST, WRITE, Fast, Writer

disable_telemetry()
pytest.register_assert_rewrite("tests.flows", "tests.project", "tests.recording", "tests.slow", "tests.training")
# Property tests draw the same examples in every run, so a failure comes from a change. `make coverage` draws others.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("random", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile("same")
# A background job of a shell ignores Ctrl-C, and so would the processes that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option of `make fast`, and the one that writes its list."""
    parser.addoption(FAST, action="store_true", help="run the tests that tests/not_fast.txt does not list")
    parser.addoption(WRITE, action="store_true", help="write tests/not_fast.txt from the times of this session")


def pytest_configure(config: pytest.Config) -> None:
    """Registers what the options ask for; the list is written by the process that gathers all reports."""
    if config.getoption(FAST):
        config.pluginmanager.register(Fast())
    if config.getoption(WRITE) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Writer())
