"""The commands `blindspot diff` and `blindspot gate`."""

from pathlib import Path

from blindspot.diff.compare import CHANGES
from blindspot.diff.diff import diff
from blindspot.diff.gate import Options, gate
from blindspot.diff.show import FORMATS, verdict
from blindspot.diff.side import read_side
from blindspot.diff.webhook import notify
from blindspot.errors import BlindspotError


def compare_sides(
    old: str, new: str, asking: bool, form: str, out: Path | None, failing: str, level: float
) -> tuple[list[str], bool]:
    """Compares two sides, and writes the comparison into the file `out`.

    Returns the lines to print, and whether a row has one of the changes that `failing` lists, separated by commas.
    Raises BlindspotError on an unknown change, on sides that cannot be read, and if `failing` names changes although
    nothing can be compared on common questions.
    """
    changes, show = changes_in(failing), FORMATS[form]
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

    Returns the lines to print, and whether NEW passed. Raises BlindspotError as `gate` does.
    """
    try:
        result = gate(new, options, lambda line: print(line, flush=True))
    except BlindspotError as error:
        notify(f"gate {options.name}, {new}: error: {error}")
        raise
    if not result.passed:
        notify(f"gate {options.name}, {new}: {result.sentence}")
    lines = [result.sentence]
    if result.diff is not None:
        shown = FORMATS[form](result.diff, options.failing)
        if out is None:
            lines = [shown]
        else:
            _write(shown, out)
            lines = [f"{result.sentence}: {out}"]
    return lines, result.passed


def _write(text: str, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(f"{text}\n", encoding="utf-8", errors="replace")


def changes_in(failing: str) -> list[str]:
    """Returns the changes in a list that commas separate. Raises BlindspotError on an unknown one."""
    changes = [one.strip() for one in failing.split(",") if one.strip()]
    if unknown := [one for one in changes if one not in CHANGES]:
        raise BlindspotError(f"--fail-on {unknown[0]} is no change", f"name some of {', '.join(CHANGES)}")
    return changes
