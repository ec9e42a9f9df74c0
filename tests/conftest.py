"""Disables telemetry in tests, lets Ctrl-C interrupt them, and lets assertions outside of test files show values."""

import signal

import pytest

from blindspot.telemetry import disable_telemetry

disable_telemetry()
pytest.register_assert_rewrite("tests.flows", "tests.project", "tests.recording", "tests.slow", "tests.training")
# A background job of a shell ignores Ctrl-C, and so would the processes that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
