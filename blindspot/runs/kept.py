"""The kept reports: a folder for each pipeline run that wrote a report, with its facts and a copy of the report.

A later run replaces the folder `reports`. The copies stay in `<work>/reports/<date>-<candidate>-<id>`.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from blindspot.paths import REPORTS
from blindspot.records.spending import amount
from blindspot.runs.record import FINISHED, LAST, UNCHANGED, PipelineRun, changing, find
from blindspot.store import replacing, write_json

FOLDER = Path("reports")
RUN, REPORT, SINCE = "run.json", "report.html", "since.html"  # SINCE: the comparison with the last run
HEADER_END = "</header>"  # of the one-file report; no text of a model comes before it
SKIPPED = (UNCHANGED, "up to date")  # results of the last stage that leave the report as it was


def keep(work: Path, run_id: str, again: bool = False) -> Path | None:
    """Keeps the facts and the report of a run whose last stage has ended. Returns the folder, None without a report.

    A second call brings the facts up to date, with `again` also the report. Raises OSError if the folder cannot be
    written.
    """
    run = find(work, run_id)
    if run is None or not _has_report(run):
        return None
    folder = work / FOLDER / f"{run.date:%Y-%m-%d-%H%M}-{_name(run.candidate)}-{run.id[:8]}"
    source = Path(run.folder) / REPORTS / REPORT
    if again or not (folder / RUN).is_file():
        with replacing(folder) as new:
            write_json(new / RUN, facts(run))
            if source.is_file():
                copy_report(source, new / REPORT, header(run))
    else:
        write_json(folder / RUN, facts(run))
    with changing(work, run_id) as changed:
        changed.kept, changed.unsent = str(folder.relative_to(work)), True
    return folder


def copy_report(source: Path, target: Path, known: Mapping[str, str]) -> None:
    """Copies the one-file report of a run, with these facts after its header.

    The report itself has no date, because it is an output of DVC.
    """
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in known.items())
    strip = f'{HEADER_END}\n<section class="run" aria-label="The run"><dl>{rows}</dl></section>'
    target.write_text(source.read_text(encoding="utf-8").replace(HEADER_END, strip, 1), encoding="utf-8")


def header(run: PipelineRun) -> dict[str, str]:
    """Returns the facts about a run that its report shows."""
    seconds = round((datetime.now(run.date.tzinfo) - run.date).total_seconds())
    calls, usd = run.figures.get("calls"), run.figures.get("usd")
    known = {
        "Candidate": run.candidate,
        "Date": f"{run.date:%Y-%m-%d %H:%M}",
        "Duration": str(timedelta(seconds=seconds)),
        "Candidate calls": "" if calls is None else f"{calls:,.0f}",
        "Price": "" if usd is None else amount("usd", usd),
        "Failure modes": run.since,
        "Commit": run.tags.get("blindspot.git.commit", "")[:10],
    }
    return {name: value for name, value in known.items() if value}


def facts(run: PipelineRun) -> dict[str, Any]:
    """Returns what is known about a run, as JSON.

    `date`: local time, ISO 8601. `seconds`: the duration, None while the run continues. `calls`: of the candidate,
    None if they are not known. `report`: the report in the folder of the run, which a later run there replaces.
    """
    report = Path(run.folder) / REPORTS / "index.html"
    return {
        "id": run.id,
        "name": run.name,
        "kind": run.kind,
        "date": run.date.isoformat(timespec="seconds"),
        "candidate": run.candidate,
        "state": run.state,
        "seconds": run.seconds,
        "calls": run.figures.get("calls"),
        "figures": run.figures,
        "folder": run.folder,
        "report": report.as_uri() if report.is_file() else None,
        "versions": run.tags,
        "parameters": run.params,
        "stages": {
            name: {"result": one.result, "state": one.state, "made_by": one.made_by or None}
            for name, one in run.stages.items()
        },
    }


def files_of(work: Path, run: PipelineRun) -> list[Path]:
    """Returns the kept files of a run."""
    folder = work / run.kept
    return [path for name in (RUN, REPORT, SINCE) if run.kept and (path := folder / name).is_file()]


def size_of(folder: Path) -> int:
    """Returns the bytes that the deletion of a folder frees; 0 if there is none.

    A file with several names (hard links) does not count: a clone shares Git's objects with the checkout.
    """
    found = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # deleted meanwhile
                one = os.lstat(os.path.join(parent, name))
                found += one.st_size if one.st_nlink == 1 else 0
    return found


def _has_report(run: PipelineRun) -> bool:
    """Returns whether the run wrote or restored the report."""
    last = run.stages.get(LAST)
    return last is not None and last.state == FINISHED and last.result not in SKIPPED


def _name(candidate: str) -> str:
    """Returns a name as a part of the name of a folder."""
    return re.sub(r"[^\w.-]+", "_", candidate)[:40].strip(".") or "candidate"
