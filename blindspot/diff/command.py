"""The commands `blindspot diff` and `blindspot gate`."""

from pathlib import Path

from blindspot.diff.compare import CHANGES
from blindspot.diff.diff import diff
from blindspot.diff.gate import Options, Result, gate
from blindspot.diff.show import FORMATS, verdict
from blindspot.diff.side import read_side
from blindspot.diff.webhook import notify
from blindspot.errors import BlindspotError


def compare_sides(
    old: str, new: str, asking: bool, form: str, out: Path | None, failing: str, level: float
) -> tuple[list[str], bool]:
    """Compares two sides, and writes the comparison into the file `out`.

    Returns the lines to print, and whether a row has one of the changes that `failing` lists, separated by commas.
    Raises BlindspotError on an unknown change, on sides that cannot be read, if `out` cannot be written, and if
    `failing` names changes although nothing can be compared on common questions.
    """
    changes, show = changes_in(failing), FORMATS[form]
    _prepare(out)
    found = diff(read_side(old), read_side(new), asking, level, lambda line: print(line, flush=True))
    lines = [show(found, changes)]
    if out is not None:
        _write(lines[0], out)
        lines = [f"{verdict(found, changes)}: {out}"]
    if changes and not found.is_compared:
        print("\n".join(lines), flush=True)
        why, fix = found.obstacle
        raise BlindspotError(f"{new} cannot be compared with {old}: {why}", fix)
    return lines, bool(found.matching(changes))


def run_gate(new: str, options: Options, form: str, out: Path | None) -> tuple[list[str], bool]:
    """Runs the gate, and writes the comparison into the file `out`. Notifies the webhook of a failure.

    Returns the lines to print, and whether NEW passed. Raises BlindspotError as `gate` does, and if `out` cannot be
    written.
    """
    try:
        _prepare(out)
        result = gate(new, options, lambda line: print(line, flush=True))
    except BlindspotError as error:
        notify(f"gate {options.name}, {new}: error: {error}")
        raise
    try:
        return _shown(result, options, form, out), result.passed
    finally:  # after the file is written: a webhook may not answer for a while
        if not result.passed:
            notify(f"gate {options.name}, {new}: {result.sentence}")


def _shown(result: Result, options: Options, form: str, out: Path | None) -> list[str]:
    """Returns the lines to print, and writes the comparison into the file `out`."""
    if result.diff is None:
        return [result.sentence]
    shown = FORMATS[form](result.diff, options.failing)
    if out is None:
        return [shown]
    _write(shown, out)
    return [f"{result.sentence}: {out}"]


def _prepare(out: Path | None) -> None:
    """Makes the folder of a file, before models are asked. Raises BlindspotError if the file cannot be written."""
    if out is None:
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from None
    if out.is_dir():
        raise BlindspotError(f"--out {out} is a folder", "name a file")


def _write(text: str, out: Path) -> None:
    try:
        out.write_text(f"{text}\n", encoding="utf-8", errors="replace")
    except OSError as error:
        raise _unwritable(out, error) from None


def _unwritable(out: Path, error: OSError) -> BlindspotError:
    return BlindspotError(f"--out {out} cannot be written ({error.strerror})", "name another file")


def changes_in(failing: str) -> list[str]:
    """Returns the changes in a list that commas separate. Raises BlindspotError on an unknown one."""
    changes = [one.strip() for one in failing.split(",") if one.strip()]
    if unknown := [one for one in changes if one not in CHANGES]:
        raise BlindspotError(f"--fail-on {unknown[0]} is no change", f"name some of {', '.join(CHANGES)}")
    return changes
