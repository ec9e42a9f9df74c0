"""Deletes what old runs left in the work folder: clones, their data docs, kept reports and checkpoints.

With a limit, it deletes only what is old, or enough of it, and also work in progress and cached replies. What the
newest runs and registered questioners need stays, as do outputs in the checkout, the DVC cache and the runs in MLflow.
"""

import argparse
import re
from collections.abc import Collection
from pathlib import Path

from blindspot.errors import BlindspotError, run
from blindspot.recording.experiment import EXPERIMENT
from blindspot.recording.server import using
from blindspot.runs.record import PipelineRun, all_runs
from blindspot.store import work_folder
from blindspot.tracking import store_uri
from flows.command_line import parser as command_parser
from flows.garbage import MODELS, Item, chosen, delete, delete_leftovers, find, in_progress, needed, require_idle
from flows.registry import tracking_server
from flows.runs import size_text

UNITS = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
KEEP = 1


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = command_parser("gc", __doc__, "--dry-run", "--older-than 30d", "--max-size 20G --keep 3")
    parser.add_argument("--older-than", metavar="30d", help="delete what was last used this number of days ago")
    parser.add_argument("--max-size", metavar="20G", help="delete the oldest until the rest has at most this size")
    parser.add_argument(
        "--keep", type=int, default=KEEP, metavar="N", help="newest runs to keep whole (default: %(default)s)"
    )
    parser.add_argument("--dry-run", action="store_true", help="list what would be deleted, and delete nothing")
    return parser.parse_args()


def main() -> None:
    """Deletes, and prints a line for each item and the sum. Raises BlindspotError."""
    given, work = arguments(), work_folder()
    days, most = _days(given.older_than), _bytes(given.max_size)
    if given.keep < 0:
        raise BlindspotError(f"--keep is {given.keep}", "give the number of newest runs to keep")
    require_idle(work)
    kept = needed(all_runs(work), given.keep)
    gone, failed = list[Item](), list[OSError]()
    for item in chosen(find(work, kept, unregistered(work, kept)), days, most):
        print(f"{item.kind:20}  {size_text(item.bytes):>8}  {item.days:5.0f} days  {item.paths[0]}", flush=True)
        errors = [] if given.dry_run else _delete(item, work)
        gone, failed = gone if errors else [*gone, item], failed + errors
    failed += [] if given.dry_run else delete_leftovers(work)
    verb = "would be deleted" if given.dry_run else "deleted"
    print(f"{len(gone)} item{'s' * (len(gone) != 1)}, {size_text(sum(item.bytes for item in gone))}: {verb}")
    if failed:
        problem = f"{failed[0].filename} cannot be deleted ({failed[0].strerror})"
        raise BlindspotError(problem, "fix this and run gc again; what could be deleted is deleted")


def unregistered(work: Path, kept: Collection[PipelineRun]) -> list[str]:
    """Returns the ids of the checkpoints in MLflow's local store that can be deleted.

    These are not registered, not of the runs `kept`, and no interrupted training needs them.
    """
    if tracking_server() or not (work / MODELS).is_dir():
        return []
    uri, stays = store_uri(work), in_progress(work)
    runs = {stage.mlflow_run for run in kept for stage in run.stages.values()}
    with using(uri, EXPERIMENT):
        from mlflow import MlflowClient

        client = MlflowClient(uri, uri)
        experiment = client.get_experiment_by_name(EXPERIMENT)
        if experiment is None:
            return []
        stays |= {str(version.source).removeprefix("models:/") for version in client.search_model_versions()}
        found, token = list[str](), None
        while True:
            page = client.search_logged_models([experiment.experiment_id], page_token=token)
            found += [one.model_id for one in page if one.model_id not in stays and one.source_run_id not in runs]
            if not (token := page.token):
                return found


def _delete(item: Item, work: Path) -> list[OSError]:
    """Deletes an item; a checkpoint also from MLflow's lists. Returns why not, if it cannot be deleted."""
    require_idle(work)  # one may have begun meanwhile
    if item.paths[0].parent == work / MODELS:
        _delete_model(item.paths[0].name, work)
    return delete(item)


def _delete_model(model_id: str, work: Path) -> None:
    uri = store_uri(work)
    with using(uri, EXPERIMENT):
        from mlflow import MlflowClient

        MlflowClient(uri, uri).delete_logged_model(model_id)


def _days(text: str | None) -> float | None:
    if text is None:
        return None
    if not (match := re.fullmatch(r"(\d+(?:\.\d+)?)d", text)):
        raise BlindspotError(f"--older-than is {text}", "give a number of days, such as 30d")
    return float(match[1])


def _bytes(text: str | None) -> float | None:
    if text is None:
        return None
    if not (match := re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)B?", text)):
        raise BlindspotError(f"--max-size is {text}", "give a size, such as 500M or 20G")
    return float(match[1]) * UNITS[match[2]]


if __name__ == "__main__":
    run(main, takes_arguments=True)
