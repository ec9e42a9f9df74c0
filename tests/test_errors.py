"""The error line of a command on stderr, and its answer to --help."""

import errno
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError, naming, run


@pytest.fixture(autouse=True)
def no_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["command"])


def line_of(main: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as caught:
        run(main)
    assert caught.value.code == 1
    text = capsys.readouterr().err
    assert text.count("\n") == 1 and text.endswith("\n") and "Traceback" not in text
    return text.strip()


def test_a_user_error_is_one_line_with_problem_and_fix(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        raise BlindspotError("image a.png\nis corrupt", "replace\n it")

    assert line_of(main, capsys) == "error: image a.png is corrupt: replace it"


def test_an_unexpected_error_is_one_line_and_says_how_to_see_more(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        raise KeyError("a\nb" + "x" * 1000)

    said = line_of(main, capsys)
    assert said.startswith("error: KeyError: ") and "BLINDSPOT_TRACEBACK=1" in said and len(said) < 400


def test_the_traceback_is_printed_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def main() -> None:
        raise BlindspotError("a", "b")

    monkeypatch.setenv("BLINDSPOT_TRACEBACK", "1")
    with pytest.raises(SystemExit):
        run(main)
    assert "Traceback" in capsys.readouterr().err


def test_success_prints_nothing_and_does_not_exit(capsys: pytest.CaptureFixture[str]) -> None:
    run(lambda: None)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("-h", 0), ("--steps=1", 2), ("x", 2)])
def test_a_command_without_arguments_does_not_start_with_one(
    argument: str, code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["command", argument])
    with pytest.raises(SystemExit) as caught:
        run(lambda: pytest.fail("the command started"))
    assert caught.value.code == code
    shown = capsys.readouterr()
    assert (__doc__ or "?") in shown.out if code == 0 else f"unrecognized arguments: {argument}" in shown.err


def test_a_command_with_arguments_parses_them_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["command", "--steps=1"])
    seen: list[str] = []
    run(lambda: seen.extend(sys.argv[1:]), takes_arguments=True)
    assert seen == ["--steps=1"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "data/a.png"),
        OSError(errno.EDQUOT, "Disk quota exceeded", "data/a.png"),
        RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)"),
        sqlite3.OperationalError("database or disk is full"),
    ],
)
def test_a_full_disk_is_named_whichever_library_reports_it(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> None:
        raise error

    name = getattr(error, "filename", None) or "output"
    assert line_of(main, capsys) == f"error: the disk is full while writing {name}: free some space, then run again"


def test_a_full_disk_is_named_when_another_error_follows_it(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        try:
            Path("/dev/full").write_text("x")
        finally:
            raise KeyError("could not close the run")

    assert "the disk is full" in line_of(main, capsys)


def test_a_user_error_that_hides_its_cause_keeps_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    def main() -> None:
        try:
            Path("/dev/full").write_text("x")
        except OSError:
            raise BlindspotError("this", "that") from None

    assert line_of(main, capsys) == "error: this: that"


def test_control_c_prints_no_error_line() -> None:
    def main() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(main)


def test_the_name_of_a_parameter_precedes_an_error_that_lacks_it() -> None:
    for problem, said in (("x is empty", "a.b: x is empty: fix it"), ("a.b: x", "a.b: x: fix it")):
        with pytest.raises(BlindspotError) as raised, naming("a.b"):
            raise BlindspotError(problem, "fix it")
        assert str(raised.value) == said


def test_a_path_that_cannot_be_used_is_named() -> None:
    said = r"^a\.b: x{100}… cannot be used \(File name too long\): name another"
    with pytest.raises(BlindspotError, match=said), naming("a.b"):
        Path("x" * 5000).read_text("utf-8")
    with pytest.raises(FileNotFoundError), naming("a.b"):
        Path("nowhere").read_text("utf-8")
