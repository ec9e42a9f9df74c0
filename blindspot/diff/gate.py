"""Decides whether a candidate passes, compared with a baseline, and makes it the baseline if it does."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.diff.baseline import TAG, check_name, find_baseline, keep_newest
from blindspot.diff.diff import FAILING, LEVEL, Diff, diff
from blindspot.diff.mlflow_runs import CANDIDATE_TAG, DIGESTS, log_results
from blindspot.diff.pairs import image_digests
from blindspot.diff.show import FORMATS, verdict
from blindspot.diff.side import Side, read_side
from blindspot.errors import BlindspotError
from blindspot.store import work_folder, write_json
from blindspot.tracking import stage_run

FILES = {"html": "diff.html", "json": "diff.json", "junit": "diff.xml", "markdown": "diff.md"}


@dataclass(frozen=True)
class Options:
    """What a gate does. `name`: of its baseline in MLflow. `baseline`: another side; None for that in MLflow.

    `asking`: whether questions of one side are asked of the other. `failing`: the changes that fail. `level`: the
    probability of a false alarm. `accept`: whether NEW becomes the baseline without a comparison.
    """

    name: str = "default"
    baseline: str | None = None
    asking: bool = False
    failing: Sequence[str] = FAILING
    level: float = LEVEL
    accept: bool = False


@dataclass(frozen=True)
class Result:
    """`passed`: whether NEW passed. `sentence`: the result. `diff`: the comparison, None without a baseline."""

    passed: bool
    sentence: str
    diff: Diff | None


def gate(new: str, options: Options, say: Callable[[str], None] = print) -> Result:
    """Compares NEW with the baseline and records the gate in MLflow. The baseline moves only if NEW passes.

    Raises BlindspotError if a side cannot be read, if no row could be compared, and if MLflow, which has the baseline,
    does not answer.
    """
    check_name(options.name)
    side, named = read_side(new), options.baseline
    known = None if options.accept else named or find_baseline(options.name)
    found = diff(read_side(known), side, options.asking, options.level, say) if known else None
    if found and not found.is_compared:
        for note in found.notes:
            say(f"note: {note}")
        why, fix = found.obstacle
        problem = f"{new} cannot be compared with the baseline {known}: {why}"
        raise BlindspotError(problem, f"{fix}; --accept makes NEW the baseline")
    result = _result(found, options)
    with stage_run("gate", work_folder(), _params(new, known, options), postpone=named is not None) as mlflow:
        _record(mlflow, side, result, options)
    if result.passed and named is None:
        keep_newest(options.name)
    return result


def _result(found: Diff | None, options: Options) -> Result:
    if found is None:
        why = "accepted without a comparison" if options.accept else "passed: there was no baseline yet"
        return Result(True, f"{why}, NEW is the baseline of the gate {options.name}", None)
    return Result(not found.matching(options.failing), verdict(found, options.failing), found)


def _params(new: str, old: str | None, options: Options) -> dict[str, Any]:
    values = {"name": options.name, "new": new, "baseline": old or "none", "asking": options.asking}
    return values | {"fail_on": ",".join(options.failing), "false_alarms": options.level}


def _record(mlflow: Any, side: Side, result: Result, options: Options) -> None:
    """Logs the comparison and all that a later comparison with this side reads."""
    tags = {"blindspot.gate": options.name, "blindspot.passed": result.passed, CANDIDATE_TAG: side.candidate}
    mlflow.set_tags(tags)
    log_results(mlflow, side.folder)
    with tempfile.TemporaryDirectory() as temporary:
        digests = Path(temporary) / DIGESTS
        write_json(digests, image_digests(side))
        mlflow.log_artifact(str(digests))
        if result.diff:
            for form, file in FILES.items():
                (Path(temporary) / file).write_text(FORMATS[form](result.diff, options.failing), encoding="utf-8")
                mlflow.log_artifact(str(Path(temporary) / file))
            mlflow.log_metrics(_metrics(result.diff))
    if result.passed and options.baseline is None:
        mlflow.set_tags({TAG: options.name})


def _metrics(found: Diff) -> dict[str, float]:
    """Returns the number of rows by change, and the difference over all common questions."""
    from blindspot.diff.compare import CHANGES

    counts = {f"gate/{change}": float(len(found.matching([change]))) for change in CHANGES}
    whole = found.rows[0].difference
    return counts | ({"gate/difference": whole[0]} if whole else {})
