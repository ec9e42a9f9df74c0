"""Makes the ids of rows unique within each model."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from blindspot.logs.rows import Log, Row, counted


def make_ids_unique(logs: Sequence[Log]) -> list[str]:
    """Makes each `row_id` unique within its model and returns notes about the ids that were changed.

    If several logs of one model have the same ids, all ids get the log's name as a prefix: "NAME/ID". A further row
    of the same question about the same image is an epoch and becomes "ID#2". A row that repeats the id of another
    question becomes "ID:2".
    """
    if _overlap(logs):
        for log in logs:
            for row in log.rows:
                row.row_id = f"{log.name}/{row.row_id}"
    taken: defaultdict[str, set[str]] = defaultdict(set)
    for log in logs:
        for row in log.rows:
            taken[row.model].add(row.row_id)
    first: dict[tuple[str, str], Row] = {}
    counts: Counter[tuple[str, str]] = Counter()
    others = 0
    for log in logs:
        for row in log.rows:
            key = (row.model, row.row_id)
            original = first.setdefault(key, row)
            if original is row:
                continue
            same = (original.question, original.image_id) == (row.question, row.image_id)
            others += not same
            counts[key] += 1
            row.row_id = _free(row.row_id, "#" if same else ":", counts[key] + 1, taken[row.model])
    return [f"{counted(others)} the id of another question; :2, :3 … is appended to it"] if others else []


def _overlap(logs: Sequence[Log]) -> bool:
    """Returns whether two logs with different names have rows of one model with the same id."""
    owner: dict[tuple[str, str], str] = {}
    return any(owner.setdefault((row.model, row.row_id), log.name) != log.name for log in logs for row in log.rows)


def _free(row_id: str, mark: str, number: int, taken: set[str]) -> str:
    while f"{row_id}{mark}{number}" in taken:
        number += 1
    taken.add(f"{row_id}{mark}{number}")
    return f"{row_id}{mark}{number}"
