"""What a terminal and a log get of the output of dvc."""

import io
import os
from typing import BinaryIO

import pytest

from flows.dvc_output import relay

ADVICE = b"""
To track the changes with git, run:

	git add dvc.lock data/.gitignore

To enable auto staging, run:

	dvc config core.autostage true
Use `dvc push` to send your updates to remote storage.
"""


class Pieces(io.RawIOBase, BinaryIO):
    """A stream that returns one piece for each read."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = [*pieces]

    def read1(self, _: int) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


def test_the_log_has_the_final_state_of_progress_bars(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    output = b"start\n  0%|   |\r 50%|#  |\r100%|###|\nend \xe2\x80"
    assert list(relay(Pieces(output))) == ["start", "100%|###|", "end \ufffd"]
    assert capfdbinary.readouterr().out == output


def test_an_unfinished_line_is_copied_at_once(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as stream:
        lines = relay(stream)
        os.write(writer, b"first\n 50%|#")
        assert next(lines) == "first"
        os.close(writer)
        assert [*lines] == [" 50%|#"]
    assert capfdbinary.readouterr().out == b"first\n 50%|#"


def test_that_a_stage_failed_is_for_the_log_only(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    failed = "ERROR: failed to reproduce 'train': failed to run: python -m stages.train, exited with 1"
    assert [*relay(Pieces(f"error: no\n{failed}\n".encode()))] == ["error: no", failed]
    assert capfdbinary.readouterr().out == b"error: no\n"


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_the_advice_of_dvc_is_left_out(size: int, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    output = b"Running stage 'train':\n" + ADVICE + b"Use `dvc pull`\nTo track"
    pieces = [output[start : start + size] for start in range(0, len(output), size)]
    assert [*relay(Pieces(*pieces))] == ["Running stage 'train':", "Use `dvc pull`", "To track"]
    assert capfdbinary.readouterr().out == b"Running stage 'train':\n\nUse `dvc pull`\nTo track"
