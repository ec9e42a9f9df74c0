"""Compares a finished run with the last one of the same candidate, for its report and for the terminal."""

from pathlib import Path

from blindspot.diff.compare import CHANGES
from blindspot.diff.diff import Diff, diff
from blindspot.diff.page import html
from blindspot.diff.side import read_folder, read_side
from blindspot.errors import BlindspotError
from blindspot.runs.kept import SINCE, keep
from blindspot.runs.record import FINISHED, PipelineRun, all_runs, changing, find


def compare_with_last(work: Path, run_id: str, root: Path) -> str | None:
    """Returns a sentence about the changes since the last run of the candidate; None if there is no such run.

    `root`: the folder of the run. The comparison is `since.html` in the folder of the kept report, whose header gets
    the sentence. It is None as well if MLflow, which has the last run's results, does not answer.
    """
    run = find(work, run_id)
    last = _last(work, run) if run and run.kept else None
    if run is None or last is None:
        return None
    try:
        found = diff(read_side(f"runs:/{last.mlflow_run}"), read_folder(root, run.name), asking=False)
    except (BlindspotError, OSError):
        return None
    sentence = _sentence(found, last)
    with changing(work, run_id) as changed:
        changed.since = sentence
    folder = keep(work, run_id, again=True) or work / run.kept
    (folder / SINCE).write_text(html(found, ()), encoding="utf-8", errors="replace")
    return f"{sentence}: {folder / SINCE}"


def _last(work: Path, run: PipelineRun) -> PipelineRun | None:
    """Returns the newest earlier run of the candidate that finished and wrote a report."""
    earlier = (one for one in all_runs(work) if one.started < run.started and one.candidate == run.candidate)
    return next((one for one in earlier if one.state == FINISHED and one.kept and one.mlflow_run), None)


def _sentence(found: Diff, last: PipelineRun) -> str:
    if not found.is_compared:
        return f"since {last.date:%Y-%m-%d %H:%M}: not compared, because {found.obstacle[0]}"
    counts = [f"{len(rows)} {change.replace('_', ' ')}" for change in CHANGES if (rows := found.matching([change]))]
    return f"since {last.date:%Y-%m-%d %H:%M}: {', '.join(counts)}"
