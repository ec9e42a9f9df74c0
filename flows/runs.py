"""Lists the pipeline runs of the work folder and of its clones, newest first."""

import argparse
import json
import os
import signal
from pathlib import Path
from typing import Any

from blindspot.errors import run
from blindspot.recording.description import shown
from blindspot.recording.local_store import ARTIFACTS
from blindspot.runs.facts import FIGURES
from blindspot.runs.joining import end_state, is_over
from blindspot.runs.kept import REPORT, facts, size_of
from blindspot.runs.record import RUNNING, PipelineRun, all_runs
from blindspot.store import work_folder
from flows.command_line import parser as command_parser

CLONES = Path("runs")  # in the work folder
OWN_WORK = ".work"  # of a clone in which `dvc repro` was run
COLUMNS = ("run", "date", "candidate", "state", *FIGURES, "size", "folder", "kept report")
UNITS = ("B", "KB", "MB", "GB")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("runs", __doc__, "", "--json")
    parser.add_argument("--json", action="store_true", help="print all facts of each run as JSON")
    return parser.parse_args()


def main() -> None:
    """Prints a table or JSON."""
    given, found = arguments(), listed(work_folder())
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `blindspot runs | head` ends quietly
    if given.json:
        print(json.dumps(found, indent=2))
    elif found:
        print("\n".join(table(found)))
    else:
        print("no run is recorded yet: start one with `blindspot discover`")


def listed(work: Path) -> list[dict[str, Any]]:
    """Returns the facts of each pipeline run, newest first, with the size of what it keeps, in bytes."""
    works = [work, *sorted((work / CLONES).glob(f"*/{OWN_WORK}"))]
    found = [(one, folder) for folder in works for one in all_runs(folder)]
    return [described(one, folder) for one, folder in sorted(found, key=lambda pair: -pair[0].started)]


def described(run: PipelineRun, work: Path) -> dict[str, Any]:
    """Returns the facts of a run. A run that is shown as running although its processes are gone has ended.

    `kept`: the folder of its kept report, None if there is none. `bytes`: of that folder, of the clone in which it
    happened, and of its files in MLflow, if MLflow's store is in the work folder.
    """
    kept = work / run.kept if run.kept and (work / run.kept).is_dir() else None
    state = end_state(run) if run.state == RUNNING and is_over(run, work) else run.state
    owned = [folder for folder in (kept, clone_of(run, work), *artifacts_of(run, work)) if folder]
    return facts(run) | {
        "state": state,
        "kept": str(kept) if kept else None,
        "kept_report": str(kept / REPORT) if kept and (kept / REPORT).is_file() else None,
        "mlflow_run": run.mlflow_run or None,
        "bytes": sum(map(size_of, owned)),
    }


def clone_of(run: PipelineRun, work: Path) -> Path | None:
    """Returns the clone in which a run happened, None if it happened in the checkout."""
    folder = Path(run.folder)
    return folder if folder.parent == work / CLONES and folder.is_dir() else None


def artifacts_of(run: PipelineRun, work: Path) -> list[Path]:
    """Returns the folders of the run and its stages in MLflow's store, if that is in the work folder."""
    if run.artifacts is None:
        return []
    names = [run.mlflow_run, *(one.mlflow_run for one in run.stages.values())]
    return [work / ARTIFACTS / name for name in names if name]


def table(found: list[dict[str, Any]]) -> list[str]:
    """Returns a table as lines of text, one for each run."""
    rows = [COLUMNS, *map(_row, found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    figures = [shown(name, one["figures"][name]) if name in one["figures"] else "" for name in FIGURES]
    date = one["date"][:16].replace("T", " ")
    kept = os.path.relpath(one["kept_report"] or one["kept"]) if one["kept"] else ""
    return (one["id"], date, one["candidate"], one["state"], *figures, size_text(one["bytes"]), one["folder"], kept)


def size_text(size: float) -> str:
    """Returns a number of bytes as text, with the largest fitting unit."""
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.3g} {unit}" if unit != "B" else f"{size:.0f} B"
        size /= 1000
    return f"{size:.3g} {UNITS[-1]}" if size < 1000 else f"{size:,.0f} {UNITS[-1]}"


if __name__ == "__main__":
    run(main, takes_arguments=True)
